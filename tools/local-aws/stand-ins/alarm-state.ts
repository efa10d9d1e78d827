import type { Series } from "../../../shared/testing/metric-math";

/** A metric alarm, as far as its state depends on it. */
export interface AlarmRule {
  readonly threshold: number;
  readonly comparisonOperator: string;
  readonly evaluationPeriods: number;
  /** @default - all of the evaluation periods */
  readonly datapointsToAlarm?: number;
  /** @default "missing" */
  readonly treatMissingData?: string;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

// AWS documents 5 points for an alarm on 3, and no formula:
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
const MORE_POINTS = 2;

/** How many minutes an alarm looks at: more than its evaluation periods, for points that come late. */
export function evaluationRange({ evaluationPeriods }: Pick<AlarmRule, "evaluationPeriods">): number {
  return evaluationPeriods + MORE_POINTS;
}

/**
 * Whether an alarm would be in ALARM, as AWS documents it for missing points.
 * @param points of its evaluation range, the oldest first
 * @param before whether it is in ALARM now: what `ignore` keeps
 * @throws Error for an operator that compares with an anomaly detection band
 */
export function isInAlarm(rule: AlarmRule, points: Series, before = false): boolean {
  const { threshold, comparisonOperator, evaluationPeriods, treatMissingData = "missing" } = rule;
  const needed = rule.datapointsToAlarm ?? evaluationPeriods;
  const compare = COMPARISONS[comparisonOperator];
  if (!compare) throw new Error(`An alarm that compares by ${comparisonOperator} is not known here`);
  const breaching = [...points].reverse().map((point) => point !== undefined && compare(point, threshold));
  const present = breaching.filter((_, index) => points.at(-1 - index) !== undefined).slice(0, evaluationPeriods);
  const missing = evaluationPeriods - present.length;
  const breaches = present.filter((one) => one).length;
  if (missing === 0 || treatMissingData === "notBreaching") return breaches >= needed;
  if (treatMissingData === "breaching") return breaches + missing >= needed;
  if (breaches < present.length) return breaches >= needed;
  if (treatMissingData === "ignore") return before;
  // Only breaching points, and too few: enough when the oldest is as old as all that would be needed.
  return breaching.lastIndexOf(true) + 1 >= needed;
}
