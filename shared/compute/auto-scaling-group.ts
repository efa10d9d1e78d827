import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, isWhole, type PropCheck, wholeNumber } from "../blueprint/checked-props";
import type { Metric } from "../monitoring/metric";
import { zonesRule } from "../network/zones-rule";
import type { InstanceRole } from "./instance-role";
import type { LaunchTemplate } from "./launch-template";
import { type MachineMetric, machineMetric } from "./machine-metrics";
import { machineTags } from "./machine-tags";
import {
  type ScalingPolicy,
  SimpleScalingPolicy,
  type SimpleScalingProps,
  StepScalingPolicy,
  type StepScalingProps,
} from "./scaling-policy";

/** Metrics that a group publishes of itself, each minute and free of charge. */
export type GroupMetric = (typeof GROUP_METRICS)[number];
const GROUP_METRICS = [
  "GroupDesiredCapacity",
  "GroupInServiceInstances",
  "GroupMaxSize",
  "GroupMinSize",
  "GroupPendingInstances",
  "GroupStandbyInstances",
  "GroupTerminatingInstances",
  "GroupTotalInstances",
] as const;

/** What a group can be told not to do. */
export type SuspendedProcess =
  | "AddToLoadBalancer"
  | "AlarmNotification"
  | "AZRebalance"
  | "HealthCheck"
  | "InstanceRefresh"
  | "ReplaceUnhealthy"
  | "ScheduledActions";

export interface AutoScalingGroupProps {
  readonly launchTemplate: LaunchTemplate;
  /** At least two, in different zones, so that a zone's failure leaves one. */
  readonly subnetIds: string[];
  /** 0 or more. */
  readonly minSize: number;
  /** At least `minSize`. */
  readonly maxSize: number;
  /**
   * How many machines the group begins with, `minSize`..`maxSize`. A later change of it changes no group that is there
   * already. @default `minSize`
   */
  readonly startSize?: number;
  /**
   * Whether `minSize` and `maxSize` only count when the group is made, because a function of the stack changes them from
   * then on. Whoever changes the two props has to have that function take them over. @default false
   */
  readonly ignoreSizeChanges?: boolean;
  /** Load balancers' target groups: machines are registered, and what they find unhealthy is replaced. @default - none */
  readonly targetGroups?: readonly { readonly arn: string }[];
  /** Seconds in service before a failed health check counts, 0 or more. @default 300 */
  readonly healthCheckGraceSeconds?: number;
  /** Seconds until a new machine's metrics count for scaling, 1 or more. @default - AWS's: as each policy says */
  readonly defaultInstanceWarmupSeconds?: number;
  /**
   * Has a new machine wait until it says itself that it is ready, see `grantCompleteLifecycle`. One that does not within
   * `timeoutSeconds`, 30..7200, is replaced. @default - in service as soon as it runs
   */
  readonly readiness?: { readonly timeoutSeconds: number };
  /**
   * What comes first when a machine is replaced, because it is unhealthy or the launch template has a new version.
   * `launch-first` keeps the group's strength, and needs room for more than `maxSize` for a while; `terminate-first` never
   * has one too many: for a group of one there is a gap, and never two at once. @default "launch-first"
   */
  readonly replacement?: "launch-first" | "terminate-first";
  /**
   * What a new version of the launch template means for machines that run: `refresh` replaces them, a few at a time;
   * `next-launch` leaves them alone, and only what is launched from then on is made by it. @default "refresh"
   */
  readonly onNewTemplate?: "refresh" | "next-launch";
  /**
   * What the group does not do. `AZRebalance` is worth it in a group of one: a machine that came up in another zone when
   * its own had failed would be replaced for the sake of balance only, and beside `launch-first` there are two meanwhile.
   * @default - nothing is suspended
   */
  readonly suspendedProcesses?: readonly SuspendedProcess[];
  /**
   * Whether new machines are protected from scale-in until somebody lifts it. A refresh then waits for that, up to an
   * hour. @default false
   */
  readonly protectFromScaleIn?: boolean;
  /**
   * Days after which a machine is replaced, 1..365, and with it the machine image by the newest. @default - as long as it is
   * healthy
   */
  readonly maxInstanceLifetimeDays?: number;
  /**
   * Tags of the group and its machines, beside the stack's own: at most 128 characters a key, 256 a value.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
  /** Which metrics of itself the group publishes. @default - all of its size */
  readonly enabledMetrics?: readonly GroupMetric[];
  /** Seconds that Terraform waits for the machines that the group begins with; 0 is not at all. @default - 600, or two minutes more than `readiness` */
  readonly waitForCapacitySeconds?: number;
  /** What has to exist before the first machine: routes, mount targets, listeners. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** The presets of AWS's console; a share of at least one machine is rounded up to one. */
const HEALTHY_PERCENTAGES = { "launch-first": { min: 100, max: 110 }, "terminate-first": { min: 90, max: 100 } };
/** 90 % of one machine is one machine, which could then never be terminated first. */
const ONE_TERMINATED_FIRST = { min: 0, max: 100 };
const DAY_SECONDS = 24 * 60 * 60;
const DEFAULT_WAIT_SECONDS = 600;
/** From the end of the readiness timeout until the group's state is seen. */
const WAIT_MARGIN_SECONDS = 120;

/**
 * An Auto Scaling group over several zones.
 *
 * How many machines there are is said once, at the beginning; from then on Terraform reads what policies, schedules or
 * people set and never fights it. `minSize` and `maxSize` remain Terraform's, unless `ignoreSizeChanges` says otherwise.
 *
 * A new version of the launch template starts an instance refresh, unless `onNewTemplate` says otherwise; Terraform does
 * not wait for its end. A new release of Amazon Linux is no new version: machines get it when they are next launched, or by
 * `aws autoscaling start-instance-refresh`.
 */
export class AutoScalingGroup extends Construct {
  /** Known before the deployment, so that user data may name the group that it is for. */
  readonly groupName: string;
  /** Matches the group's ARN, which has a part that AWS makes up. */
  readonly arnPattern: string;
  /** Of the hook that a new machine has to complete, if there is one. */
  readonly lifecycleHookName?: string;
  /** The group itself, to depend on. */
  readonly group: AutoscalingGroup;
  readonly #detailedMonitoring: boolean;

  constructor(scope: Construct, id: string, props: AutoScalingGroupProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    checkProps(this, rulesOf(props));
    this.groupName = stack.nameOf("autoScalingGroup", this);
    this.arnPattern = stack.arnOf("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${this.groupName}`);
    this.#detailedMonitoring = props.launchTemplate.detailedMonitoring;
    const { readiness, launchTemplate, targetGroups = [] } = props;
    if (readiness) this.lifecycleHookName = stack.nameOf("lifecycleHook", this);
    const hook = readiness && {
      name: this.lifecycleHookName ?? "",
      lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      heartbeatTimeout: readiness.timeoutSeconds,
      defaultResult: "ABANDON",
    };
    const { min, max } =
      props.replacement === "terminate-first" && props.maxSize === 1
        ? ONE_TERMINATED_FIRST
        : HEALTHY_PERCENTAGES[props.replacement ?? "launch-first"];

    this.group = new AutoscalingGroup(this, "group", {
      name: this.groupName,
      minSize: props.minSize,
      maxSize: props.maxSize,
      desiredCapacity: props.startSize,
      launchTemplate: { id: launchTemplate.launchTemplateId, version: launchTemplate.latestVersion },
      vpcZoneIdentifier: props.subnetIds,
      targetGroupArns: targetGroups.length > 0 ? targetGroups.map(({ arn }) => arn) : undefined,
      healthCheckType: targetGroups.length > 0 ? "ELB" : "EC2",
      healthCheckGracePeriod: props.healthCheckGraceSeconds ?? 300,
      defaultInstanceWarmup: props.defaultInstanceWarmupSeconds,
      initialLifecycleHook: hook && [hook],
      instanceMaintenancePolicy: { minHealthyPercentage: min, maxHealthyPercentage: max },
      instanceRefresh:
        props.onNewTemplate === "next-launch"
          ? undefined
          : {
              strategy: "Rolling",
              preferences: {
                minHealthyPercentage: min,
                maxHealthyPercentage: max,
                scaleInProtectedInstances: props.protectFromScaleIn ? "Wait" : "Ignore",
              },
            },
      suspendedProcesses: props.suspendedProcesses && [...props.suspendedProcesses],
      protectFromScaleIn: props.protectFromScaleIn ?? false,
      enabledMetrics: [...(props.enabledMetrics ?? GROUP_METRICS)],
      metricsGranularity: "1Minute",
      // A zone without room for a machine is no failure yet: the group goes on in the others, until the time is up.
      ignoreFailedScalingActivities: true,
      maxInstanceLifetime: props.maxInstanceLifetimeDays && props.maxInstanceLifetimeDays * DAY_SECONDS,
      waitForCapacityTimeout: `${props.waitForCapacitySeconds ?? waitSeconds(readiness)}s`,
      // Otherwise it is emptied first, and a machine that never gets ready is waited for until its hook times out. Protected
      // machines go as well.
      forceDelete: true,
      timeouts: { delete: "20m" },
      // A machine has them from the launch template, too; of two with one key the group's counts.
      tag: Object.entries({ ...machineTags(stack, this.groupName), ...props.tags }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
      dependsOn: props.dependsOn && [...props.dependsOn],
      lifecycle: ownedByOthers(props),
    });

    if (hook) {
      // The one in the group holds for its first machines and is never changed by the provider; this one keeps it up to date.
      new AutoscalingLifecycleHook(this, "hook", { ...hook, autoscalingGroupName: this.group.name });
    }
  }

  /**
   * Adds a policy that changes the group by a number of machines each time that it is executed.
   * @throws BlueprintMistakes on an adjustment or a cooldown out of its range
   */
  addSimpleScaling(id: string, props: SimpleScalingProps): ScalingPolicy {
    return new SimpleScalingPolicy(this, id, props);
  }

  /**
   * Adds a policy for an alarm's actions, which changes the group by how far the alarm's metric is from its threshold.
   * @throws BlueprintMistakes on steps that Auto Scaling would refuse, or a warm-up out of its range
   */
  addStepScaling(id: string, props: StepScalingProps): ScalingPolicy {
    return new StepScalingPolicy(this, id, props);
  }

  /** Allows the group's machines to say that they are ready, or that they never will be. */
  grantCompleteLifecycle(role: InstanceRole): void {
    role.grant({ actions: ["autoscaling:CompleteLifecycleAction"], resources: [this.arnPattern] });
  }

  /** Allows the group's machines to have themselves replaced. */
  grantReportHealth(role: InstanceRole): void {
    role.grant({ actions: ["autoscaling:SetInstanceHealth"], resources: [this.arnPattern] });
  }

  /**
   * Allows the group's machines to execute its scaling policies, whichever there are: to IAM a policy is no resource of
   * its own.
   */
  grantExecutePolicy(role: InstanceRole): void {
    role.grant({ actions: ["autoscaling:ExecutePolicy"], resources: [this.arnPattern] });
  }

  /** A metric of the group's size, or of all its machines together. */
  metric(name: GroupMetric | MachineMetric, statistic: Metric["statistic"] = "Average"): Metric {
    const dimensions = { AutoScalingGroupName: this.groupName };
    return isGroupMetric(name)
      ? { namespace: "AWS/AutoScaling", name, statistic, dimensions, periodSeconds: 60 }
      : machineMetric(name, statistic, dimensions, this.#detailedMonitoring);
  }
}

/** Attributes that Terraform sets once, and who owns them from then on. */
function ownedByOthers({
  startSize,
  ignoreSizeChanges,
}: AutoScalingGroupProps): { ignoreChanges: string[] } | undefined {
  const ignoreChanges = [
    // Policies, schedules, functions or people scale the group.
    ...(startSize === undefined ? [] : ["desired_capacity"]),
    // A function of the stack moves the limits.
    ...(ignoreSizeChanges ? ["min_size", "max_size"] : []),
  ];
  return ignoreChanges.length > 0 ? { ignoreChanges } : undefined;
}

function rulesOf(props: AutoScalingGroupProps): PropCheck[] {
  const { subnetIds, minSize, maxSize, startSize, readiness, waitForCapacitySeconds: wait } = props;
  return [
    zonesRule(subnetIds),
    {
      prop: "minSize",
      holds: minSize >= 0 && minSize <= maxSize,
      allowed: `0..maxSize (${maxSize})`,
      given: minSize,
      mend: "lower it, or raise maxSize",
    },
    {
      prop: "startSize",
      // Where the limits themselves are wrong, that is mistake enough.
      holds: startSize === undefined || minSize > maxSize || isWhole(startSize, minSize, maxSize),
      allowed: `a whole number of minSize (${minSize})..maxSize (${maxSize})`,
      given: startSize,
      mend: "begin with what the limits allow, or change them",
    },
    ...wholeNumber("readiness.timeoutSeconds", readiness?.timeoutSeconds, 30, 7200),
    ...wholeNumber("maxInstanceLifetimeDays", props.maxInstanceLifetimeDays, 1, 365),
    {
      prop: "waitForCapacitySeconds",
      holds: !wait || !readiness || wait > readiness.timeoutSeconds,
      allowed: `0 or more than readiness.timeoutSeconds (${readiness?.timeoutSeconds})`,
      given: wait,
      mend: "a deployment would give up before the machine does",
    },
  ];
}

function waitSeconds(readiness: AutoScalingGroupProps["readiness"]): number {
  return Math.max(DEFAULT_WAIT_SECONDS, (readiness?.timeoutSeconds ?? 0) + WAIT_MARGIN_SECONDS);
}

function isGroupMetric(name: string): name is GroupMetric {
  return (GROUP_METRICS as readonly string[]).includes(name);
}
