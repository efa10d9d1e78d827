import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { Alarm } from "../monitoring/alarm";
import type { AlarmTopic } from "../monitoring/alarm-topic";

const RETENTION_SECONDS = 14 * 24 * 60 * 60;

/**
 * Where events go that nobody could handle: kept for 14 days, SQS's longest, encrypted, and alarmed on from the first
 * message.
 */
export class DeadLetterQueue extends Construct {
  readonly arn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: { readonly alarmTopic: AlarmTopic }) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const name = stack.nameOf("queue", this);
    const arn = stack.arnOf("sqs", name);
    const queue = new SqsQueue(this, "queue", {
      name,
      messageRetentionSeconds: RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
      // Inline: a policy resource of its own makes the provider wait another 25 seconds.
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    });
    this.arn = queue.arn;
    this.url = queue.url;
    new Alarm(this, "not-empty", {
      description: `Events ended in the dead-letter queue ${name}. Read them, mend the cause, then purge or redrive the queue.`,
      metric: {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimensions: { QueueName: name },
      },
      threshold: { atLeast: 1 },
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      topic: props.alarmTopic,
    });
  }
}
