/** A CloudWatch metric as alarms and dashboards name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum" | "SampleCount";
  readonly dimensions: Readonly<Record<string, string>>;
  /** Length of a data point in seconds. @default 60 */
  readonly periodSeconds?: number;
}

export const DEFAULT_PERIOD_SECONDS = 60;
