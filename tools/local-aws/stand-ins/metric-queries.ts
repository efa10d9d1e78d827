import { type CloudWatchClient, GetMetricDataCommand, type MetricStat } from "@aws-sdk/client-cloudwatch";
import { evaluate, type Series } from "../../../shared/testing/metric-math";

const MINUTE_MS = 60_000;

/** A metric or an expression, as alarms of CloudWatch and policies of Application Auto Scaling have them. */
export interface MetricQuery {
  readonly Id?: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric?: {
      readonly Namespace?: string;
      readonly MetricName?: string;
      readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[];
    };
    readonly Stat?: string;
    readonly Unit?: string;
    /** Alarms have one; a policy's is always a minute. */
    readonly Period?: number;
  };
  readonly ReturnData?: boolean;
}

/**
 * What queries come to, of which one returns data. The local AWS keeps points, and works out no expression.
 * @param time the end of the newest minute
 * @param minutes how many minutes before it are looked at
 * @throws Error when a period is not a minute, or an expression cannot be worked out
 */
export async function evaluateQueries(
  cloudWatch: CloudWatchClient,
  queries: readonly MetricQuery[],
  time: Date,
  minutes: number,
): Promise<Series> {
  const EndTime = new Date(Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS);
  const StartTime = new Date(EndTime.getTime() - minutes * MINUTE_MS);
  const metrics = queries.filter(({ MetricStat }) => MetricStat);
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime,
      EndTime,
      MetricDataQueries: metrics.map(({ Id, MetricStat }) => ({ Id, MetricStat: withPeriod(MetricStat) })),
    }),
  );
  const seriesById: Record<string, Series> = {};
  for (const { Id = "", Timestamps = [], Values = [] } of MetricDataResults) {
    const series = new Array<number | undefined>(minutes).fill(undefined);
    Timestamps.forEach((at, index) => {
      const minute = Math.floor((at.getTime() - StartTime.getTime()) / MINUTE_MS);
      if (minute >= 0 && minute < minutes) series[minute] = Values[index];
    });
    seriesById[Id] = series;
  }
  // One of them returns data; where nothing says so, it is the only one.
  const result = queries.find(({ ReturnData }) => ReturnData !== false);
  if (!result) throw new Error("None of the metrics returns data");
  return evaluate(result.Expression ?? result.Id ?? "", { seriesById });
}

function withPeriod(stat: MetricQuery["MetricStat"] = {}): MetricStat {
  const { Period = 60 } = stat;
  if (Period !== 60) throw new Error(`A period of ${Period} s: this stand-in works with minutes only`);
  return { ...stat, Period } as MetricStat;
}

/** The points that are there, the newest first. */
export function newestFirst(series: Series): number[] {
  return series.filter((value) => value !== undefined).reverse();
}
