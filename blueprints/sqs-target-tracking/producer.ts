import { join } from "node:path";
import type { Construct } from "constructs";
import { ScheduledFunction } from "../../shared/functions/scheduled-function";
import type { Queue } from "../../shared/messaging/queue";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { MESSAGE_GROUPS } from "./defaults";
import type { Parameters } from "./parameters";
import { producerEnvironment } from "./runtime/producer/configuration";

export interface ProducerProps {
  readonly queue: Queue;
  readonly parameters: Parameters;
  readonly alarmTopic: AlarmTopic;
}

/** The function that sends test messages every minute, if it is enabled. */
export class Producer extends ScheduledFunction<typeof producerEnvironment> {
  constructor(scope: Construct, id: string, { queue, parameters, alarmTopic }: ProducerProps) {
    const { enabled, messagesPerRun, messageSeconds, messageGroups = MESSAGE_GROUPS } = parameters.producer;
    super(scope, id, {
      description: "Sends test messages to the queue.",
      entry: join(__dirname, "runtime/producer/handler.ts"),
      schedule: "rate(1 minute)",
      enabled,
      timeoutSeconds: 55,
      // A minute's messages are not worth sending in another one.
      maxEventAgeSeconds: 60,
      environment: {
        schema: producerEnvironment,
        values: {
          QUEUE_URL: queue.url,
          QUEUE_TYPE: parameters.queue.type,
          MESSAGES_PER_RUN: String(messagesPerRun),
          MESSAGE_SECONDS: String(messageSeconds),
          MESSAGE_GROUPS: String(messageGroups),
        },
      },
      alarmTopic,
    });
    queue.grantSend(this);
  }
}
