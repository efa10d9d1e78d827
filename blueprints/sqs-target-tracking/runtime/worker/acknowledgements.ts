import { setMaxListeners } from "node:events";
import { backOff } from "../../../../shared/runtime/back-off";
import type { Log } from "./log";
import { pause } from "./pause";
import { BATCH_SIZE, type Queue, type ReceivedMessage } from "./queue";

/** How long a message waits for others to be deleted with it: much less than most work takes. */
const LINGER_MS = 20;
/** After the batch's try. With their waits about a minute, plus the SDK's own tries. */
const TRIES_ALONE = 10;
const WAITS_MS = { first: 200, longest: 10_000 };
/** Messages that are done and not yet deleted; with more, slots are not given back. */
const MOST_OPEN = 100;

interface Waiting {
  readonly message: ReceivedMessage;
  readonly settle: (isDeleted: boolean) => void;
}

export interface AcknowledgementsOptions {
  readonly queue: Queue;
  readonly log: Log;
  /** When nothing is tried again any more. */
  readonly giveUp: AbortSignal;
}

/** Deletes messages that are done: in batches, and one by one those that were not deleted with their batch. */
export class Acknowledgements {
  #waiting: Waiting[] = [];
  #timer?: NodeJS.Timeout;
  #open = 0;
  readonly #wantRoom: (() => void)[] = [];

  constructor(private readonly options: AcknowledgementsOptions) {
    // Each message that is tried alone listens to it while it waits; Node.js would call more than ten a memory leak.
    setMaxListeners(Number.POSITIVE_INFINITY, options.giveUp);
  }

  /**
   * Resolves when SQS has confirmed that the message is deleted.
   * @returns false: it could not be deleted, which is in the log; it will come again.
   */
  async delete(message: ReceivedMessage): Promise<boolean> {
    this.#open++;
    try {
      return await new Promise((settle) => this.#add({ message, settle }));
    } finally {
      this.#open--;
      this.#wantRoom.shift()?.();
    }
  }

  /** Resolves when not too many messages are waiting to be deleted. */
  async room(): Promise<void> {
    if (this.#open > MOST_OPEN) await new Promise<void>((resolve) => this.#wantRoom.push(resolve));
  }

  #add(one: Waiting): void {
    this.#waiting.push(one);
    if (this.#waiting.length >= BATCH_SIZE) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), LINGER_MS);
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0);
    const refusals = await this.options.queue.delete(batch.map(({ message }) => message));
    const refused = new Map(refusals.map((refusal) => [refusal.message, refusal]));
    for (const { message, settle } of batch) {
      const refusal = refused.get(message);
      if (!refusal) settle(true);
      else if (refusal.isFinal) settle(this.#lose(message, refusal.reason));
      else this.#alone(message, refusal.reason).then(settle);
    }
  }

  async #alone(message: ReceivedMessage, reason: string): Promise<boolean> {
    const { queue, giveUp } = this.options;
    let last = reason;
    for (let failures = 1; failures <= TRIES_ALONE && !giveUp.aborted; failures++) {
      await pause(backOff(failures, WAITS_MS), giveUp);
      const [refusal] = await queue.delete([message]);
      if (!refusal) return true;
      last = refusal.reason;
      if (refusal.isFinal) break;
    }
    return this.#lose(message, last);
  }

  #lose({ id, receives }: ReceivedMessage, reason: string): false {
    this.options.log.error("a message that is done could not be deleted: it will come again", {
      messageId: id,
      receives,
      reason,
    });
    return false;
  }
}
