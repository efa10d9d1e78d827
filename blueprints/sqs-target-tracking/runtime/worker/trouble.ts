import type { Log } from "./log";

/** Tells of something that goes on failing: its beginning, a reminder now and then, and its end. Not of each failure. */
export class Trouble {
  #failures = 0;
  #toldAt = 0;

  /** @param reminderMs Milliseconds between two reminders. @default - no reminders */
  constructor(
    private readonly what: string,
    private readonly log: Log,
    private readonly reminderMs = Number.POSITIVE_INFINITY,
  ) {}

  failed(reason: string): void {
    this.#failures++;
    const now = performance.now();
    if (this.#failures === 1 || now - this.#toldAt >= this.reminderMs) {
      this.#toldAt = now;
      this.log.error(`${this.what} failed`, { reason, failures: this.#failures });
    }
  }

  over(): void {
    if (this.#failures > 0) this.log.info(`${this.what} works again`, { failures: this.#failures });
    this.#failures = 0;
  }
}
