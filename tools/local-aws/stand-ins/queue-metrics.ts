import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ClientConfig } from "../../../shared/testing/scenario";

/** The attributes of a queue that are metrics of AWS/SQS as well, under another name. */
const METRICS = {
  ApproximateNumberOfMessages: "ApproximateNumberOfMessagesVisible",
  ApproximateNumberOfMessagesNotVisible: "ApproximateNumberOfMessagesNotVisible",
  ApproximateNumberOfMessagesDelayed: "ApproximateNumberOfMessagesDelayed",
} as const;

/**
 * Stands in for SQS' metrics: CloudWatch counts the messages of a queue each minute; the local AWS does not.
 * @param receivers who asks for messages: each of them at least once a minute
 */
export async function publishQueueMetrics(
  config: ClientConfig,
  queueUrl: string,
  minute: Date,
  receivers: number,
): Promise<void> {
  const { Attributes = {} } = await new SQSClient(config).send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: Object.keys(METRICS) as (keyof typeof METRICS)[],
    }),
  );
  const Dimensions = [{ Name: "QueueName", Value: new URL(queueUrl).pathname.split("/").at(-1) }];
  await new CloudWatchClient(config).send(
    new PutMetricDataCommand({
      Namespace: "AWS/SQS",
      MetricData: [
        ...Object.entries(METRICS).map(([attribute, MetricName]) => ({
          MetricName,
          Value: Number(Attributes[attribute as keyof typeof METRICS] ?? 0),
        })),
        // What they received is not counted here, so that all count as those that received nothing.
        { MetricName: "NumberOfMessagesReceived", Value: 0 },
        { MetricName: "NumberOfEmptyReceives", Value: receivers },
      ].map((datum) => ({ ...datum, Timestamp: minute, Dimensions })),
    }),
  );
}
