import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps } from "../blueprint/checked-props";
import type { AlarmTopic } from "./alarm-topic";
import {
  DEFAULT_PERIOD_SECONDS,
  isMath,
  type MathMetric,
  type Metric,
  RESULT_ID,
  resultRules,
  variablesOf,
} from "./metric";

/** When a data point counts as breaching. */
export type Threshold =
  | { readonly atLeast: number }
  | { readonly above: number }
  | { readonly atMost: number }
  | { readonly below: number };

export interface AlarmProps {
  /** What happened and what to do about it: it is the text of the notification. */
  readonly description: string;
  /** One metric, or what is worked out from several. */
  readonly metric: Metric | MathMetric;
  readonly threshold: Threshold;
  /** How many of the newest data points are looked at. @default 1 */
  readonly evaluationPeriods?: number;
  /** How many of them have to breach. @default - all of them */
  readonly datapointsToAlarm?: number;
  /** What a missing data point means. Required: CloudWatch's own default, `missing`, is seldom what is meant. */
  readonly treatMissingData: "missing" | "ignore" | "breaching" | "notBreaching";
  /** Whether to notify when it is over as well. A new alarm that finds all well notifies, too. @default false */
  readonly notifyWhenOver?: boolean;
  /**
   * ARNs of what AWS does beside notifying: a scaling policy's, or such as `arn:aws:automate:<region>:ec2:recover`.
   * @default - nothing
   */
  readonly actions?: readonly string[];
  /** What has to exist before the alarm. @default - only the topic */
  readonly dependsOn?: ITerraformDependable[];
  /** Who is notified. @default - nobody: it is there for its actions */
  readonly topic?: AlarmTopic;
}

/** A metric alarm that notifies, or acts, when it goes off. */
export class Alarm extends Construct {
  readonly alarmName: string;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const [comparisonOperator, threshold] = comparison(props.threshold);
    const topic = props.topic ? [props.topic.arn] : [];
    const alarm = new CloudwatchMetricAlarm(this, "alarm", {
      alarmName: BlueprintStack.of(this).nameOf("alarm", this),
      alarmDescription: props.description,
      ...this.#lookAt(props.metric),
      comparisonOperator,
      threshold,
      evaluationPeriods: props.evaluationPeriods ?? 1,
      datapointsToAlarm: props.datapointsToAlarm,
      treatMissingData: props.treatMissingData,
      dependsOn: props.dependsOn,
      alarmActions: [...(props.actions ?? []), ...topic],
      okActions: props.notifyWhenOver ? topic : undefined,
    });
    this.alarmName = alarm.alarmName;
  }

  #lookAt(metric: Metric | MathMetric): Partial<CloudwatchMetricAlarmConfig> {
    if (!isMath(metric)) {
      return {
        namespace: metric.namespace,
        metricName: metric.name,
        dimensions: metric.dimensions,
        statistic: metric.statistic,
        period: metric.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
      };
    }
    checkProps(this, resultRules("metric", metric));
    const { expression, label } = metric;
    return {
      metricQuery: [
        { id: RESULT_ID, expression, label, returnData: true },
        ...variablesOf(metric).map(({ id, namespace, name, dimensions, statistic, periodSeconds }) => ({
          id,
          metric: { namespace, metricName: name, dimensions, stat: statistic, period: periodSeconds },
          returnData: false,
        })),
      ],
    };
  }
}

function comparison(threshold: Threshold): [string, number] {
  if ("atLeast" in threshold) return ["GreaterThanOrEqualToThreshold", threshold.atLeast];
  if ("above" in threshold) return ["GreaterThanThreshold", threshold.above];
  if ("atMost" in threshold) return ["LessThanOrEqualToThreshold", threshold.atMost];
  return ["LessThanThreshold", threshold.below];
}
