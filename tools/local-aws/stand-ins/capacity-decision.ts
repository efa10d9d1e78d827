import type { ScalingActivity } from "../../../shared/testing/scenario";

/** What one policy asks for. */
export interface PolicyVerdict {
  readonly policyName: string;
  readonly kind: "target tracking" | "step";
  /** Undefined when it asks for nothing. */
  readonly capacity?: number;
  readonly reason: string;
  /** Whether it may scale in at all. @default true */
  readonly scalesIn?: boolean;
}

export interface Bounds {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly scaleOutSuspended?: boolean;
  readonly scaleInSuspended?: boolean;
  /** ECS turns scaling in off while a deployment is in progress. */
  readonly deploying?: boolean;
}

/** Tasks of a service, say. */
export interface Capacity {
  readonly desired: number;
  /** What really runs: policies count from it. */
  readonly actual: number;
}

/**
 * What several policies together come to: the largest capacity that one asks for, and less only when all target tracking
 * policies that scale in ask for less:
 * docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
 */
export function decideCapacity(
  { desired, actual }: Capacity,
  bounds: Bounds,
  verdicts: readonly PolicyVerdict[],
): ScalingActivity {
  const { minCapacity, maxCapacity } = bounds;
  const within = (capacity: number) => Math.min(Math.max(capacity, minCapacity), maxCapacity);
  if (within(desired) !== desired) {
    return { requested: within(desired), reason: `${desired} is not within ${minCapacity}..${maxCapacity}` };
  }
  const reason = verdicts.map((one) => `${one.policyName}: ${one.reason}`).join("; ") || "there is no policy";
  // What is asked for was counted from what runs: more than that is never a reason to take some away.
  const more = verdicts.map(({ capacity = 0 }) => within(capacity)).filter((one) => one > actual && one > desired);
  if (more.length > 0) {
    if (bounds.scaleOutSuspended) return { reason: `scaling out is suspended; ${reason}` };
    return { requested: Math.max(...more), reason };
  }
  const asksForLess = ({ capacity }: PolicyVerdict) =>
    capacity !== undefined && within(capacity) < actual && within(capacity) < desired;
  const less = verdicts.filter(asksForLess);
  const agreed = verdicts
    .filter(({ kind, scalesIn = true }) => kind === "target tracking" && scalesIn)
    .every(asksForLess);
  if (less.length === 0 || !agreed) return { reason };
  if (bounds.scaleInSuspended) return { reason: `scaling in is suspended; ${reason}` };
  if (bounds.deploying) return { reason: `a deployment is in progress; ${reason}` };
  return { requested: Math.max(...less.map(({ capacity = 0 }) => within(capacity))), reason };
}
