import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck, wholeNumber } from "../blueprint/checked-props";
import type { AutoScalingGroup } from "./auto-scaling-group";

/** What changes a group's desired capacity, and what executes it names it by. */
export interface ScalingPolicy {
  readonly name: string;
  readonly arn: string;
}

export interface SimpleScalingProps {
  /** Machines more, or fewer where it is negative: a whole number other than 0. */
  readonly adjustment: number;
  /**
   * Seconds until the policy does something again, 0 or more. A caller that does not honour it is not held up. Required:
   * left out, the group's would be a change in each plan.
   */
  readonly cooldownSeconds: number;
}

/**
 * Changes its group's desired capacity by a number of machines each time that it is executed, by an alarm or by whoever
 * may: see `AutoScalingGroup.grantExecutePolicy`.
 */
export class SimpleScalingPolicy extends Construct implements ScalingPolicy {
  readonly name: string;
  readonly arn: string;

  /** @throws BlueprintMistakes on an adjustment or a cooldown out of its range */
  constructor(group: AutoScalingGroup, id: string, props: SimpleScalingProps) {
    super(group, id);
    const { adjustment, cooldownSeconds } = props;
    checkProps(this, [
      adjustmentRule("adjustment", adjustment),
      {
        prop: "cooldownSeconds",
        holds: Number.isInteger(cooldownSeconds) && cooldownSeconds >= 0,
        allowed: "a whole number of 0 or more",
        given: cooldownSeconds,
        mend: "take 300, AWS's own default",
      },
    ]);
    this.name = BlueprintStack.of(this).nameOf("groupScalingPolicy", this);
    const policy = new AutoscalingPolicy(this, "policy", {
      name: this.name,
      autoscalingGroupName: group.group.name,
      policyType: "SimpleScaling",
      adjustmentType: "ChangeInCapacity",
      scalingAdjustment: adjustment,
      cooldown: cooldownSeconds,
    });
    this.arn = policy.arn;
  }
}

/** What is done while the metric is so far from the alarm's threshold. At least one end is given. */
export interface ScalingStep {
  /** How far above the threshold it begins; negative is below. @default - no lower end */
  readonly from?: number;
  /** How far above the threshold it ends; negative is below. @default - no upper end */
  readonly to?: number;
  /** Machines more, or fewer where it is negative: a whole number other than 0. */
  readonly adjustment: number;
}

export interface StepScalingProps {
  /** 1 to 20, in any order: one begins where another ends, up or down from the threshold without end. */
  readonly steps: readonly ScalingStep[];
  /** Seconds until a new machine takes its share of the metric, 1..3600. @default - the group's */
  readonly warmupSeconds?: number;
  /** How the metric's data points become one number. @default "Average" */
  readonly aggregation?: "Average" | "Maximum" | "Minimum";
}

/** Auto Scaling's quota. */
const MOST_STEPS = 20;
/** The provider takes 0 for nothing, and the group's default warm-up would count. */
const SHORTEST_WARMUP_SECONDS = 1;
const LONGEST_WARMUP_SECONDS = 3600;

/**
 * Changes its group's desired capacity by how far an alarm's metric is from its threshold, for as long as the alarm is on.
 *
 * Unlike the AWS CDK: the alarm is not made here. It belongs to whoever knows the metric, with this policy's ARN among its
 * actions.
 */
export class StepScalingPolicy extends Construct implements ScalingPolicy {
  readonly name: string;
  readonly arn: string;

  /** @throws BlueprintMistakes on steps that Auto Scaling would refuse, or a warm-up out of its range */
  constructor(group: AutoScalingGroup, id: string, props: StepScalingProps) {
    super(group, id);
    checkProps(this, [
      ...stepRules(props.steps),
      ...wholeNumber("warmupSeconds", props.warmupSeconds, SHORTEST_WARMUP_SECONDS, LONGEST_WARMUP_SECONDS),
    ]);
    this.name = BlueprintStack.of(this).nameOf("groupScalingPolicy", this);
    const policy = new AutoscalingPolicy(this, "policy", {
      name: this.name,
      autoscalingGroupName: group.group.name,
      policyType: "StepScaling",
      adjustmentType: "ChangeInCapacity",
      metricAggregationType: props.aggregation ?? "Average",
      estimatedInstanceWarmup: props.warmupSeconds,
      stepAdjustment: ascending(props.steps).map(({ from, to, adjustment }) => ({
        metricIntervalLowerBound: from?.toString(),
        metricIntervalUpperBound: to?.toString(),
        scalingAdjustment: adjustment,
      })),
    });
    this.arn = policy.arn;
  }
}

/**
 * What PutScalingPolicy asks of steps:
 * docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html
 */
function stepRules(steps: readonly ScalingStep[]): PropCheck[] {
  const sorted = ascending(steps);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  return [
    {
      prop: "steps",
      holds: steps.length >= 1 && steps.length <= MOST_STEPS,
      allowed: `1..${MOST_STEPS} steps`,
      given: steps.length,
      mend: steps.length === 0 ? "give one" : "join neighbouring ones",
    },
    ...steps.flatMap(({ from = -Infinity, to = Infinity, adjustment }, index) => [
      {
        prop: `steps[${index}]`,
        holds: from < to && (Number.isFinite(from) || Number.isFinite(to)),
        allowed: "from a lower to a higher number, of which one may be left out",
        given: steps[index],
        mend: "begin or end it at the threshold, which is 0",
      },
      adjustmentRule(`steps[${index}].adjustment`, adjustment),
    ]),
    {
      prop: "steps",
      holds: sorted.every(({ to }, index) => index === sorted.length - 1 || isSame(to, sorted[index + 1]?.from)),
      allowed: "without a gap or an overlap",
      given: sorted,
      mend: "begin each where the one below it ends",
    },
    {
      prop: "steps",
      holds: !(Number(lowest?.from) < 0 || Number(highest?.to) > 0),
      allowed: "without an end where they go down from the threshold, and where they go up",
      given: sorted,
      mend: "leave out the lowest's from where it is negative, and the highest's to where it is positive",
    },
  ];
}

function ascending(steps: readonly ScalingStep[]): readonly ScalingStep[] {
  const begins = ({ from = -Infinity }: ScalingStep) => from;
  return [...steps].sort((one, other) => Number(begins(one) > begins(other)) - Number(begins(one) < begins(other)));
}

function isSame(end: number | undefined, beginning: number | undefined): boolean {
  return end !== undefined && end === beginning;
}

function adjustmentRule(prop: string, given: number): PropCheck {
  return {
    prop,
    holds: Number.isInteger(given) && given !== 0,
    allowed: "a whole number other than 0",
    given,
    mend: "say how many machines come, or go where it is negative",
  };
}
