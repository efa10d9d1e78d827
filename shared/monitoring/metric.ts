import type { PropCheck } from "../blueprint/checked-props";

/** A CloudWatch metric as alarms and dashboards name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum" | "SampleCount";
  readonly dimensions: Readonly<Record<string, string>>;
  /** Length of a data point in seconds. @default 60 */
  readonly periodSeconds?: number;
}

/** A namespace that PutMetricData takes: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export const OWN_NAMESPACE = /^(?!AWS\/)[A-Za-z0-9._/#-][A-Za-z0-9._/#: -]{0,254}$/;

export const DEFAULT_PERIOD_SECONDS = 60;

/** What CloudWatch works out from metrics, as alarms and graphs name it. */
export interface MathMetric {
  /** A metric math expression, such as `work / servers`, with the metrics' ids as variables. */
  readonly expression: string;
  /** 1 to 10 metrics by id: a lower-case letter, then letters, digits and underscores. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** What it is called in graphs and notifications. @default - CloudWatch's */
  readonly label?: string;
  /** Length of a data point in seconds, of every metric. @default - as each metric says */
  readonly periodSeconds?: number;
}

export function isMath(metric: Metric | MathMetric): metric is MathMetric {
  return "expression" in metric;
}

/** The metrics of an expression, each by its id and with its period. */
export function variablesOf({
  metrics,
  periodSeconds,
}: MathMetric): (Metric & { id: string; periodSeconds: number })[] {
  return Object.entries(metrics).map(([id, metric]) => ({
    ...metric,
    id,
    periodSeconds: periodSeconds ?? metric.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
  }));
}

/** CloudWatch's limit of metrics in an alarm on an expression. */
const MOST_METRICS = 10;
const METRIC_ID = /^[a-z]\w{0,254}$/;

/** What an alarm or a policy calls the expression itself. */
export const RESULT_ID = "result";

/** What CloudWatch would refuse of an expression that stands beside its metrics under {@link RESULT_ID}. */
export function resultRules(prop: string, metric: MathMetric): PropCheck[] {
  return [
    ...mathRules(prop, metric),
    {
      prop: `${prop}.metrics`,
      holds: !(RESULT_ID in metric.metrics),
      allowed: `named otherwise than ${RESULT_ID}, which is the expression itself`,
      given: Object.keys(metric.metrics),
      mend: "rename it",
    },
  ];
}

/** What CloudWatch would refuse of an expression. */
export function mathRules(prop: string, { expression, metrics }: MathMetric): PropCheck[] {
  const ids = Object.keys(metrics);
  return [
    {
      prop: `${prop}.expression`,
      holds: expression.trim() !== "",
      allowed: "a metric math expression",
      given: expression,
      mend: "write one such as work / servers",
    },
    {
      prop: `${prop}.metrics`,
      holds: ids.length >= 1 && ids.length <= MOST_METRICS,
      allowed: `1..${MOST_METRICS} metrics`,
      given: ids.length,
      mend: "take one with fewer dimensions for several of them",
    },
    {
      prop: `${prop}.metrics`,
      holds: ids.every((id) => METRIC_ID.test(id)),
      allowed: "named by a lower-case letter, then letters, digits and underscores",
      given: ids,
      mend: "rename those that are not",
    },
  ];
}
