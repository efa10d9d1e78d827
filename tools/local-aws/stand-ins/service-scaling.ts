import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  type ScalableTarget,
  type ScalingPolicy,
} from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import type { ClientConfig, ScalingActivity } from "../../../shared/testing/scenario";
import { evaluationRange, isInAlarm } from "./alarm-state";
import { decideCapacity, type PolicyVerdict } from "./capacity-decision";
import { evaluateQueries, type MetricQuery } from "./metric-queries";
import { stepAdjustment } from "./step-scaling";
import { verdictOfPolicy } from "./tracking-policy";

/**
 * Stands in for Application Auto Scaling of ECS services, and for the CloudWatch alarms behind it: reads the scalable
 * target, the policies and their alarms that are deployed, decides as they are documented to, and sets the desired count.
 */
export class ServiceScaling {
  readonly #scaling: ApplicationAutoScalingClient;
  readonly #cloudWatch: CloudWatchClient;
  readonly #ecs: ECSClient;

  /** @param runningTasks how many tasks of a service really run */
  constructor(
    config: ClientConfig,
    private readonly runningTasks: (cluster: string, service: string) => number,
  ) {
    this.#scaling = new ApplicationAutoScalingClient(config);
    this.#cloudWatch = new CloudWatchClient(config);
    this.#ecs = new ECSClient(config);
  }

  async trackService(ResourceId: string, time: Date): Promise<ScalingActivity> {
    const [kind, cluster = "", name = ""] = ResourceId.split("/");
    if (kind !== "service" || name === "") throw new Error(`${ResourceId} is not service/<cluster>/<service>`);
    const { services: [service] = [] } = await this.#ecs.send(
      new DescribeServicesCommand({ cluster, services: [name] }),
    );
    if (!service) throw new Error(`There is no service ${name} in the cluster ${cluster}`);
    const target = await this.#target(ResourceId);
    const actual = this.runningTasks(cluster, name);
    const verdicts: PolicyVerdict[] = [];
    for (const policy of await this.#policies(ResourceId)) {
      verdicts.push(await this.#ask(policy, target, actual, time));
    }
    const { SuspendedState: suspended = {} } = target;
    const decision = decideCapacity(
      { desired: service.desiredCount ?? 0, actual },
      {
        minCapacity: target.MinCapacity ?? 0,
        maxCapacity: target.MaxCapacity ?? 0,
        scaleOutSuspended: suspended.DynamicScalingOutSuspended,
        scaleInSuspended: suspended.DynamicScalingInSuspended,
        deploying: service.deployments?.some(({ rolloutState }) => rolloutState === "IN_PROGRESS"),
      },
      verdicts,
    );
    if (decision.requested !== undefined) {
      await this.#ecs.send(new UpdateServiceCommand({ cluster, service: name, desiredCount: decision.requested }));
    }
    return decision;
  }

  async #target(resourceId: string): Promise<ScalableTarget> {
    const { ScalableTargets: [target] = [] } = await this.#scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", ResourceIds: [resourceId] }),
    );
    if (!target) throw new Error(`No scalable target is registered for ${resourceId}`);
    return target;
  }

  async #policies(ResourceId: string): Promise<readonly ScalingPolicy[]> {
    const { ScalingPolicies = [] } = await this.#scaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs", ResourceId }),
    );
    return ScalingPolicies;
  }

  async #ask(policy: ScalingPolicy, target: ScalableTarget, actual: number, time: Date): Promise<PolicyVerdict> {
    const policyName = policy.PolicyName ?? "";
    if (policy.PolicyType === "TargetTrackingScaling") {
      const verdict = await verdictOfPolicy(this.#cloudWatch, policy, target, actual, time);
      const scalesIn = policy.TargetTrackingScalingPolicyConfiguration?.DisableScaleIn !== true;
      return { policyName, kind: "target tracking", scalesIn, ...verdict };
    }
    if (policy.PolicyType === "StepScaling") {
      return { policyName, kind: "step", ...(await this.#step(policy, actual, time)) };
    }
    throw new Error(`${policyName}: a policy of the type ${policy.PolicyType} is not known here`);
  }

  async #step(policy: ScalingPolicy, actual: number, time: Date): Promise<{ capacity?: number; reason: string }> {
    const { AdjustmentType, StepAdjustments = [] } = policy.StepScalingPolicyConfiguration ?? {};
    if (AdjustmentType !== "ChangeInCapacity")
      throw new Error(`${policy.PolicyName}: an adjustment ${AdjustmentType} is not known here`);
    const { MetricAlarms = [] } = await this.#cloudWatch.send(new DescribeAlarmsCommand({}));
    const alarms = MetricAlarms.filter(({ AlarmActions }) => AlarmActions?.includes(policy.PolicyARN ?? ""));
    if (alarms.length === 0) return { reason: "no alarm runs it" };
    const reasons: string[] = [];
    for (const alarm of alarms) {
      const value = await this.#breachingValue(alarm, time);
      if (value === undefined) {
        reasons.push(`the alarm ${alarm.AlarmName} is not in ALARM`);
        continue;
      }
      const adjustment = stepAdjustment(StepAdjustments, alarm.Threshold ?? 0, value);
      const reason = `the alarm ${alarm.AlarmName} is in ALARM, now ${value}`;
      if (adjustment !== undefined) return { capacity: actual + adjustment, reason };
      reasons.push(`${reason}, for which there is no step`);
    }
    return { reason: reasons.join(", ") };
  }

  /** The newest value of an alarm that is in ALARM. */
  async #breachingValue(alarm: MetricAlarm, time: Date): Promise<number | undefined> {
    const { Namespace, MetricName, Dimensions, Statistic, Period, Unit, EvaluationPeriods = 1 } = alarm;
    const single: MetricQuery = {
      Id: "metric",
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat: Statistic, Period, Unit },
    };
    const queries = alarm.Metrics?.length ? alarm.Metrics : [single];
    const range = evaluationRange({ evaluationPeriods: EvaluationPeriods });
    const points = await evaluateQueries(this.#cloudWatch, queries, time, range);
    const rule = {
      threshold: alarm.Threshold ?? 0,
      comparisonOperator: alarm.ComparisonOperator ?? "",
      evaluationPeriods: EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm,
      treatMissingData: alarm.TreatMissingData,
    };
    if (alarm.ActionsEnabled === false) return undefined;
    return isInAlarm(rule, points, alarm.StateValue === "ALARM")
      ? points.findLast((one) => one !== undefined)
      : undefined;
  }
}
