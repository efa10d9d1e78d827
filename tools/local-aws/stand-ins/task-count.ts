import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { ClientConfig } from "../../../shared/testing/scenario";

/**
 * Stands in for Container Insights: publishes how many tasks of a service run; the local AWS runs none. Of a service without
 * a task there is nothing: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
export async function publishTaskCount(
  config: ClientConfig,
  cluster: string,
  service: string,
  minute: Date,
  running: number,
): Promise<void> {
  if (running === 0) return;
  await new CloudWatchClient(config).send(
    new PutMetricDataCommand({
      Namespace: "ECS/ContainerInsights",
      MetricData: [
        {
          MetricName: "RunningTaskCount",
          Value: running,
          Timestamp: minute,
          Dimensions: [
            { Name: "ClusterName", Value: cluster },
            { Name: "ServiceName", Value: service },
          ],
        },
      ],
    }),
  );
}
