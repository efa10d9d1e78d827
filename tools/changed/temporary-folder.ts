import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Works in a temporary folder that is gone afterwards, whatever happens: also when the work fails, and on Ctrl-C. Then the
 * work's signal is aborted, and the process ends once the work has.
 */
export async function inTemporaryFolder<T>(
  name: string,
  work: (folder: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => abort.abort(signal);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(folder, abort.signal);
  } finally {
    // Children that were stopped may write their last files while they end.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    for (const signal of SIGNALS) process.off(signal, onSignal);
    // Ends the process as the signal would have.
    if (abort.signal.aborted) process.kill(process.pid, abort.signal.reason as NodeJS.Signals);
  }
}
