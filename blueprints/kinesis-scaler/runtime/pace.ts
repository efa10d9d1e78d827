export interface PaceOptions {
  /** Calls started a second at most. */
  readonly perSecond: number;
  /** Milliseconds that are left for all of them together. */
  readonly remainingMs: () => number;
  /** Milliseconds to stop before the end, for what comes after. */
  readonly reserveMs: number;
}

/**
 * Calls `work` for each item, evenly paced below a quota of calls a second, and waits for all. A call that fails does
 * not stop the others; an item for which no time is left fails without a call.
 */
export async function pacedSettled<T, R>(
  items: readonly T[],
  options: PaceOptions,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const began = performance.now();
  const running = items.map(async (item, index) => {
    const wait = began + (index * 1000) / options.perSecond - performance.now();
    if (wait > options.remainingMs() - options.reserveMs) throw new Error("no time was left to ask for it");
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    return work(item);
  });
  return Promise.allSettled(running);
}
