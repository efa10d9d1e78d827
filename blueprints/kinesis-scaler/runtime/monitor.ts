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
import { clientConfig } from "../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../shared/runtime/environment";
import { metricNames, monitorEnvironment, STREAM_DIMENSION } from "./configuration";
import { pacedSettled } from "./pace";
import { ScalingTable } from "./scaling-table";
import { readStreams } from "./streams";
import { remainingUpdates } from "./update-budget";
import { type Minute, type MinuteOfWrites, minutesToMeasure, utilizationPercent } from "./utilization";

const environment = readEnvironment(monitorEnvironment);
const streamNames = readStreams().map((one) => one.streamName);
const logger = new Logger({ serviceName: "monitor" });
const config = clientConfig();
const kinesis = new KinesisClient(config);
const cloudWatch = new CloudWatchClient(config);
const table = new ScalingTable(new DynamoDBClient(config), environment.TABLE_NAME);

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
 *
 * The minutes depend on the event's time alone: a run that is repeated publishes the same again. Each minute is published
 * by three runs, with what CloudWatch knows of it by then; the readers take the maximum, and so the fullest.
 */
export async function handler(
  event: unknown,
  context: LambdaContext,
): Promise<{ measured: number; unmeasured: number }> {
  const { time } = scheduledEvent.parse(event);
  const minutes = minutesToMeasure(time, environment.METRIC_DELAY_SECONDS);
  const [newest] = minutes as [Minute];
  // First and alone: it is what can fail the run, and then nothing else is under way.
  const writes = await readWrites(minutes);
  const [openShards, updates] = await Promise.all([
    countOpenShards(context.getRemainingTimeInMillis() - RESERVE_MS),
    readUpdates(),
  ]);

  const metrics: MetricDatum[] = [];
  let measured = 0;
  for (const [streamName, shards] of openShards) {
    const written = writes(streamName);
    if (!written) continue;
    measured++;
    metrics.push(datum(metricNames.openShards, shards, "Count", newest, streamName));
    written.forEach((minuteOfWrites, ago) => {
      if (!minuteOfWrites) return;
      const utilization = utilizationPercent(minuteOfWrites, shards);
      metrics.push(datum(metricNames.utilization, utilization, "Percent", minutes[ago] as Minute, streamName));
    });
    if (!updates) continue;
    const left = remainingUpdates(updates.get(streamName) ?? [], time.getTime(), environment.UPDATES_PER_DAY);
    metrics.push(datum(metricNames.remainingUpdates, left, "Count", newest, streamName));
  }
  const unmeasured = streamNames.length - measured;
  metrics.push(datum(metricNames.unmeasuredStreams, unmeasured, "Count", newest));
  for (const MetricData of inChunks(metrics, METRICS_PER_CALL)) {
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: environment.METRIC_NAMESPACE, MetricData }));
  }
  logger.info("measured", { minute: newest.start.toISOString(), measured, unmeasured });
  return { measured, unmeasured };
}

async function countOpenShards(withinMs: number): Promise<Map<string, number>> {
  const pace = { perSecond: DESCRIBES_PER_SECOND, withinMs };
  const results = await pacedSettled(streamNames, pace, async (StreamName, abortSignal) => {
    const { StreamDescriptionSummary: summary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }), {
      abortSignal,
    });
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

/** The day's calls of UpdateShardCount. Without them everything else is measured all the same. */
async function readUpdates(): Promise<Map<string, readonly number[]> | undefined> {
  try {
    return await table.updatesByStream();
  } catch (error) {
    logger.error("the shard updates of the day could not be read", error as Error);
    return undefined;
  }
}

/**
 * What was written to a stream in each of the minutes; undefined for a stream that CloudWatch could not tell of. A minute
 * without any data point is undefined while it may still get one. The oldest then counts as idle: CloudWatch has no data
 * points of a stream that nobody writes to.
 */
async function readWrites(
  minutes: readonly Minute[],
): Promise<(streamName: string) => (MinuteOfWrites | undefined)[] | undefined> {
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
  const broken = new Set<string>();
  const window = { StartTime: minutes.at(-1)?.start, EndTime: minutes[0]?.end };
  for (const MetricDataQueries of inChunks(queries, QUERIES_PER_CALL)) {
    const pages = paginateGetMetricData({ client: cloudWatch }, { MetricDataQueries, ...window });
    for await (const { MetricDataResults = [] } of pages) {
      for (const { Id = "", StatusCode, Timestamps = [], Values = [] } of MetricDataResults) {
        if (StatusCode === "InternalError" || StatusCode === "Forbidden") broken.add(Id);
        Timestamps.forEach((timestamp, index) => {
          values.set(`${Id} ${timestamp.getTime()}`, Values[index] ?? 0);
        });
      }
    }
  }
  const indexes = new Map(streamNames.map((streamName, index) => [streamName, index]));
  return (streamName) => {
    const idOf = (kind: keyof MinuteOfWrites) => `${kind}_${indexes.get(streamName)}`;
    const failed = readKinds.filter((kind) => broken.has(idOf(kind)));
    if (failed.length > 0) {
      logger.error("not measured", { streamName, metrics: failed.map((kind) => READ_METRICS[kind]) });
      return undefined;
    }
    return minutes.map(({ start }, ago) => {
      const value = (kind: keyof MinuteOfWrites) => values.get(`${idOf(kind)} ${start.getTime()}`);
      const known = readKinds.some((kind) => value(kind) !== undefined) || ago === minutes.length - 1;
      if (!known) return undefined;
      return {
        bytes: value("bytes") ?? 0,
        records: value("records") ?? 0,
        throttledRecords: value("throttledRecords") ?? 0,
      };
    });
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
