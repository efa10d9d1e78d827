import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { ClientConfig } from "../../../shared/testing/scenario";

/** Stands in for Kinesis' metrics: CloudWatch counts what was put on a stream; the local AWS does not. */
export async function publishStreamMetrics(
  config: ClientConfig,
  streamName: string,
  minute: Date,
  written: { readonly bytes: number; readonly records: number },
): Promise<void> {
  const datum = (MetricName: string, Value: number) => ({
    MetricName,
    Value,
    Timestamp: minute,
    Dimensions: [{ Name: "StreamName", Value: streamName }],
  });
  await new CloudWatchClient(config).send(
    new PutMetricDataCommand({
      Namespace: "AWS/Kinesis",
      MetricData: [datum("IncomingBytes", written.bytes), datum("IncomingRecords", written.records)],
    }),
  );
}
