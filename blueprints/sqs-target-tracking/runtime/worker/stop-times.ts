/**
 * How long messages may be finished after SIGTERM: what is left until SIGKILL is for giving back those that are not done, and
 * for publishing.
 * @param stopTimeoutSeconds Between SIGTERM and SIGKILL, above 0.
 */
export function finishSeconds(stopTimeoutSeconds: number): number {
  return stopTimeoutSeconds - Math.min(10, stopTimeoutSeconds / 2);
}
