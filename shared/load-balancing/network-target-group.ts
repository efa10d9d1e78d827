import type { Construct } from "constructs";
import { type HealthCheckProps, type HttpHealthCheckProps, healthCheckOf, healthCheckRules } from "./health-check";
import { TargetGroup, type TargetGroupProps } from "./target-group";

/** Metrics that a Network Load Balancer publishes by target group. */
export type NetworkTargetMetric = "HealthyHostCount" | "UnHealthyHostCount";

/** By connecting, or by asking a page. */
export type NetworkHealthCheckProps =
  | (HealthCheckProps & { readonly protocol: "TCP" })
  | (HttpHealthCheckProps & { readonly protocol: "HTTP" | "HTTPS" });

export interface NetworkTargetGroupProps extends TargetGroupProps {
  /** What the targets speak. TLS encrypts the way to them; their certificates are not verified. */
  readonly protocol: "TCP" | "TLS";
  /** @default - whether the group's port takes a connection */
  readonly healthCheck?: NetworkHealthCheckProps;
  /**
   * Whether connections to a target stay open when it is found unhealthy, and new ones go elsewhere. For connections that
   * are worth more than a late answer. @default false: they are reset, so that clients connect anew
   */
  readonly keepsUnhealthyConnections?: boolean;
}

/** How long what is on such connections may finish, 0..360,000: after it a target is unhealthy, and draining until then. */
const UNHEALTHY_DRAINING_SECONDS = 300;

/**
 * Machines that a Network Load Balancer forwards to. They see the client's own address, not the load balancer's; their
 * security group needs no rule for it, because it lets in the load balancer's security group.
 */
export class NetworkTargetGroup extends TargetGroup<NetworkTargetMetric> {
  readonly protocol: "TCP" | "TLS";

  constructor(scope: Construct, id: string, props: NetworkTargetGroupProps) {
    const healthCheck = props.healthCheck ?? { protocol: "TCP" };
    super(scope, id, props, {
      namespace: "AWS/NetworkELB",
      config: {
        protocol: props.protocol,
        healthCheck: healthCheckOf(healthCheck, healthCheck.protocol, props.port),
        preserveClientIp: "true",
        stickiness: { type: "source_ip", enabled: false },
        targetHealthState: props.keepsUnhealthyConnections
          ? [{ enableUnhealthyConnectionTermination: false, unhealthyDrainingInterval: UNHEALTHY_DRAINING_SECONDS }]
          : undefined,
      },
      rules: healthCheckRules(healthCheck, 599),
    });
    this.protocol = props.protocol;
  }
}
