import type { ScalableTarget, ScalingPolicy } from "@aws-sdk/client-application-auto-scaling";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { evaluateQueries, type MetricQuery, newestFirst } from "./metric-queries";
import { targetTracking, type Verdict } from "./target-tracking";

/** Longer than a policy looks back: the newest minutes may be without data, as CloudWatch allows for. */
const LOOK_BACK_MINUTES = 20;

/**
 * What a target tracking policy that is deployed asks for as of that time.
 * @param capacity what there is now
 * @throws Error when its metric is one that AWS predefines
 */
export async function verdictOfPolicy(
  cloudWatch: CloudWatchClient,
  { PolicyName, TargetTrackingScalingPolicyConfiguration: policy }: ScalingPolicy,
  { MinCapacity, MaxCapacity }: ScalableTarget,
  capacity: number,
  time: Date,
): Promise<Verdict> {
  const metric = policy?.CustomizedMetricSpecification;
  if (!policy || !metric) throw new Error(`${PolicyName} is not a target tracking policy with a metric of its own`);
  const { Namespace, MetricName, Dimensions, Statistic, Unit } = metric;
  const single: MetricQuery = {
    Id: "metric",
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat: Statistic, Unit },
  };
  const series = await evaluateQueries(cloudWatch, metric.Metrics ?? [single], time, LOOK_BACK_MINUTES);
  return targetTracking(
    {
      target: policy.TargetValue ?? 0,
      minCapacity: MinCapacity ?? 1,
      maxCapacity: MaxCapacity ?? 1,
      scaleIn: policy.DisableScaleIn !== true,
    },
    capacity,
    newestFirst(series),
  );
}
