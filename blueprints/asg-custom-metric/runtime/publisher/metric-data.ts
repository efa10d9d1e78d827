import { INSTANCE_DIMENSION, type PublisherConfig, SCALE_OUT_REQUESTS } from "./configuration";

/** What one run has to tell CloudWatch. */
export interface Point {
  /** When it was measured, in milliseconds since the epoch. */
  readonly time: number;
  /** Undefined when they could not be counted. */
  readonly connections?: number;
  /** Requests of this server that AWS accepted: 0 or 1. */
  requests: number;
}

type Names = Pick<PublisherConfig, "namespace" | "metricName" | "dimensionName" | "dimensionValue">;

/** A day of one run a minute. */
export const POINTS_KEPT = 1440;
/** CloudWatch takes two weeks old to two hours new: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const OLDEST_MS = 14 * 24 * 3_600_000 - 60_000;
const NEWEST_MS = 2 * 3_600_000 - 60_000;
/**
 * An argument of a command has 128 KB at most: MAX_ARG_STRLEN in execve(2). CloudWatch would take 1 MB in 1,000 metrics,
 * and as one is more than a hundred characters long, those are never more.
 */
const CHARACTERS_PER_CALL = 100_000;

/** The points that CloudWatch would take, the newest as many as are kept. One that it refuses would hold up all. */
export function publishable(points: readonly Point[], now: number): Point[] {
  return points.filter(({ time }) => now - time < OLDEST_MS && time - now < NEWEST_MS).slice(-POINTS_KEPT);
}

/** The input of one PutMetricData for as many of the points as it takes, from the first on, and how many those are. */
export function nextCall(points: readonly Point[], instanceId: string, names: Names): { input: object; count: number } {
  const group = [{ Name: names.dimensionName, Value: names.dimensionValue }];
  const server = [...group, { Name: INSTANCE_DIMENSION, Value: instanceId }];
  const MetricData: object[] = [];
  let characters = 0;
  let count = 0;
  for (const { time, connections, requests } of points) {
    const values = Object.entries({ [names.metricName]: connections, [SCALE_OUT_REQUESTS]: requests });
    const data = values
      .filter(([, Value]) => Value !== undefined)
      .flatMap(([MetricName, Value]) =>
        [group, server].map((Dimensions) => ({
          MetricName,
          Value,
          Unit: "Count",
          Timestamp: new Date(time).toISOString(),
          Dimensions,
        })),
      );
    characters += JSON.stringify(data).length;
    if (count > 0 && characters > CHARACTERS_PER_CALL) break;
    MetricData.push(...data);
    count++;
  }
  return { input: { Namespace: names.namespace, MetricData }, count };
}
