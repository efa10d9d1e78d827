import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 10;
/** So long that it ends nothing that only takes its time on a busy machine. */
const PATIENCE_MS = 60_000;

/**
 * Waits until something holds that another process brings about.
 * @param what names it, for the error
 * @returns what was found
 * @throws Error when it does not hold within a minute
 */
export async function until<T>(look: () => T | undefined | false, what: string): Promise<T> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await delay(POLL_MS)) {
    const found = look();
    if (found) return found;
  }
  throw new Error(`waited in vain: ${what}`);
}
