import { createHash } from "node:crypto";
import { LbTargetGroup, type LbTargetGroupConfig } from "@cdktf/provider-aws/lib/lb-target-group";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck, wholeNumber } from "../blueprint/checked-props";
import type { Metric } from "../monitoring/metric";
import type { Network } from "../network/network";
import type { SecurityGroup } from "../network/security-group";
import type { LoadBalancer } from "./load-balancer";

/** What all target groups need. */
export interface TargetGroupProps {
  readonly network: Network;
  /** The targets' own security group, in which a load balancer's listener opens what it needs. */
  readonly securityGroup: SecurityGroup;
  /** Port of the targets, 1..65535. */
  readonly port: number;
  /** How long a target that leaves may finish what it began, 0..3600. @default 30 */
  readonly deregistrationDelaySeconds?: number;
}

const DEFAULT_DEREGISTRATION_DELAY_SECONDS = 30;

/** What tells one kind of target group from the other. */
interface KindOfTargetGroup {
  readonly namespace: "AWS/ApplicationELB" | "AWS/NetworkELB";
  readonly config: Partial<LbTargetGroupConfig> & Required<Pick<LbTargetGroupConfig, "protocol" | "healthCheck">>;
  readonly rules: readonly PropCheck[];
}

/**
 * Machines of an Auto Scaling group that a load balancer forwards to: `ApplicationTargetGroup` or `NetworkTargetGroup`.
 */
export abstract class TargetGroup<MetricName extends string = string> extends Construct {
  readonly arn: string;
  /** The end of the ARN, which CloudWatch and target tracking name the group by. */
  readonly arnSuffix: string;
  readonly port: number;
  readonly securityGroup: SecurityGroup;
  readonly #healthCheckPort: number;
  readonly #namespace: string;
  readonly #listeners: ITerraformDependable[] = [];
  #loadBalancer?: LoadBalancer;

  protected constructor(scope: Construct, id: string, props: TargetGroupProps, kind: KindOfTargetGroup) {
    super(scope, id);
    checkProps(this, [
      ...wholeNumber("port", props.port, 1, 65_535),
      ...wholeNumber("deregistrationDelaySeconds", props.deregistrationDelaySeconds, 0, 3600),
      ...kind.rules,
    ]);
    const { healthCheck, protocol } = kind.config;
    this.port = props.port;
    this.securityGroup = props.securityGroup;
    this.#namespace = kind.namespace;
    this.#healthCheckPort = healthCheck.port === "traffic-port" ? props.port : Number(healthCheck.port);
    const group = new LbTargetGroup(this, "group", {
      name: this.#name(protocol, props),
      targetType: "instance",
      port: props.port,
      vpcId: props.network.vpcId,
      deregistrationDelay: String(props.deregistrationDelaySeconds ?? DEFAULT_DEREGISTRATION_DELAY_SECONDS),
      loadBalancingCrossZoneEnabled: "use_load_balancer_configuration",
      ...kind.config,
      // A listener holds on to the group that it forwards to: the new one comes first, the listener turns, the old one goes.
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = group.arn;
    this.arnSuffix = group.arnSuffix;
    this.node.addValidation({
      validate: () =>
        this.#loadBalancer
          ? []
          : [
              `${BlueprintStack.of(this).stackName}: ${this.#path()}: must be forwarded to by a listener, got none; ` +
                "add one to a load balancer, because targets without a listener are never checked",
            ],
    });
  }

  /**
   * The listeners that forward to the group: an Auto Scaling group with health checks by load balancer is made after them
   * and destroyed before them, because targets that nobody forwards to are `unused` and never become healthy.
   * @throws Error before a listener forwards to the group
   */
  get listeners(): ITerraformDependable[] {
    if (this.#listeners.length === 0) {
      throw new Error(`${this.node.path}: has no listener yet; add it before what registers with the group`);
    }
    return [...this.#listeners];
  }

  /**
   * A metric of the group behind its load balancer. Both are dimensions: by the group alone, most are not published.
   * @throws Error before a listener forwards to the group
   */
  metric(name: MetricName, statistic: Metric["statistic"], periodSeconds?: number): Metric {
    if (!this.#loadBalancer) {
      throw new Error(`${this.node.path}: has no metrics before a load balancer's listener forwards to it`);
    }
    return {
      namespace: this.#namespace,
      name,
      statistic,
      dimensions: { LoadBalancer: this.#loadBalancer.arnSuffix, TargetGroup: this.arnSuffix },
      periodSeconds,
    };
  }

  /**
   * Lets the load balancer that forwards by the listener reach the targets, on the health check's port as well where it is
   * another one. Called by the load balancer.
   * @throws Error when another load balancer forwards to the group already: AWS allows one
   */
  allowFrom(loadBalancer: LoadBalancer, listener: ITerraformDependable): void {
    if (this.#loadBalancer && this.#loadBalancer !== loadBalancer) {
      throw new Error(
        `${this.node.path}: belongs to ${this.#loadBalancer.node.path}; a target group has one load balancer`,
      );
    }
    this.#loadBalancer = loadBalancer;
    loadBalancer.reach(this.securityGroup, this.port, "Traffic from the load balancer");
    loadBalancer.reach(this.securityGroup, this.#healthCheckPort, "Health checks from the load balancer");
    this.#listeners.push(listener);
  }

  /**
   * Ends in a digest of what replaces the group when it changes. The old and the new group exist side by side then, and
   * two of one Region cannot share a name.
   */
  #name(protocol: string, { port, network }: TargetGroupProps): string {
    const vpc = Token.isUnresolved(network.vpcId) ? "of the stack" : network.vpcId;
    const digest = createHash("sha256")
      .update(JSON.stringify([protocol, port, vpc]))
      .digest("hex")
      .slice(0, 6);
    return BlueprintStack.of(this).nameOf("targetGroup", `${this.#path().replaceAll("/", "-")}-${digest}`);
  }

  #path(): string {
    return this.node.path.split("/").slice(1).join("/");
  }
}
