export interface PaceOptions {
  /** Calls started a second at most. */
  readonly perSecond: number;
  /** Milliseconds that are left for all of them together. */
  readonly withinMs: number;
}

/**
 * Calls `work` for each item, evenly paced below a quota of calls a second, and waits for all. A call that fails does
 * not stop the others. When the time is over, those that are under way are told so by their signal, and those that have
 * not begun fail without a call.
 */
export async function pacedSettled<T, R>(
  items: readonly T[],
  { perSecond, withinMs }: PaceOptions,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const began = performance.now();
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(withinMs)));
  const running = items.map(async (item, index) => {
    const due = (index * 1000) / perSecond;
    if (due > withinMs) throw new Error("no time is left to ask for it");
    const wait = began + due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    signal.throwIfAborted();
    return work(item, signal);
  });
  return Promise.allSettled(running);
}
