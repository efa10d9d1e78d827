/** A scaling policy as Application Auto Scaling keeps it, as far as it decides how much to scale. */
export interface TargetTracking {
  readonly target: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly scaleIn: boolean;
}

export type Verdict =
  | { readonly capacity: number; readonly reason: string }
  | { readonly capacity?: undefined; readonly reason: string };

// AWS does not document the shape of the alarms that target tracking makes; these are the values that are observed:
// above the target for 3 of 3 minutes, below nine tenths of it for 15 of 15.
const MINUTES_TO_SCALE_OUT = 3;
const MINUTES_TO_SCALE_IN = 15;
const SCALE_IN_SHARE = 0.9;

/**
 * What target tracking asks for. Scaling out is proportional and rounded up; scaling in never goes so far that the
 * metric would pass the target again, and to nothing only when the metric is 0. Where nothing runs, one point above the
 * target is enough, and asks for the least: docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 *
 * @param points one a minute, the newest first
 */
export function targetTracking(policy: TargetTracking, capacity: number, points: readonly number[]): Verdict {
  const { target, minCapacity, maxCapacity } = policy;
  const [newest] = points;
  if (newest === undefined) return { reason: "no data points" };
  const within = (wanted: number) => Math.min(Math.max(wanted, minCapacity), maxCapacity);
  const proportional = Math.ceil((capacity * newest) / target);

  const minutesToScaleOut = capacity === 0 ? 1 : MINUTES_TO_SCALE_OUT;
  const out = points.slice(0, minutesToScaleOut);
  if (out.length === minutesToScaleOut && out.every((point) => point > target)) {
    const minutes = minutesToScaleOut === 1 ? "1 minute" : `${minutesToScaleOut} minutes`;
    const reason = `above ${target} for ${minutes}, now ${newest.toFixed(1)}`;
    const wanted = within(Math.max(1, proportional));
    return wanted > capacity ? { capacity: wanted, reason } : { reason: `${reason}; at the maximum of ${maxCapacity}` };
  }
  const below = points.slice(0, MINUTES_TO_SCALE_IN);
  if (
    policy.scaleIn &&
    below.length === MINUTES_TO_SCALE_IN &&
    below.every((point) => point < SCALE_IN_SHARE * target)
  ) {
    const reason = `below ${SCALE_IN_SHARE * target} for ${MINUTES_TO_SCALE_IN} minutes, now ${newest.toFixed(1)}`;
    const wanted = within(proportional);
    return wanted < capacity ? { capacity: wanted, reason } : { reason: `${reason}; at the minimum that carries it` };
  }
  return { reason: `${newest.toFixed(1)} asks for no change` };
}
