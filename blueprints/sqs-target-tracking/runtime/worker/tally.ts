import type { Log } from "./log";

/** What happened since the last line. */
export interface Counts {
  /** Messages that came. */
  received: number;
  /** Messages that were worked on with success. */
  succeeded: number;
  failed: number;
  /** Messages that SQS confirmed as deleted. */
  deleted: number;
  /** Messages that were not done at the end, and given to other workers. */
  givenBack: number;
}

/** One line of the log for many messages. */
export class Tally {
  #counts = none();

  constructor(private readonly log: Log) {}

  count(what: keyof Counts): void {
    this.#counts[what]++;
  }

  /** @param inHand Messages that are in hand now. */
  tell(inHand: number): void {
    this.log.info("messages", { ...this.#counts, inHand });
    this.#counts = none();
  }
}

function none(): Counts {
  return { received: 0, succeeded: 0, failed: 0, deleted: 0, givenBack: 0 };
}
