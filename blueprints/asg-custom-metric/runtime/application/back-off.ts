import { backOff } from "../../../../shared/runtime/back-off";

const LIMITS_MS = { first: 100, longest: 5000 };

/**
 * Milliseconds to wait before the next attempt, so that servers that lost the same engine do not come back in step.
 * @param failures Attempts that failed in a row, 1 at least.
 */
export function backOffMs(failures: number, random = Math.random()): number {
  return backOff(failures, LIMITS_MS, random);
}
