/** What CloudWatch knows of the messages of five minutes. */
export interface DurationPoint {
  /** Seconds that they took together. */
  readonly sum: number;
  /** How many there were. */
  readonly count: number;
}

export interface TargetRules {
  /** Seconds that a message may wait before a worker takes it. */
  readonly latencySeconds: number;
  /** Messages that a task works on at the same time. */
  readonly messagesAtOnce: number;
  /** More than zero. */
  readonly minTarget: number;
  /** At least minTarget. */
  readonly maxTarget: number;
  /** Difference from which on the target is changed. */
  readonly changePercent: number;
}

export interface TargetDecision {
  /** Messages a task: the policy's target from now on, changed or not. */
  readonly target: number;
  readonly changed: boolean;
  /** Why, in words. */
  readonly reason: string;
  /** Messages that were measured. */
  readonly messages: number;
  /** Seconds that a message takes; undefined without a message. */
  readonly meanSeconds?: number;
}

/** Fewer say more about themselves than about the messages to come. */
export const FEWEST_MESSAGES = 20;
/**
 * A point's mean counts up to this multiple of the median. Work that is slower by day than by night stays within it; a
 * message that hung for hours does not.
 */
export const OUTLIER_FACTOR = 5;
const SIGNIFICANT_DIGITS = 3;

/**
 * The backlog a task that its workers work off within the latency asked for: latency x messages at once / mean duration.
 *
 * It is monotone: slower messages never raise the target, and a longer latency never lowers it. It lies within the limits,
 * so it is never zero. Where too few messages were measured, and where it would hardly change, the policy stays as it is:
 * each change replaces the policy's alarms.
 */
export function decideTarget(current: number, points: readonly DurationPoint[], rules: TargetRules): TargetDecision {
  const { minTarget, maxTarget, changePercent } = rules;
  const messages = points.filter(isMeasured).reduce((total, { count }) => total + count, 0);
  const meanSeconds = meanDuration(points);
  const keep = (reason: string) => ({ target: current, changed: false, reason, messages, meanSeconds });
  if (meanSeconds === undefined || messages < FEWEST_MESSAGES) {
    return keep(`${messages} messages were measured, and a target takes ${FEWEST_MESSAGES}`);
  }

  const target = targetFor(meanSeconds, rules);
  if (target === current) return keep(`the target is ${target} already`);
  const difference = `${target} instead of ${current}, for messages of ${meanSeconds.toPrecision(SIGNIFICANT_DIGITS)} s`;
  const allowed = current >= minTarget && current <= maxTarget;
  // Of the smaller of the two: a half is as far away as a double.
  if (allowed && Math.abs(target - current) * 100 < changePercent * Math.min(target, current)) {
    return keep(`${difference}, would be a change of less than ${changePercent} %`);
  }
  return { target, changed: true, reason: difference, messages, meanSeconds };
}

/** Rounded before it is limited: a limit is met exactly. Of messages that take no time, each task can have the most. */
function targetFor(meanSeconds: number, { latencySeconds, messagesAtOnce, minTarget, maxTarget }: TargetRules): number {
  const target = (latencySeconds * messagesAtOnce) / meanSeconds;
  return Math.min(Math.max(Number(target.toPrecision(SIGNIFICANT_DIGITS)), minTarget), maxTarget);
}

/**
 * Mean of all messages, in seconds: each point has the weight of its messages, and none counts for more than
 * OUTLIER_FACTOR times the median. Undefined without a message.
 */
export function meanDuration(points: readonly DurationPoint[]): number | undefined {
  const means = points.filter(isMeasured).map(({ sum, count }) => ({ mean: sum / count, count }));
  const messages = means.reduce((total, { count }) => total + count, 0);
  if (messages === 0) return undefined;
  const most = OUTLIER_FACTOR * medianOf(means, messages);
  return means.reduce((total, { mean, count }) => total + Math.min(mean, most) * count, 0) / messages;
}

/** The lowest mean that at least half of the messages do not exceed. */
function medianOf(means: readonly { readonly mean: number; readonly count: number }[], messages: number): number {
  let notAbove = 0;
  for (const { mean, count } of [...means].sort((one, other) => one.mean - other.mean)) {
    notAbove += count;
    if (notAbove >= messages / 2) return mean;
  }
  return 0;
}

function isMeasured({ sum, count }: DurationPoint): boolean {
  return Number.isFinite(sum) && sum >= 0 && Number.isFinite(count) && count > 0;
}
