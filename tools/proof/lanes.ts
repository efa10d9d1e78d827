/** Runs work as it comes, so much at a time. */
export class Lanes {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count how much at a time; less than one is taken for one */
  constructor(count: number) {
    this.#free = Math.max(1, count);
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
