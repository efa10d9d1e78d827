import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { Alarm } from "../monitoring/alarm";
import type { AlarmTopic } from "../monitoring/alarm-topic";
import type { Metric } from "../monitoring/metric";
import { type QueueMetric, queueMetric } from "./queue-metrics";
import { physicalQueueName } from "./queue-name";
import { tlsOnlyPolicy } from "./tls-only-policy";

export interface DeadLetterQueueProps {
  readonly alarmTopic: AlarmTopic;
  /**
   * The one queue that may move its messages here, by an ARN that is no reference to it: it refers to this queue. They are
   * data, which `retainData` protects, and both are FIFO or neither is. @default - events of a function, sent by Lambda
   */
  readonly source?: { readonly arn: string; readonly fifo: boolean };
}

/** SQS's longest. */
export const DEAD_LETTER_RETENTION_DAYS = 14;
const DAY_SECONDS = 24 * 60 * 60;

/**
 * Where events or messages go that nobody could handle: kept for 14 days, SQS's longest, encrypted, and alarmed on from the
 * first.
 */
export class DeadLetterQueue extends Construct {
  readonly arn: string;
  readonly url: string;
  /** Known before the deployment. */
  readonly queueName: string;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { source } = props;
    const name = physicalQueueName(this, source?.fifo ?? false);
    this.queueName = name;
    const queue = new SqsQueue(this, "queue", {
      name,
      fifoQueue: source?.fifo ? true : undefined,
      messageRetentionSeconds: DEAD_LETTER_RETENTION_DAYS * DAY_SECONDS,
      sqsManagedSseEnabled: true,
      // Inline: a policy resource of its own makes the provider wait another 25 seconds.
      policy: tlsOnlyPolicy(stack.arnOf("sqs", name)),
      redriveAllowPolicy: source && JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [source.arn] }),
      lifecycle: source && { preventDestroy: stack.parameters.retainData },
    });
    this.arn = queue.arn;
    this.url = queue.url;
    new Alarm(this, "not-empty", {
      description: `${source ? "Messages" : "Events"} ended in the dead-letter queue ${name}. Read them, mend the cause, then purge or redrive the queue.`,
      metric: this.metric("ApproximateNumberOfMessagesVisible", "Maximum"),
      threshold: { atLeast: 1 },
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      topic: props.alarmTopic,
    });
  }

  /** A metric of the queue in AWS/SQS. */
  metric(name: QueueMetric, statistic: Metric["statistic"]): Metric {
    return queueMetric(this.queueName, name, statistic);
  }
}
