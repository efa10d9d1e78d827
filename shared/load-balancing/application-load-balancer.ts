import type { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { wholeNumber } from "../blueprint/checked-props";
import type { ApplicationTargetGroup } from "./application-target-group";
import { LoadBalancer, type LoadBalancerProps } from "./load-balancer";
import { DEFAULT_TLS_POLICY, type TlsPolicy } from "./tls-policy";

/** Metrics that an Application Load Balancer publishes of itself. */
export type ApplicationLoadBalancerMetric =
  | "ActiveConnectionCount"
  | "ClientTLSNegotiationErrorCount"
  | "ConsumedLCUs"
  | "ProcessedBytes"
  | "RejectedConnectionCount"
  | "RequestCount"
  | "TargetResponseTime"
  | `HTTPCode_ELB_${3 | 4 | 5}XX_Count`
  | `HTTPCode_Target_${2 | 3 | 4 | 5}XX_Count`;

export type ApplicationLoadBalancerProps = LoadBalancerProps & {
  /** How long a connection may be silent, 1..4000. A target should keep its side open for longer. @default 60 */
  readonly idleTimeoutSeconds?: number;
};

export interface HttpListenerProps {
  readonly targetGroup: ApplicationTargetGroup;
  /**
   * Ranges of addresses that may connect; with HTTPS at most 30 of IPv4, without at most 60. None lets nobody in. The load
   * balancer has IPv4 addresses only.
   */
  readonly allowedCidrs: readonly string[];
}

export interface PlainHttpListenerProps extends HttpListenerProps {
  /** Why HTTP is good enough, in a sentence that the blueprint's README prints. */
  readonly reason: string;
}

export interface HttpsListenerProps extends HttpListenerProps {
  /** ARN of a certificate in the stack's Region. */
  readonly certificateArn: string;
  /** @default "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" */
  readonly tlsPolicy?: TlsPolicy;
}

/** A load balancer for HTTP and HTTPS. */
export class ApplicationLoadBalancer extends LoadBalancer<ApplicationLoadBalancerMetric> {
  constructor(scope: Construct, id: string, props: ApplicationLoadBalancerProps) {
    super(scope, id, props, {
      type: "application",
      config: {
        idleTimeout: props.idleTimeoutSeconds ?? 60,
        enableHttp2: true,
        dropInvalidHeaderFields: true,
        // Not strictest, which also refuses harmless requests that are merely written unlike RFC 7230 wants.
        desyncMitigationMode: "defensive",
        xffHeaderProcessingMode: "append",
      },
      rules: wholeNumber("idleTimeoutSeconds", props.idleTimeoutSeconds, 1, 4000),
    });
  }

  /**
   * Serves HTTPS on port 443 to the given ranges, and sends those of them that come by HTTP on port 80 there.
   * @throws BlueprintMistakes on too many ranges, or a certificate of another Region
   */
  addHttpsListener(props: HttpsListenerProps): void {
    this.openTo({ allowedCidrs: props.allowedCidrs }, { 443: "HTTPS", 80: "HTTP, redirected to HTTPS" }, [
      this.certificateRule(props.certificateArn),
    ]);
    const listener = this.addListener(443, {
      protocol: "HTTPS",
      sslPolicy: props.tlsPolicy ?? DEFAULT_TLS_POLICY,
      certificateArn: props.certificateArn,
      defaultAction: [{ type: "forward", targetGroupArn: props.targetGroup.arn }],
    });
    this.addListener(80, {
      protocol: "HTTP",
      defaultAction: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    });
    props.targetGroup.allowFrom(this, listener);
  }

  /**
   * Serves plain HTTP on port 80 to the given ranges.
   * @throws BlueprintMistakes on the whole world, or too many ranges
   */
  addHttpListener(props: PlainHttpListenerProps): void {
    this.openTo({ allowedCidrs: props.allowedCidrs }, { 80: "HTTP" }, [
      this.worldRule(
        props.allowedCidrs,
        "plain HTTP can be read and changed on its way",
        "give the ranges that need it, or a certificate to serve HTTPS with",
      ),
    ]);
    const listener = this.addListener(80, {
      protocol: "HTTP",
      defaultAction: [{ type: "forward", targetGroupArn: props.targetGroup.arn }],
    });
    const resource = `aws_lb_listener.${listener.friendlyUniqueId}`;
    for (const rule of ["15", "16"]) {
      BlueprintStack.of(this).exceptFromBaseline({ rule, resource, reason: props.reason });
    }
    props.targetGroup.allowFrom(this, listener);
  }
}
