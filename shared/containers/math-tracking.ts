import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck } from "../blueprint/checked-props";
import { DEFAULT_PERIOD_SECONDS, type MathMetric, RESULT_ID, resultRules, variablesOf } from "../monitoring/metric";
import { cooldownRule } from "./cooldown-rule";
import type { ServiceScaling } from "./service-scaling";

export interface MathTrackingProps {
  /** What is kept at the target: a number that falls in proportion as tasks are added. Its metrics have a period of 60 seconds. */
  readonly metric: MathMetric;
  /** More than 0. */
  readonly target: number;
  /**
   * Who moves the target from then on, in a few words. Terraform sets it once, when the policy is made.
   * @default - nobody: Terraform keeps it
   */
  readonly targetOwner?: string;
  /** Seconds after tasks were added until more are, unless even more are needed, 0 or more. */
  readonly scaleOutCooldownSeconds: number;
  /** Seconds after tasks were taken away until more are, 0 or more. */
  readonly scaleInCooldownSeconds: number;
}

/** Where Terraform has it. */
const TARGET = "target_tracking_scaling_policy_configuration[0].target_value";

/** Keeps what is worked out from metrics at a target, by more tasks or fewer. */
export class MathTracking extends Construct {
  readonly policyArn: string;
  /** Known before the deployment, so that whoever moves the target finds the policy. */
  readonly policyName: string;

  /** @throws BlueprintMistakes on an expression, a target or a cooldown that Application Auto Scaling would refuse */
  constructor(scaling: ServiceScaling, id: string, props: MathTrackingProps) {
    super(scaling, id);
    checkProps(this, rulesOf(props));
    const { metric, target, targetOwner } = props;
    this.policyName = BlueprintStack.of(this).nameOf("scalingPolicy", this);
    const policy = new AppautoscalingPolicy(this, "policy", {
      name: this.policyName,
      policyType: "TargetTrackingScaling",
      serviceNamespace: scaling.target.serviceNamespace,
      scalableDimension: scaling.target.scalableDimension,
      resourceId: scaling.target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: target,
        scaleOutCooldown: props.scaleOutCooldownSeconds,
        scaleInCooldown: props.scaleInCooldownSeconds,
        customizedMetricSpecification: { metrics: queriesOf(metric) },
      },
      // Whom the blueprint names moves it.
      lifecycle: targetOwner ? { ignoreChanges: [TARGET] } : undefined,
    });
    this.policyArn = policy.arn;
  }
}

function queriesOf(metric: MathMetric) {
  return [
    { id: RESULT_ID, expression: metric.expression, label: metric.label, returnData: true },
    ...variablesOf(metric).map(({ id, namespace, name, dimensions, statistic }) => ({
      id,
      metricStat: {
        metric: {
          namespace,
          metricName: name,
          dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
        },
        stat: statistic,
      },
      returnData: false,
    })),
  ];
}

/** What PutScalingPolicy asks of metrics: docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingMetricStat.html */
function rulesOf({ metric, target, scaleOutCooldownSeconds, scaleInCooldownSeconds }: MathTrackingProps): PropCheck[] {
  const others = variablesOf(metric).filter(({ periodSeconds }) => periodSeconds !== DEFAULT_PERIOD_SECONDS);
  return [
    ...resultRules("metric", metric),
    {
      prop: "metric.metrics",
      holds: others.length === 0,
      allowed: `of ${DEFAULT_PERIOD_SECONDS} seconds each: Application Auto Scaling knows no other period`,
      given: Object.fromEntries(others.map(({ id, periodSeconds }) => [id, periodSeconds])),
      mend: "leave the period out",
    },
    {
      prop: "target",
      holds: Number.isFinite(target) && target > 0,
      allowed: "more than 0",
      given: target,
      mend: "take what one task can have waiting",
    },
    cooldownRule("scaleOutCooldownSeconds", scaleOutCooldownSeconds),
    cooldownRule("scaleInCooldownSeconds", scaleInCooldownSeconds),
  ];
}
