import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck } from "../blueprint/checked-props";
import { cooldownRule } from "./cooldown-rule";
import type { ServiceScaling } from "./service-scaling";

/** What is added while an alarm's metric is so far above its threshold. */
export interface AddingStep {
  /**
   * How far above the threshold it begins: 0 for the first, and more than the one before, up to 999999. It ends where the
   * next begins.
   */
  readonly from: number;
  /** Tasks more: a whole number of 1 or more. */
  readonly add: number;
}

export interface StepAddingProps {
  /** 1 to 20, in ascending order. The last has no end. */
  readonly steps: readonly AddingStep[];
  /** Seconds after tasks were added until more are, unless a larger step is reached, 0 or more. */
  readonly cooldownSeconds: number;
}

/** Application Auto Scaling's quota: docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-limits.html */
const MOST_STEPS = 20;
/** From a million on the provider reads a bound back in another notation (1e+06), which would be a change in each plan. */
export const HIGHEST_STEP = 999_999;

/** Adds tasks while an alarm is on, by how far its metric is above its threshold. It never takes any away. */
export class StepAdding extends Construct {
  /** For the alarm's actions. */
  readonly policyArn: string;

  /** @throws BlueprintMistakes on steps or a cooldown that Application Auto Scaling would refuse */
  constructor(scaling: ServiceScaling, id: string, { steps, cooldownSeconds }: StepAddingProps) {
    super(scaling, id);
    checkProps(this, [...stepRules(steps), cooldownRule("cooldownSeconds", cooldownSeconds)]);
    const policy = new AppautoscalingPolicy(this, "policy", {
      name: BlueprintStack.of(this).nameOf("scalingPolicy", this),
      policyType: "StepScaling",
      serviceNamespace: scaling.target.serviceNamespace,
      scalableDimension: scaling.target.scalableDimension,
      resourceId: scaling.target.resourceId,
      stepScalingPolicyConfiguration: {
        adjustmentType: "ChangeInCapacity",
        metricAggregationType: "Maximum",
        cooldown: cooldownSeconds,
        stepAdjustment: steps.map(({ from, add }, index) => ({
          metricIntervalLowerBound: String(from),
          metricIntervalUpperBound: steps[index + 1]?.from.toString(),
          scalingAdjustment: add,
        })),
      },
    });
    this.policyArn = policy.arn;
  }
}

function stepRules(steps: readonly AddingStep[]): PropCheck[] {
  return [
    {
      prop: "steps",
      holds: steps.length >= 1 && steps.length <= MOST_STEPS,
      allowed: `1..${MOST_STEPS} steps`,
      given: steps.length,
      mend: steps.length === 0 ? "give one" : "join neighbouring ones",
    },
    ...steps.flatMap(({ from, add }, index) => {
      const before = steps[index - 1];
      return [
        {
          prop: `steps[${index}].from`,
          holds: before ? from > before.from && from <= HIGHEST_STEP : from === 0,
          allowed: before
            ? `more than that of the step before (${before.from}), and at most ${HIGHEST_STEP}`
            : "0, which is the alarm's threshold",
          given: from,
          mend: before ? "put the steps in ascending order, and leave out what is too high" : "begin at the threshold",
        },
        {
          prop: `steps[${index}].add`,
          holds: Number.isInteger(add) && add >= 1,
          allowed: "a whole number of 1 or more",
          given: add,
          mend: "say how many tasks come",
        },
      ];
    }),
  ];
}
