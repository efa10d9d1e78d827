/** Kinesis counts the calls of UpdateShardCount over a rolling day. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** The calls that still count at the given time. Times are milliseconds since the epoch. */
export function countingUpdates(updates: readonly number[], now: number): number[] {
  return updates.filter((time) => time > now - DAY_MS);
}

/** Calls of UpdateShardCount that are left, 0 at least. */
export function remainingUpdates(updates: readonly number[], now: number, perDay: number): number {
  return Math.max(0, perDay - countingUpdates(updates, now).length);
}

/** When a call is free again if none is now: a day after the oldest that counts. */
export function nextFreeUpdate(updates: readonly number[], now: number): number {
  return Math.min(...countingUpdates(updates, now)) + DAY_MS;
}

/**
 * By how much a scale-out grows at least, as a factor. A ramp that asks for one more shard at a time would use up the
 * day's calls by noon; the fewer are left, the further each has to reach.
 */
export function minimumGrowth(remaining: number, perDay: number): number {
  const left = remaining / perDay;
  if (left > 0.5) return 1;
  if (left > 0.2) return 1.5;
  return 2;
}
