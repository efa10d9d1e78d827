import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import {
  CloudWatchClient,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
  paginateGetMetricData,
} from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import * as z from "zod";
import { clientDefaults } from "../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../shared/runtime/environment";
import { metricNames, monitorEnvironment, STREAM_DIMENSION, STREAMS_FILE, streamsFile } from "./configuration";
import { pacedSettled } from "./pace";
import { ScalingTable } from "./scaling-table";
import { remainingUpdates } from "./update-budget";
import { lastCompleteMinute, type Minute, type MinuteOfWrites, utilizationPercent } from "./utilization";

const environment = readEnvironment(monitorEnvironment);
const streamNames = streamsFile
  .parse(JSON.parse(readFileSync(join(__dirname, STREAMS_FILE), "utf8")))
  .map((one) => one.streamName);
const logger = new Logger({ serviceName: "monitor" });
const kinesis = new KinesisClient(clientDefaults);
const cloudWatch = new CloudWatchClient(clientDefaults);
const table = new ScalingTable(new DynamoDBClient(clientDefaults), environment.TABLE_NAME);

const scheduledEvent = z.object({ time: z.iso.datetime({ offset: true }).transform((text) => new Date(text)) });
interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** DescribeStreamSummary is limited to 20 calls a second in an account; the rest is left to the scaler and to others. */
const DESCRIBES_PER_SECOND = 15;
/** Kept for publishing when Kinesis is slow. */
const RESERVE_MS = 10_000;
/** GetMetricData takes 500 queries a call: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const QUERIES_PER_CALL = 500;
/** PutMetricData takes 1,000 metrics a call: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const METRICS_PER_CALL = 1000;

const READ_METRICS = {
  bytes: "IncomingBytes",
  records: "IncomingRecords",
  throttledRecords: "WriteProvisionedThroughputExceeded",
} as const satisfies Record<keyof MinuteOfWrites, string>;
const readKinds = Object.keys(READ_METRICS) as (keyof MinuteOfWrites)[];

/**
 * Measures every stream once a minute and publishes what Application Auto Scaling, the alarms and the dashboard read.
 * The minute depends on the event's time alone: a run that is repeated publishes the same again.
 */
export async function handler(
  event: unknown,
  context: LambdaContext,
): Promise<{ measured: number; unmeasured: number }> {
  const { time } = scheduledEvent.parse(event);
  const minute = lastCompleteMinute(time, environment.METRIC_DELAY_SECONDS);
  const [openShards, writes, updates] = await Promise.all([
    countOpenShards(() => context.getRemainingTimeInMillis()),
    readWrites(minute),
    table.updatesByStream(),
  ]);

  const unmeasured = streamNames.length - openShards.size;
  const metrics: MetricDatum[] = [datum(metricNames.unmeasuredStreams, unmeasured, "Count", minute)];
  for (const [streamName, shards] of openShards) {
    const left = remainingUpdates(updates.get(streamName) ?? [], time.getTime(), environment.UPDATES_PER_DAY);
    metrics.push(
      datum(metricNames.utilization, utilizationPercent(writes(streamName), shards), "Percent", minute, streamName),
      datum(metricNames.openShards, shards, "Count", minute, streamName),
      datum(metricNames.remainingUpdates, left, "Count", minute, streamName),
    );
  }
  for (const MetricData of inChunks(metrics, METRICS_PER_CALL)) {
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: environment.METRIC_NAMESPACE, MetricData }));
  }
  logger.info("measured", { minute: minute.start.toISOString(), measured: openShards.size, unmeasured });
  return { measured: openShards.size, unmeasured };
}

async function countOpenShards(remainingMs: () => number): Promise<Map<string, number>> {
  const pace = { perSecond: DESCRIBES_PER_SECOND, reserveMs: RESERVE_MS, remainingMs };
  const results = await pacedSettled(streamNames, pace, async (StreamName) => {
    const { StreamDescriptionSummary: summary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    if (!summary?.OpenShardCount)
      throw new Error(`the stream has no open shards; its status is ${summary?.StreamStatus}`);
    return summary.OpenShardCount;
  });
  const openShards = new Map<string, number>();
  results.forEach((result, index) => {
    const streamName = streamNames[index] as string;
    if (result.status === "fulfilled") openShards.set(streamName, result.value);
    else logger.error("not measured", { streamName, error: result.reason as Error });
  });
  return openShards;
}

async function readWrites(minute: Minute): Promise<(streamName: string) => MinuteOfWrites> {
  const queries = streamNames.flatMap((streamName, index) =>
    readKinds.map(
      (kind): MetricDataQuery => ({
        Id: `${kind}_${index}`,
        MetricStat: {
          Metric: {
            Namespace: "AWS/Kinesis",
            MetricName: READ_METRICS[kind],
            Dimensions: [{ Name: STREAM_DIMENSION, Value: streamName }],
          },
          Stat: "Sum",
          Period: 60,
        },
      }),
    ),
  );
  const values = new Map<string, number>();
  for (const MetricDataQueries of inChunks(queries, QUERIES_PER_CALL)) {
    const pages = paginateGetMetricData(
      { client: cloudWatch },
      { MetricDataQueries, StartTime: minute.start, EndTime: minute.end },
    );
    for await (const { MetricDataResults = [] } of pages) {
      for (const { Id = "", Values = [] } of MetricDataResults) {
        // Nothing counted is nothing written: CloudWatch has no data points of an idle stream.
        values.set(Id, (values.get(Id) ?? 0) + (Values[0] ?? 0));
      }
    }
  }
  const indexes = new Map(streamNames.map((streamName, index) => [streamName, index]));
  return (streamName) => {
    const value = (kind: keyof MinuteOfWrites) => values.get(`${kind}_${indexes.get(streamName)}`) ?? 0;
    return { bytes: value("bytes"), records: value("records"), throttledRecords: value("throttledRecords") };
  };
}

function datum(
  name: string,
  value: number,
  unit: "Percent" | "Count",
  minute: Minute,
  streamName?: string,
): MetricDatum {
  return {
    MetricName: name,
    Value: value,
    Unit: unit,
    Timestamp: minute.start,
    ...(streamName !== undefined && { Dimensions: [{ Name: STREAM_DIMENSION, Value: streamName }] }),
  };
}

function inChunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
