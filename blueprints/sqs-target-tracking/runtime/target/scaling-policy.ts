import {
  type ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  paginateDescribeScalingPolicies,
  type ScalingPolicy,
  type TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";

/** The policy of one ECS service that goes by a name. Services may have policies of the same name. */
export interface PolicyOfService {
  readonly policyName: string;
  /** service/<cluster>/<service> */
  readonly resourceId: string;
}

const ECS_SERVICE = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

/** A target tracking policy, as it is. */
export class TrackingPolicy {
  private constructor(
    private readonly client: ApplicationAutoScalingClient,
    private readonly policy: PolicyOfService,
    private readonly configuration: TargetTrackingScalingPolicyConfiguration & { readonly TargetValue: number },
  ) {}

  /** @throws Error when the service has not exactly one policy of the name, or it does not track a target. */
  static async find(client: ApplicationAutoScalingClient, policy: PolicyOfService): Promise<TrackingPolicy> {
    const { policyName, resourceId } = policy;
    const input = { ...ECS_SERVICE, ResourceId: resourceId, PolicyNames: [policyName] };
    const found: ScalingPolicy[] = [];
    for await (const { ScalingPolicies = [] } of paginateDescribeScalingPolicies({ client }, input)) {
      found.push(...ScalingPolicies.filter((one) => one.PolicyName === policyName && one.ResourceId === resourceId));
    }
    const [only, ...others] = found;
    if (!only || others.length > 0) {
      throw new Error(
        `${resourceId} has ${found.length} scaling policies ${policyName}, and must have one. Deploy the stack.`,
      );
    }
    const { PolicyType, TargetTrackingScalingPolicyConfiguration: configuration } = only;
    if (PolicyType !== "TargetTrackingScaling" || configuration?.TargetValue === undefined) {
      throw new Error(
        `The scaling policy ${policyName} of ${resourceId} is of the type ${PolicyType}, and only TargetTrackingScaling has a target. It is left as it is.`,
      );
    }
    const { TargetValue } = configuration;
    return new TrackingPolicy(client, policy, { ...configuration, TargetValue });
  }

  /** The target that it has. */
  get target(): number {
    return this.configuration.TargetValue;
  }

  /** PutScalingPolicy replaces the configuration as a whole: all of it goes back as it came, but for the target. */
  async setTarget(target: number): Promise<void> {
    await this.client.send(
      new PutScalingPolicyCommand({
        ...ECS_SERVICE,
        PolicyName: this.policy.policyName,
        ResourceId: this.policy.resourceId,
        PolicyType: "TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration: { ...this.configuration, TargetValue: target },
      }),
    );
  }
}
