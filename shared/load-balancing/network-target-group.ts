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
}

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
      },
      rules: healthCheckRules(healthCheck, 599),
    });
    this.protocol = props.protocol;
  }
}
