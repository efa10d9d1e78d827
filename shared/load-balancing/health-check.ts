import type { LbTargetGroupHealthCheck } from "@cdktf/provider-aws/lib/lb-target-group";
import { type PropCheck, wholeNumber } from "../blueprint/checked-props";

/** How often a target is asked, and how many answers count. */
export interface HealthCheckProps {
  /** Port that is asked, 1..65535. It is opened in the targets' security group. @default - the target group's port */
  readonly port?: number;
  /** Time between two checks of a target, 5..300. @default 15 */
  readonly intervalSeconds?: number;
  /** How long a target may take to answer, 2..120 and less than `intervalSeconds`. @default 5, or less than the interval */
  readonly timeoutSeconds?: number;
  /** Good answers in a row that make a target healthy, 2..10. @default 2 */
  readonly healthyThreshold?: number;
  /** Bad answers in a row that make a target unhealthy, 2..10. @default 3 */
  readonly unhealthyThreshold?: number;
}

/** A health check that asks a page. */
export interface HttpHealthCheckProps extends HealthCheckProps {
  /** Page that is asked, beginning with a slash; at most 1024 characters. */
  readonly path: string;
  /**
   * Status codes of a good answer, such as `200`, `200,302` or `200-299`: of 200..499 behind an Application Load
   * Balancer, of 200..599 behind a Network Load Balancer.
   * @default "200"
   */
  readonly healthyHttpCodes?: string;
}

const DEFAULT_INTERVAL_SECONDS = 15;
const DEFAULT_TIMEOUT_SECONDS = 5;
const DEFAULT_HEALTHY_THRESHOLD = 2;
/** One more than AWS's own 2: an Auto Scaling group terminates what is unhealthy, so a single pause is forgiven. */
const DEFAULT_UNHEALTHY_THRESHOLD = 3;

const SMALLEST_HTTP_CODE = 200;

/** A health check as the resource takes it, every value said: AWS's defaults differ by protocol. */
export function healthCheckOf(
  props: HealthCheckProps | HttpHealthCheckProps,
  protocol: "HTTP" | "HTTPS" | "TCP",
  trafficPort: number,
): LbTargetGroupHealthCheck {
  const interval = props.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
  return {
    enabled: true,
    protocol,
    port: props.port === undefined || props.port === trafficPort ? "traffic-port" : String(props.port),
    interval,
    timeout: props.timeoutSeconds ?? Math.min(DEFAULT_TIMEOUT_SECONDS, interval - 1),
    healthyThreshold: props.healthyThreshold ?? DEFAULT_HEALTHY_THRESHOLD,
    unhealthyThreshold: props.unhealthyThreshold ?? DEFAULT_UNHEALTHY_THRESHOLD,
    ...("path" in props && { path: props.path, matcher: props.healthyHttpCodes ?? "200" }),
  };
}

/** What AWS would refuse when the stack is half deployed. */
export function healthCheckRules(
  props: HealthCheckProps | HttpHealthCheckProps,
  largestHttpCode: 499 | 599,
): readonly PropCheck[] {
  const { timeoutSeconds, intervalSeconds = DEFAULT_INTERVAL_SECONDS } = props;
  return [
    ...wholeNumber("healthCheck.port", props.port, 1, 65_535),
    ...wholeNumber("healthCheck.intervalSeconds", props.intervalSeconds, 5, 300),
    ...wholeNumber("healthCheck.timeoutSeconds", timeoutSeconds, 2, 120),
    ...wholeNumber("healthCheck.healthyThreshold", props.healthyThreshold, 2, 10),
    ...wholeNumber("healthCheck.unhealthyThreshold", props.unhealthyThreshold, 2, 10),
    {
      prop: "healthCheck.timeoutSeconds",
      holds: timeoutSeconds === undefined || timeoutSeconds < intervalSeconds,
      allowed: `less than intervalSeconds (${intervalSeconds})`,
      given: timeoutSeconds,
      mend: "ask less often, or wait less long",
    },
    ...("path" in props ? pageRules(props, largestHttpCode) : []),
  ];
}

function pageRules({ path, healthyHttpCodes }: HttpHealthCheckProps, largestHttpCode: number): PropCheck[] {
  return [
    {
      prop: "healthCheck.path",
      holds: /^\/[!-~]{0,1023}$/.test(path),
      allowed: "a path that begins with a slash, at most 1024 characters, without spaces",
      given: path,
      mend: "write it as it stands in the request, such as /login",
    },
    {
      prop: "healthCheck.healthyHttpCodes",
      holds: healthyHttpCodes === undefined || areHttpCodes(healthyHttpCodes, largestHttpCode),
      allowed: `codes of ${SMALLEST_HTTP_CODE}..${largestHttpCode}`,
      given: healthyHttpCodes,
      mend: 'write them as "200", "200,302" or "200-299"',
    },
  ];
}

function areHttpCodes(codes: string, largest: number): boolean {
  return codes.split(",").every((part) => {
    const [, from, to = from] = /^(\d{3})(?:-(\d{3}))?$/.exec(part) ?? [];
    return (
      from !== undefined && Number(from) >= SMALLEST_HTTP_CODE && Number(from) <= Number(to) && Number(to) <= largest
    );
  });
}
