import { setTimeout } from "node:timers/promises";
import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { DURATION_METRIC, dimensionList } from "../metrics";
import type { DurationPoint } from "./decision";

export interface DurationsQuery {
  readonly namespace: string;
  readonly queueName: string;
  readonly hours: number;
  /** The last five minutes that are over by then are the newest. */
  readonly until: Date;
}

/**
 * CloudWatch keeps data points of less than a minute for 3 hours, of a minute for 15 days and of five minutes for 63 days,
 * and has nothing for a period that it does not keep:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
 */
const PERIOD_SECONDS = 300;
const TRIES = 3;
const FIRST_PAUSE_MS = 200;
const STATISTICS = { sum: "Sum", count: "SampleCount" } as const;
type Kind = keyof typeof STATISTICS;
const kinds = Object.keys(STATISTICS) as Kind[];

/**
 * What the workers measured, in points of five minutes.
 * @throws Error when CloudWatch does not tell all of it: a part of the points is not the truth about all of them.
 */
export async function readDurations(cloudWatch: CloudWatchClient, query: DurationsQuery): Promise<DurationPoint[]> {
  for (let attempt = 1; ; attempt++) {
    const { points, incomplete } = await readOnce(cloudWatch, query);
    if (incomplete.length === 0) return points;
    if (attempt === TRIES || incomplete.some((one) => one.includes("Forbidden"))) {
      throw new Error(
        `CloudWatch does not tell all of ${query.namespace} ${DURATION_METRIC} of ${query.queueName}, and the target stays as it is: ${incomplete.join(", ")}`,
      );
    }
    await setTimeout(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

async function readOnce(
  client: CloudWatchClient,
  { namespace, queueName, hours, until }: DurationsQuery,
): Promise<{ points: DurationPoint[]; incomplete: string[] }> {
  const Metric = {
    Namespace: namespace,
    MetricName: DURATION_METRIC,
    Dimensions: dimensionList(queueName),
  };
  const MetricDataQueries = kinds.map(
    (kind): MetricDataQuery => ({
      Id: kind,
      MetricStat: { Metric, Stat: STATISTICS[kind], Period: PERIOD_SECONDS },
    }),
  );
  const period = PERIOD_SECONDS * 1000;
  const end = Math.floor(until.getTime() / period) * period;
  const window = { StartTime: new Date(end - hours * 3_600_000), EndTime: new Date(end) };

  const values: Record<Kind, Map<number, number>> = { sum: new Map(), count: new Map() };
  const status = new Map<string, string>();
  for await (const page of paginateGetMetricData({ client }, { MetricDataQueries, ...window })) {
    for (const { Id = "", StatusCode = "no status", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      // A page may hold a part of a metric; the page that ends it says Complete.
      status.set(Id, StatusCode);
      Timestamps.forEach((timestamp, index) => {
        values[Id as Kind]?.set(timestamp.getTime(), Values[index] ?? 0);
      });
    }
  }
  return {
    points: [...values.count].map(([time, count]) => ({ sum: values.sum.get(time) ?? Number.NaN, count })),
    incomplete: kinds
      .filter((kind) => status.get(kind) !== "Complete")
      .map((kind) => `${STATISTICS[kind]} is ${status.get(kind) ?? "missing"}`),
  };
}
