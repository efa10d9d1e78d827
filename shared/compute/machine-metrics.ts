import type { Metric } from "../monitoring/metric";

/** Metrics that EC2 publishes of each machine, by instance and by Auto Scaling group. */
export type MachineMetric =
  | "CPUUtilization"
  | "CPUCreditBalance"
  | "CPUSurplusCreditBalance"
  | "NetworkIn"
  | "NetworkOut"
  | "StatusCheckFailed"
  | "StatusCheckFailed_System"
  | "StatusCheckFailed_Instance"
  | "StatusCheckFailed_AttachedEBS";

const BASIC_PERIOD_SECONDS = 300;
const DETAILED_PERIOD_SECONDS = 60;

/**
 * A metric in AWS/EC2, with the period that it is published in: an alarm on a shorter one sees gaps. Status checks come
 * each minute and CPU credits each five, whatever the monitoring.
 */
export function machineMetric(
  name: MachineMetric,
  statistic: Metric["statistic"],
  dimensions: Metric["dimensions"],
  detailedMonitoring: boolean,
): Metric {
  const eachMinute = name.startsWith("StatusCheck") || (detailedMonitoring && !/^CPU(Surplus)?Credit/.test(name));
  const periodSeconds = eachMinute ? DETAILED_PERIOD_SECONDS : BASIC_PERIOD_SECONDS;
  return { namespace: "AWS/EC2", name, statistic, dimensions, periodSeconds };
}
