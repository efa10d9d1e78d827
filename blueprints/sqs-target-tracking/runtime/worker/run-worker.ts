import { Logger } from "@aws-lambda-powertools/logger";
import { readEnvironment } from "../../../../shared/runtime/environment";
import { workerEnvironment } from "./configuration";
import { Consumer } from "./consumer";
import { Durations } from "./durations";
import { EcsAgent } from "./ecs-agent";
import { noProtection, TaskProtection } from "./protection";
import { SqsQueue } from "./sqs-queue";
import { finishSeconds } from "./stop-times";
import type { WorkContext } from "./work-context";

const MINUTE_MS = 60_000;
/** For what is published at the end, of the seconds that are left then. */
const LAST_PUBLISH_MS = 3_000;

const logger = new Logger({ serviceName: "worker" });

export interface WorkerOptions<Message> {
  /** What a message says. What it throws a `HopelessMessage` at goes to the dead-letter queue soon. */
  readonly readMessage: (body: string) => Message;
  /** What is done with it. The message is deleted when it resolves. */
  readonly work: (message: Message, context: WorkContext) => Promise<void>;
}

/** Works on messages until SIGTERM or SIGINT, and ends the process then. */
export function runWorker<Message>(options: WorkerOptions<Message>): void {
  process.on("uncaughtException", fail);
  run(options).then(() => process.exit(0), fail);
}

async function run<Message>({ readMessage, work }: WorkerOptions<Message>): Promise<void> {
  const settings = readEnvironment(workerEnvironment);
  const { ECS_AGENT_URI, LOG_LEVEL, MESSAGES_AT_ONCE, QUEUE_TYPE, STOP_TIMEOUT_SECONDS, QUEUE_NAME } = settings;
  logger.setLogLevel(LOG_LEVEL);
  const durations = new Durations(settings, logger);
  const protection = ECS_AGENT_URI
    ? new TaskProtection({ agent: new EcsAgent(ECS_AGENT_URI), log: logger, onLong: () => void consumer.rest() })
    : noProtection;
  const consumer = new Consumer({
    queue: new SqsQueue(settings),
    isFifo: QUEUE_TYPE === "fifo",
    messagesAtOnce: MESSAGES_AT_ONCE,
    visibilityTimeoutSeconds: settings.VISIBILITY_TIMEOUT_SECONDS,
    work: async (body, context) => work(readMessage(body), context),
    onSuccess: (seconds) => durations.add(seconds),
    protection,
    logger,
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      logger.info("stopping", { signal });
      consumer.stop(finishSeconds(STOP_TIMEOUT_SECONDS) * 1000);
    });
  }
  // What a message is expected to take is known from the first minute on.
  durations.publish();
  // Keeps the process alive too, while nothing but waiting is to be done.
  setInterval(() => {
    consumer.tell();
    durations.publish();
  }, MINUTE_MS);

  logger.info("started", { queueName: QUEUE_NAME, queueType: QUEUE_TYPE, messagesAtOnce: MESSAGES_AT_ONCE });
  if (!ECS_AGENT_URI) logger.info("not run by ECS: ECS_AGENT_URI is not set, and there is no scale-in protection");
  await consumer.run();
  consumer.tell();
  await durations.publish(AbortSignal.timeout(LAST_PUBLISH_MS));
  logger.info("stopped");
}

function fail(error: Error): never {
  logger.critical("stopped by an error; messages in hand come again when their visibility timeout is over", error);
  process.exit(1);
}
