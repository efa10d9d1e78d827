interface Asker {
  readonly atMost: number;
  readonly resolve: (places: number) => void;
}

/** Places for messages: of those that are worked on, and of those that a receive call may bring. */
export class Slots {
  #free: number;
  #isPaused = false;
  #isClosed = false;
  readonly #askers: Asker[] = [];
  #allFree: (() => void)[] = [];

  constructor(readonly count: number) {
    this.#free = count;
  }

  /** Takes from 1 to so many places, as soon as one is free. @returns 0: there will be no more. */
  take(atMost: number): Promise<number> {
    return new Promise((resolve) => {
      this.#askers.push({ atMost, resolve });
      this.#serve();
    });
  }

  giveBack(places: number): void {
    this.#free += places;
    this.#serve();
    if (this.#free < this.count) return;
    for (const resolve of this.#allFree.splice(0)) resolve();
  }

  /** Gives no places until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#serve();
  }

  /** Gives no places any more. */
  close(): void {
    this.#isClosed = true;
    this.#serve();
  }

  /** Resolves when nobody has a place: after `pause` or `close`. */
  async allFree(): Promise<void> {
    if (this.#free < this.count) await new Promise<void>((resolve) => this.#allFree.push(resolve));
  }

  #serve(): void {
    if (this.#isClosed) for (const { resolve } of this.#askers.splice(0)) resolve(0);
    while (!this.#isPaused && this.#free > 0) {
      const asker = this.#askers.shift();
      if (!asker) return;
      const places = Math.min(asker.atMost, this.#free);
      this.#free -= places;
      asker.resolve(places);
    }
  }
}
