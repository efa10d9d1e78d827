import type { Graph } from "../../shared/monitoring/dashboard";
import type { Metric } from "../../shared/monitoring/metric";
import type { ScaledStream } from "./scaled-stream";

/** What to look at to see whether the streams scale as they should. Five lines a stream: CloudWatch draws 2,500. */
export function scalingGraphs(streams: readonly ScaledStream[], targetPercent: number): Graph[] {
  const each = (metric: (stream: ScaledStream) => Metric) =>
    streams.map((stream) => ({ ...metric(stream), label: stream.streamName }));
  return [
    {
      title: "Utilisation, percent of the open shards' write capacity",
      metrics: each((stream) => stream.metric("utilization", "Maximum")),
      lines: [{ label: "target", value: targetPercent }],
    },
    { title: "Open shards", metrics: each((stream) => stream.metric("openShards", "Maximum")) },
    {
      title: "Rejected writes, records",
      metrics: each((stream) => stream.kinesisMetric("WriteProvisionedThroughputExceeded", "Sum")),
    },
    {
      title: "Iterator age, milliseconds",
      metrics: each((stream) => stream.kinesisMetric("GetRecords.IteratorAgeMilliseconds", "Maximum")),
    },
    {
      title: "Shard updates left of the rolling day",
      metrics: each((stream) => stream.metric("remainingUpdates", "Minimum")),
    },
  ];
}
