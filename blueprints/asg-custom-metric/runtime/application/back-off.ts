const FIRST_MS = 100;
const LONGEST_MS = 5000;

/**
 * Milliseconds to wait before the next attempt: doubling from 100 up to 5,000, of which half is random, so that servers
 * that lost the same engine do not come back in step.
 * @param failures Attempts that failed in a row, 1 at least.
 */
export function backOffMs(failures: number, random = Math.random()): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return (longest * (1 + random)) / 2;
}
