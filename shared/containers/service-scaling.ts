import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, wholeNumber } from "../blueprint/checked-props";
import type { Grantee } from "../security/service-role";
import type { FargateService } from "./fargate-service";
import { MathTracking, type MathTrackingProps } from "./math-tracking";
import { StepAdding, type StepAddingProps } from "./step-adding";

export interface ServiceScalingProps {
  readonly service: FargateService;
  /** 0..5000. Whoever deploys the first image sets it, and again with each deployment: until then it is 0. */
  readonly minTasks: number;
  /**
   * 1..5000, and at least `minTasks`. Application Auto Scaling refuses one below the fewest tasks that are set at that time:
   * lower `minTasks` first, and have it deployed.
   */
  readonly maxTasks: number;
}

/** ECS's quota of a service: docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MOST_TASKS = 5000;

/**
 * Changes a service's number of tasks within limits.
 *
 * Terraform registers it at zero and suspended, because there is no image yet. Whoever deploys the first one sets the fewest
 * tasks and lets the scaling begin.
 */
export class ServiceScaling extends Construct {
  readonly service: FargateService;
  /** What the limits and policies belong to. */
  readonly target: AppautoscalingTarget;
  readonly minTasks: number;
  readonly maxTasks: number;

  /** @throws BlueprintMistakes on limits that Application Auto Scaling would refuse */
  constructor(scope: Construct, id: string, { service, minTasks, maxTasks }: ServiceScalingProps) {
    super(scope, id);
    checkProps(this, [
      ...wholeNumber("minTasks", minTasks, 0, MOST_TASKS),
      ...wholeNumber("maxTasks", maxTasks, 1, MOST_TASKS),
      {
        prop: "maxTasks",
        holds: !(maxTasks < minTasks),
        allowed: `at least minTasks (${minTasks})`,
        given: maxTasks,
        mend: "raise it, or lower minTasks",
      },
    ]);
    this.service = service;
    this.minTasks = minTasks;
    this.maxTasks = maxTasks;
    this.target = new AppautoscalingTarget(this, "target", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: service.resourceId,
      minCapacity: 0,
      maxCapacity: maxTasks,
      suspendedState: {
        dynamicScalingInSuspended: true,
        dynamicScalingOutSuspended: true,
        scheduledScalingSuspended: true,
      },
      dependsOn: [service.service],
      lifecycle: {
        // Whoever deploys sets both: the fewest tasks with each image, and the end of the suspension with the first.
        ignoreChanges: ["min_capacity", "suspended_state"],
      },
    });
  }

  /**
   * Keeps what is worked out from metrics at a target, by more tasks or fewer.
   * @throws BlueprintMistakes on an expression, a target or a cooldown that Application Auto Scaling would refuse
   */
  trackMath(id: string, props: MathTrackingProps): MathTracking {
    return new MathTracking(this, id, props);
  }

  /**
   * Adds tasks while an alarm is on, by how far its metric is above the threshold. Give the policy's ARN to the alarm's actions.
   * @throws BlueprintMistakes on steps or a cooldown that Application Auto Scaling would refuse
   */
  addSteps(id: string, props: StepAddingProps): StepAdding {
    return new StepAdding(this, id, props);
  }

  /** Allows to move the target of the service's target tracking policies. */
  grantSetTarget(grantee: Grantee): void {
    // To IAM policies are no resources.
    grantee.grant({ actions: ["application-autoscaling:DescribeScalingPolicies"], resources: ["*"] });
    grantee.grant({ actions: ["application-autoscaling:PutScalingPolicy"], resources: [this.target.arn] });
    this.#grantWhatIsValidated(grantee);
  }

  /** Allows to set the fewest and the most tasks, and to suspend the scaling or let it go on. */
  grantSetLimits(grantee: Grantee): void {
    grantee.grant({ actions: ["application-autoscaling:RegisterScalableTarget"], resources: [this.target.arn] });
    this.#grantWhatIsValidated(grantee);
  }

  /**
   * Application Auto Scaling refuses a caller who may not do himself what it will do for him. It tries that with the caller's
   * permissions, on what is not there where that is enough, and its guide does not say which names it takes: therefore any,
   * but by way of an AWS service only.
   * docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
   */
  #grantWhatIsValidated(grantee: Grantee): void {
    const { service } = this;
    const stack = BlueprintStack.of(this);
    const alarm = (name: string) => stack.arnOf("cloudwatch", `alarm:${name}`);
    grantee.grant({ actions: ["ecs:DescribeServices", "ecs:UpdateService"], resources: [service.arn] });
    grantee.grant({ actions: ["cloudwatch:DescribeAlarms"], resources: [alarm("*")] });
    grantee.grant({
      actions: ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"],
      // No alarm of ours, nor anybody's but those of the service's target tracking.
      resources: [alarm(""), alarm(`TargetTracking-${service.resourceId}-*`)],
    });
    grantee.grant({
      actions: ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "ecs:DescribeServices", "ecs:UpdateService"],
      resources: [alarm("*"), stack.arnOf("ecs", "service/*")],
      conditions: { Bool: { "aws:ViaAWSService": "true" } },
    });
  }
}
