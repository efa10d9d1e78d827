/** So many messages decide what the next one is expected to take. */
const LAST_MESSAGES = 100;

/** What a message is expected to take: the mean of the last ones, and what the deployment says while there are none. */
export class DurationEstimate {
  readonly #last: number[] = [];
  #next = 0;

  /** @param expectedSeconds More than 0. */
  constructor(private readonly expectedSeconds: number) {}

  add(seconds: number): void {
    this.#last[this.#next] = seconds;
    this.#next = (this.#next + 1) % LAST_MESSAGES;
  }

  get seconds(): number {
    if (this.#last.length === 0) return this.expectedSeconds;
    return this.#last.reduce((sum, seconds) => sum + seconds, 0) / this.#last.length;
  }
}
