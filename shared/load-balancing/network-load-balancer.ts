import type { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { wholeNumber } from "../blueprint/checked-props";
import type { SecurityGroup } from "../network/security-group";
import { LoadBalancer, type LoadBalancerProps } from "./load-balancer";
import type { NetworkTargetGroup } from "./network-target-group";
import { DEFAULT_TLS_POLICY, type TlsPolicy } from "./tls-policy";

/** Metrics that a Network Load Balancer publishes of itself, in minutes with traffic only. */
export type NetworkLoadBalancerMetric =
  | "ActiveFlowCount"
  | "ClientTLSNegotiationErrorCount"
  | "ConsumedLCUs"
  | "NewFlowCount"
  | "PortAllocationErrorCount"
  | "ProcessedBytes"
  | "TargetTLSNegotiationErrorCount"
  | "TCP_Client_Reset_Count"
  | "TCP_ELB_Reset_Count"
  | "TCP_Target_Reset_Count";

export interface NetworkListenerProps {
  readonly targetGroup: NetworkTargetGroup;
  /** Ranges of addresses that may connect. @default - none */
  readonly allowedCidrs?: readonly string[];
  /**
   * Security groups whose members may connect, and are let out to the listener. At most 60 ranges of IPv4 and groups
   * together, over all listeners; without either nobody gets in. @default - none
   */
  readonly allowedGroups?: readonly SecurityGroup[];
}

export interface TlsListenerProps extends NetworkListenerProps {
  /** Port that clients connect to, 1..65535. @default 443 */
  readonly port?: number;
  /** ARN of a certificate in the stack's Region. */
  readonly certificateArn: string;
  /** @default "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" */
  readonly tlsPolicy?: TlsPolicy;
}

export interface TcpListenerProps extends NetworkListenerProps {
  /** Port that clients connect to, 1..65535. */
  readonly port: number;
  /** Why the load balancer does not encrypt, in a sentence that the blueprint's README prints. */
  readonly reason: string;
}

/**
 * A load balancer for TCP connections. Its access logs hold what comes through TLS listeners: AWS logs no other.
 *
 * Unlike the AWS CDK: it always has a security group, because one cannot be added later, and cross-zone load balancing is
 * on, because a zone whose targets have failed would otherwise answer nobody.
 */
export class NetworkLoadBalancer extends LoadBalancer<NetworkLoadBalancerMetric> {
  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id, props, {
      type: "network",
      config: {
        enableCrossZoneLoadBalancing: true,
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
      },
      rules: [],
    });
  }

  /**
   * Serves TLS to the given ranges and groups, and forwards what is inside, encrypted anew where the target group's protocol is TLS.
   * @throws BlueprintMistakes on too many ranges and groups, a port that does not exist, or a certificate of another Region
   */
  addTlsListener(props: TlsListenerProps): void {
    const port = props.port ?? 443;
    this.openTo(props, { [port]: "TLS" }, [
      ...wholeNumber("port", port, 1, 65_535),
      this.certificateRule(props.certificateArn),
    ]);
    const listener = this.addListener(port, {
      protocol: "TLS",
      sslPolicy: props.tlsPolicy ?? DEFAULT_TLS_POLICY,
      certificateArn: props.certificateArn,
      defaultAction: [{ type: "forward", targetGroupArn: props.targetGroup.arn }],
    });
    props.targetGroup.allowFrom(this, listener);
  }

  /**
   * Forwards connections of the given ranges and groups as they are.
   * @throws BlueprintMistakes on the whole world, too many ranges and groups, a port that does not exist, or a target group of TLS
   */
  addTcpListener(props: TcpListenerProps): void {
    const { protocol } = props.targetGroup;
    this.openTo(props, { [props.port]: "TCP" }, [
      ...wholeNumber("port", props.port, 1, 65_535),
      this.worldRule(
        props.allowedCidrs ?? [],
        "nothing says that what comes is encrypted",
        "give the ranges that need it, or a certificate to serve TLS with",
      ),
      {
        prop: "targetGroup.protocol",
        holds: protocol === "TCP",
        allowed: "TCP, because a TCP listener forwards connections as they are",
        given: protocol,
        mend: "let the target group be of TCP, also where the targets speak TLS",
      },
    ]);
    const listener = this.addListener(props.port, {
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: props.targetGroup.arn }],
    });
    BlueprintStack.of(this).exceptFromBaseline({
      rule: "15",
      resource: `aws_lb_listener.${listener.friendlyUniqueId}`,
      reason: props.reason,
    });
    props.targetGroup.allowFrom(this, listener);
  }
}
