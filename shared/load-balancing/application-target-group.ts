import type { Construct } from "constructs";
import { wholeNumber } from "../blueprint/checked-props";
import { type HttpHealthCheckProps, healthCheckOf, healthCheckRules } from "./health-check";
import { TargetGroup, type TargetGroupProps } from "./target-group";

/** Metrics that an Application Load Balancer publishes by target group. */
export type ApplicationTargetMetric =
  | "HealthyHostCount"
  | "UnHealthyHostCount"
  | "RequestCount"
  | "RequestCountPerTarget"
  | "TargetResponseTime"
  | "TargetConnectionErrorCount"
  | `HTTPCode_Target_${2 | 3 | 4 | 5}XX_Count`;

export interface ApplicationTargetGroupProps extends TargetGroupProps {
  /** What the targets speak. HTTPS encrypts the way to them; their certificates are not verified. */
  readonly protocol: "HTTP" | "HTTPS";
  /** Asked by the group's protocol. */
  readonly healthCheck: HttpHealthCheckProps;
  /** How long a new target's share of requests grows, 30..900, or 0 for its full share at once. @default 0 */
  readonly slowStartSeconds?: number;
}

/** Machines that an Application Load Balancer forwards to. Any of them answers any request: no sticky sessions. */
export class ApplicationTargetGroup extends TargetGroup<ApplicationTargetMetric> {
  constructor(scope: Construct, id: string, props: ApplicationTargetGroupProps) {
    super(scope, id, props, {
      namespace: "AWS/ApplicationELB",
      config: {
        protocol: props.protocol,
        healthCheck: healthCheckOf(props.healthCheck, props.protocol, props.port),
        slowStart: props.slowStartSeconds ?? 0,
        stickiness: { type: "lb_cookie", enabled: false },
      },
      rules: [
        ...(props.slowStartSeconds ? wholeNumber("slowStartSeconds", props.slowStartSeconds, 30, 900) : []),
        ...healthCheckRules(props.healthCheck, 499),
      ],
    });
  }
}
