import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { ClientConfig, ScalingActivity } from "../../../shared/testing/scenario";
import type { ApiGatewayStandIn } from "./api-gateway";
import { targetTracking } from "./target-tracking";

const MINUTE_MS = 60_000;
/** Longer than the policy looks back: the newest minutes may be without data, as CloudWatch allows for. */
const LOOK_BACK_MINUTES = 20;
/** How often the custom resource is asked whether it is done, and how long. */
const POLL_MS = 500;
const POLLS = 60;

interface Dimension {
  readonly actualCapacity: number;
  readonly desiredCapacity: number;
  readonly scalingStatus: string;
}

/**
 * Stands in for Application Auto Scaling: reads the scalable target and the policy that are deployed, reads the policy's
 * metric, decides as target tracking is documented to, and scales through the custom-resource API, GET and PATCH.
 */
export class ApplicationAutoScalingStandIn {
  readonly #scaling: ApplicationAutoScalingClient;
  readonly #cloudWatch: CloudWatchClient;

  constructor(
    config: ClientConfig,
    private readonly api: ApiGatewayStandIn,
  ) {
    this.#scaling = new ApplicationAutoScalingClient(config);
    this.#cloudWatch = new CloudWatchClient(config);
  }

  async trackTarget(dimensionId: string, time: Date): Promise<ScalingActivity> {
    const namespace = { ServiceNamespace: "custom-resource" } as const;
    const { ScalableTargets = [] } = await this.#scaling.send(new DescribeScalableTargetsCommand(namespace));
    const target = ScalableTargets.find((one) => one.ResourceId?.endsWith(`/${dimensionId}`));
    if (!target?.ResourceId) throw new Error(`No scalable target is registered for ${dimensionId}`);
    const { ScalingPolicies = [] } = await this.#scaling.send(
      new DescribeScalingPoliciesCommand({ ...namespace, ResourceId: target.ResourceId }),
    );
    const policy = ScalingPolicies[0]?.TargetTrackingScalingPolicyConfiguration;
    const metric = policy?.CustomizedMetricSpecification;
    if (!policy || !metric)
      throw new Error(`No target tracking policy with a metric of its own is registered for ${dimensionId}`);

    const { MetricDataResults = [] } = await this.#cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(time.getTime() - LOOK_BACK_MINUTES * MINUTE_MS),
        EndTime: time,
        ScanBy: "TimestampDescending",
        MetricDataQueries: [
          {
            Id: "metric",
            MetricStat: {
              Metric: {
                Namespace: metric.Namespace,
                MetricName: metric.MetricName,
                Dimensions: metric.Dimensions as never,
              },
              Stat: metric.Statistic as string,
              Unit: metric.Unit as never,
              Period: 60,
            },
          },
        ],
      }),
    );
    const before = await this.#ask(target.ResourceId, "GET");
    const verdict = targetTracking(
      {
        target: policy.TargetValue ?? 0,
        minCapacity: target.MinCapacity ?? 1,
        maxCapacity: target.MaxCapacity ?? 1,
        scaleIn: policy.DisableScaleIn !== true,
      },
      before.actualCapacity,
      MetricDataResults[0]?.Values ?? [],
    );
    if (verdict.capacity === undefined) return { reason: verdict.reason, answer: before };

    let answer = await this.#ask(target.ResourceId, "PATCH", { desiredCapacity: verdict.capacity });
    for (let poll = 0; poll < POLLS && ["Pending", "InProgress"].includes(answer.scalingStatus); poll++) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      answer = await this.#ask(target.ResourceId, "GET");
    }
    return { requested: verdict.capacity, reason: verdict.reason, answer };
  }

  async #ask(resourceId: string, method: "GET" | "PATCH", body?: unknown): Promise<Dimension> {
    const response = await this.api.call(resourceId, method, body);
    if (response.statusCode !== 200)
      throw new Error(`${method} ${resourceId}: ${response.statusCode} ${response.body}`);
    return JSON.parse(response.body);
  }
}
