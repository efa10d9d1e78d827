import { Logger } from "@aws-lambda-powertools/logger";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../../shared/runtime/environment";
import { makeBatches } from "./batches";
import { producerEnvironment } from "./configuration";
import { complaint, sendAll } from "./send";

const environment = readEnvironment(producerEnvironment);
const logger = new Logger({ serviceName: "producer" });
// The endpoint is the Region's, or AWS_ENDPOINT_URL's; the SDK would take the queue URL's host instead.
const sqs = new SQSClient({ ...clientConfig(), useQueueUrlAsEndpoint: false });

/** Kept for calls that the SDK holds back after a throttle, and for telling what is missing. */
const RESERVE_MS = 5_000;

interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/**
 * Sends one run's test messages. A run that is tried again sends all of them anew: the queue gets more messages then, never
 * fewer.
 * @throws Error that says how many messages SQS has not accepted, and why, so that the run is tried again and, in the end,
 * its event lies in the dead-letter queue.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<{ accepted: number }> {
  const { QUEUE_URL, QUEUE_TYPE, MESSAGES_PER_RUN, MESSAGE_SECONDS, MESSAGE_GROUPS } = environment;
  const batches = makeBatches({
    count: MESSAGES_PER_RUN,
    seconds: MESSAGE_SECONDS,
    groups: QUEUE_TYPE === "fifo" ? MESSAGE_GROUPS : undefined,
  });
  const result = await sendAll(batches, {
    signal: AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS)),
    send: (Entries, abortSignal) =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl: QUEUE_URL, Entries: [...Entries] }), { abortSignal }),
  });
  const problem = complaint(result);
  if (problem)
    throw new Error(`${QUEUE_URL}: ${problem}. When the run is tried again, it sends all its messages anew.`);
  logger.info("sent", { event, accepted: result.accepted, seconds: MESSAGE_SECONDS });
  return { accepted: result.accepted };
}
