import type { Metric } from "../monitoring/metric";

/**
 * What SQS publishes of a queue, each minute and free of charge:
 * docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export type QueueMetric =
  | "ApproximateAgeOfOldestMessage"
  | "ApproximateNumberOfGroupsWithInflightMessages"
  | "ApproximateNumberOfMessagesDelayed"
  | "ApproximateNumberOfMessagesNotVisible"
  | "ApproximateNumberOfMessagesVisible"
  | "NumberOfDeduplicatedSentMessages"
  | "NumberOfEmptyReceives"
  | "NumberOfMessagesDeleted"
  | "NumberOfMessagesReceived"
  | "NumberOfMessagesSent"
  | "SentMessageSize";

/** A metric of the queue of that name. */
export function queueMetric(queueName: string, name: QueueMetric, statistic: Metric["statistic"]): Metric {
  return { namespace: "AWS/SQS", name, statistic, dimensions: { QueueName: queueName } };
}
