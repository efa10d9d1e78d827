import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, wholeNumber } from "../blueprint/checked-props";
import type { AlarmTopic } from "../monitoring/alarm-topic";
import type { Metric } from "../monitoring/metric";
import type { Grantee } from "../security/service-role";
import { DEAD_LETTER_RETENTION_DAYS, DeadLetterQueue } from "./dead-letter-queue";
import { type QueueMetric, queueMetric } from "./queue-metrics";
import { physicalQueueName } from "./queue-name";
import { tlsOnlyPolicy } from "./tls-only-policy";

export interface QueueProps {
  /**
   * Whether messages of one group are received in the order in which they were sent, one after the other. A sender gives
   * each message a group and a deduplication id. A change makes a new queue, and what is in the old one is lost. @default false
   */
  readonly fifo?: boolean;
  /** Seconds that a received message is hidden from other receivers, 1..43200. */
  readonly visibilityTimeoutSeconds: number;
  /** Days that a message is kept that nobody receives, 1..13: fewer than the dead-letter queue's 14. @default 4 */
  readonly retentionDays?: number;
  /** How often a message is received at most, until it goes to the dead-letter queue, 1..1000. */
  readonly maxReceives: number;
  /** Who is told of messages in the dead-letter queue. */
  readonly alarmTopic: AlarmTopic;
}

const DAY_SECONDS = 24 * 60 * 60;
/** docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const LONGEST_VISIBILITY_TIMEOUT_SECONDS = 43_200;
const MOST_RECEIVES = 1000;

/**
 * A queue of messages and its dead-letter queue: encrypted, over TLS only, and protected by `retainData`.
 *
 * A FIFO queue is one of high throughput: its limits count for each message group, and so does deduplication.
 *
 * A queue that is made again after it was destroyed takes up to a minute longer: SQS refuses the name of a deleted queue for
 * 60 seconds, and the provider tries until then.
 */
export class Queue extends Construct {
  readonly arn: string;
  readonly url: string;
  /** Known before the deployment, so that what the queue needs may name it. */
  readonly queueName: string;
  readonly deadLetterQueue: DeadLetterQueue;

  /** @throws BlueprintMistakes on props out of their ranges */
  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { fifo = false, visibilityTimeoutSeconds, retentionDays = 4, maxReceives } = props;
    checkProps(this, [
      ...wholeNumber("visibilityTimeoutSeconds", visibilityTimeoutSeconds, 1, LONGEST_VISIBILITY_TIMEOUT_SECONDS),
      ...wholeNumber("retentionDays", retentionDays, 1, DEAD_LETTER_RETENTION_DAYS - 1),
      ...wholeNumber("maxReceives", maxReceives, 1, MOST_RECEIVES),
    ]);
    this.queueName = physicalQueueName(this, fifo);
    const arn = stack.arnOf("sqs", this.queueName);
    this.deadLetterQueue = new DeadLetterQueue(this, "dead-letters", {
      alarmTopic: props.alarmTopic,
      source: { arn, fifo },
    });
    const queue = new SqsQueue(this, "queue", {
      name: this.queueName,
      ...(fifo && {
        fifoQueue: true,
        contentBasedDeduplication: false,
        deduplicationScope: "messageGroup",
        fifoThroughputLimit: "perMessageGroupId",
      }),
      visibilityTimeoutSeconds,
      messageRetentionSeconds: retentionDays * DAY_SECONDS,
      sqsManagedSseEnabled: true,
      // Inline, all three: a resource of its own makes the provider wait another 25 seconds.
      policy: tlsOnlyPolicy(arn),
      // The count as a number, as SQS gives it back: as text it would be a change in each plan.
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.deadLetterQueue.arn, maxReceiveCount: maxReceives }),
      lifecycle: { preventDestroy: stack.parameters.retainData },
    });
    this.arn = queue.arn;
    this.url = queue.url;
  }

  /** A metric of the queue in AWS/SQS. Those of a queue that nobody used for six hours stop until somebody does. */
  metric(name: QueueMetric, statistic: Metric["statistic"]): Metric {
    return queueMetric(this.queueName, name, statistic);
  }

  /** Allows to receive messages, to keep them hidden for longer, and to delete them. */
  grantConsume(grantee: Grantee): void {
    grantee.grant({
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      resources: [this.arn],
    });
  }

  /** Allows to send messages, one or a batch. */
  grantSend(grantee: Grantee): void {
    grantee.grant({ actions: ["sqs:SendMessage"], resources: [this.arn] });
  }
}
