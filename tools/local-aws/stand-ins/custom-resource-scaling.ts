import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { ClientConfig, ScalingActivity } from "../../../shared/testing/scenario";
import type { ApiGatewayStandIn } from "./api-gateway";
import { verdictOfPolicy } from "./tracking-policy";

/** How often the custom resource is asked whether it is done, and how long. */
const POLL_MS = 500;
const POLLS = 60;

interface Dimension {
  readonly actualCapacity: number;
  readonly desiredCapacity: number;
  readonly scalingStatus: string;
}

/**
 * Stands in for Application Auto Scaling of custom resources: reads the scalable target and the policy that are
 * deployed, reads the policy's metric, decides as target tracking is documented to, and scales through the
 * custom-resource API, GET and PATCH.
 */
export class CustomResourceScaling {
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
    const policy = ScalingPolicies[0];
    if (!policy?.TargetTrackingScalingPolicyConfiguration?.CustomizedMetricSpecification)
      throw new Error(`No target tracking policy with a metric of its own is registered for ${dimensionId}`);
    const before = await this.#ask(target.ResourceId, "GET");
    const verdict = await verdictOfPolicy(this.#cloudWatch, policy, target, before.actualCapacity, time);
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
