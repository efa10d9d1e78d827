import { setTimeout } from "node:timers/promises";

/** Keeps calls that share it below a quota of calls a second. */
export class Pace {
  #nextTurn = 0;

  constructor(private readonly perSecond: number) {}

  /**
   * Waits for the next turn.
   * @throws Error when the signal says that there is no time left.
   */
  async turn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const turn = Math.max(now, this.#nextTurn);
    this.#nextTurn = turn + 1000 / this.perSecond;
    signal.throwIfAborted();
    if (turn > now) await setTimeout(turn - now, undefined, { signal });
  }
}
