import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck, wholeNumber } from "../blueprint/checked-props";
import type { Metric } from "../monitoring/metric";
import type { InstanceRole } from "./instance-role";
import type { LaunchTemplate } from "./launch-template";
import { type MachineMetric, machineMetric } from "./machine-metrics";
import { machineTags } from "./machine-tags";

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
  /** 0 or more. The group begins with this many. */
  readonly minSize: number;
  /** At least `minSize`. */
  readonly maxSize: number;
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
  /** Which metrics of itself the group publishes. @default - all of its size */
  readonly enabledMetrics?: readonly GroupMetric[];
  /** Seconds that Terraform waits for `minSize` machines in service; 0 is not at all. @default - 600, or two minutes more than `readiness` */
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
 * No desired capacity is given: the group begins with `minSize`, and from then on Terraform reads what policies, schedules
 * or people set and never fights it. Between `minSize` and `maxSize` nothing is to be ignored, and these two remain
 * Terraform's.
 *
 * A new version of the launch template starts an instance refresh; Terraform does not wait for its end. A new machine image
 * is no new version: machines get it when they are next launched, or by `aws autoscaling start-instance-refresh`.
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
      launchTemplate: { id: launchTemplate.launchTemplateId, version: launchTemplate.latestVersion },
      vpcZoneIdentifier: props.subnetIds,
      targetGroupArns: targetGroups.length > 0 ? targetGroups.map(({ arn }) => arn) : undefined,
      healthCheckType: targetGroups.length > 0 ? "ELB" : "EC2",
      healthCheckGracePeriod: props.healthCheckGraceSeconds ?? 300,
      defaultInstanceWarmup: props.defaultInstanceWarmupSeconds,
      initialLifecycleHook: hook && [hook],
      instanceMaintenancePolicy: { minHealthyPercentage: min, maxHealthyPercentage: max },
      instanceRefresh: {
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
      tag: Object.entries(machineTags(stack, this.groupName)).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
      dependsOn: props.dependsOn && [...props.dependsOn],
    });

    if (hook) {
      // The one in the group holds for its first machines and is never changed by the provider; this one keeps it up to date.
      new AutoscalingLifecycleHook(this, "hook", { ...hook, autoscalingGroupName: this.group.name });
    }
  }

  /** Allows the group's machines to say that they are ready, or that they never will be. */
  grantCompleteLifecycle(role: InstanceRole): void {
    role.grant({ actions: ["autoscaling:CompleteLifecycleAction"], resources: [this.arnPattern] });
  }

  /** Allows the group's machines to have themselves replaced. */
  grantReportHealth(role: InstanceRole): void {
    role.grant({ actions: ["autoscaling:SetInstanceHealth"], resources: [this.arnPattern] });
  }

  /** A metric of the group's size, or of all its machines together. */
  metric(name: GroupMetric | MachineMetric, statistic: Metric["statistic"] = "Average"): Metric {
    const dimensions = { AutoScalingGroupName: this.groupName };
    return isGroupMetric(name)
      ? { namespace: "AWS/AutoScaling", name, statistic, dimensions, periodSeconds: 60 }
      : machineMetric(name, statistic, dimensions, this.#detailedMonitoring);
  }
}

function rulesOf(props: AutoScalingGroupProps): PropCheck[] {
  const { subnetIds, minSize, maxSize, readiness, waitForCapacitySeconds: wait } = props;
  return [
    {
      prop: "subnetIds",
      holds: Token.isUnresolved(subnetIds) || subnetIds.length >= 2,
      allowed: "at least 2, in different zones",
      given: subnetIds,
      mend: "add one, so that a zone's failure leaves one",
    },
    {
      prop: "minSize",
      holds: minSize >= 0 && minSize <= maxSize,
      allowed: `0..maxSize (${maxSize})`,
      given: minSize,
      mend: "lower it, or raise maxSize",
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
