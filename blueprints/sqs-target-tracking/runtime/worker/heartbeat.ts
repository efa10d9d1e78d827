import { type Hold, lookEverySeconds, nextBeat } from "./beat";
import type { Log } from "./log";
import { BATCH_SIZE, type Queue, type ReceivedMessage } from "./queue";

interface Held extends Hold {
  visibleAt: number;
  isAtLimit: boolean;
  /** The call that is under way for it. */
  call?: Promise<void>;
  lastRefusal?: string;
  readonly onLost: (reason: string) => void;
}

export interface HeartbeatOptions {
  readonly queue: Queue;
  readonly visibilityTimeoutSeconds: number;
  readonly log: Log;
}

const nowSeconds = () => performance.now() / 1000;

/** Keeps messages in hand hidden from other workers. */
export class Heartbeat {
  readonly #held = new Map<ReceivedMessage, Held>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly options: HeartbeatOptions) {
    const { visibilityTimeoutSeconds } = options;
    this.#timer = setInterval(() => this.#look(), lookEverySeconds(visibilityTimeoutSeconds) * 1000).unref();
  }

  /** @param onLost Called when another worker may be given the message. */
  hold(message: ReceivedMessage, onLost: (reason: string) => void): void {
    const since = nowSeconds();
    const visibleAt = since + this.options.visibilityTimeoutSeconds;
    this.#held.set(message, { since, visibleAt, isAtLimit: false, onLost });
  }

  /**
   * Ends the message's heartbeat. Resolves when no call is under way that would hide it again.
   * @returns For how many seconds it was in hand. Undefined: another worker may have it.
   */
  async release(message: ReceivedMessage): Promise<number | undefined> {
    const held = this.#held.get(message);
    this.#held.delete(message);
    await held?.call;
    return held && nowSeconds() - held.since;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = nowSeconds();
    const due = new Map<number, [ReceivedMessage, Held][]>();
    for (const [message, held] of this.#held) {
      const beat = nextBeat(held, this.options.visibilityTimeoutSeconds, now);
      if (beat === "lost") this.#lose(message, held);
      else if (beat === "limit") this.#tellLimit(message, held);
      else if (beat !== "wait" && !held.call) {
        const together = due.get(beat.hideForSeconds) ?? [];
        due.set(beat.hideForSeconds, together);
        together.push([message, held]);
      }
    }
    for (const [seconds, messages] of due) {
      for (let from = 0; from < messages.length; from += BATCH_SIZE) {
        this.#extend(messages.slice(from, from + BATCH_SIZE), seconds);
      }
    }
  }

  #extend(batch: readonly [ReceivedMessage, Held][], seconds: number): void {
    const { queue, visibilityTimeoutSeconds } = this.options;
    // A call that hangs leaves time for another.
    const signal = AbortSignal.timeout(Math.ceil((visibilityTimeoutSeconds * 1000) / 6));
    const began = nowSeconds();
    const call = queue
      .hide(
        batch.map(([message]) => message),
        seconds,
        signal,
      )
      .then((refusals) => {
        const refused = new Map(refusals.map((refusal) => [refusal.message, refusal]));
        for (const [message, held] of batch) {
          held.call = undefined;
          const refusal = refused.get(message);
          held.lastRefusal = refusal?.reason;
          if (!refusal) held.visibleAt = began + seconds;
          // A message that is not in hand any more needs no heartbeat: it was deleted meanwhile.
          else if (refusal.isFinal && this.#held.has(message)) this.#lose(message, held);
        }
      });
    for (const [, held] of batch) held.call = call;
  }

  #lose(message: ReceivedMessage, held: Held): void {
    this.#held.delete(message);
    const reason = held.isAtLimit
      ? "it was in hand for the 12 hours that SQS allows"
      : `it could not be kept hidden: ${held.lastRefusal ?? "the process was busy for longer than the visibility timeout"}`;
    this.options.log.warn("another worker may be given a message that is still worked on", {
      messageId: message.id,
      reason,
    });
    held.onLost(reason);
  }

  #tellLimit(message: ReceivedMessage, held: Held): void {
    if (held.isAtLimit) return;
    held.isAtLimit = true;
    const minutesLeft = Math.floor((held.visibleAt - nowSeconds()) / 60);
    this.options.log.error("the work takes longer than the 12 hours for which SQS keeps a message hidden", {
      messageId: message.id,
      minutesLeft,
      remedy: "make smaller messages, or keep the progress elsewhere, so that the next try goes on from there",
    });
  }
}
