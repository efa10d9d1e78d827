import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { NodejsFunction } from "../../shared/functions/nodejs-function";
import type { ScheduledFunction } from "../../shared/functions/scheduled-function";
import { Alarm } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { metricNames, type monitorEnvironment, SCALE_OUT_FAILED } from "./runtime/configuration";

export interface ScalingAlarmsProps {
  /** CloudWatch namespace of the monitor's metrics. */
  readonly namespace: string;
  readonly monitor: ScheduledFunction<typeof monitorEnvironment>;
  readonly scaler: Pick<NodejsFunction, "logGroupName">;
  readonly topic: AlarmTopic;
}

/** Alarms on what the functions' own error metrics do not tell of. */
export function alarmOnScaling(scope: Construct, { namespace, monitor, scaler, topic }: ScalingAlarmsProps): void {
  new Alarm(scope, "unmeasured-streams", {
    description:
      "The monitor could not measure some stream, or does not run: what is not measured is not scaled. Its log says which.",
    metric: { namespace, name: metricNames.unmeasuredStreams, statistic: "Maximum", dimensions: {} },
    threshold: { atLeast: 1 },
    evaluationPeriods: 5,
    // A monitor that does not run publishes nothing. Until its first run the alarm is on.
    treatMissingData: "breaching",
    dependsOn: [monitor.schedule],
    topic,
  });

  // A scaling that failed is answered with 200 and `Failed`, as the contract of custom resources has it.
  new CloudwatchLogMetricFilter(scope, "failed-scale-outs-filter", {
    name: BlueprintStack.of(scope).nameOf("metricFilter", "failed-scale-outs"),
    logGroupName: scaler.logGroupName,
    pattern: `{ $.${SCALE_OUT_FAILED} IS TRUE }`,
    metricTransformation: { namespace, name: metricNames.failedScaleOuts, value: "1" },
  });
  new Alarm(scope, "failed-scale-outs", {
    description:
      "A scale-out was not honoured: the day's shard updates are spent, or Kinesis refused. The scaler's log says why.",
    metric: { namespace, name: metricNames.failedScaleOuts, statistic: "Sum", dimensions: {} },
    threshold: { atLeast: 1 },
    treatMissingData: "notBreaching",
    topic,
  });
}
