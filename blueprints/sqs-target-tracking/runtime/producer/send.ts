import { setTimeout } from "node:timers/promises";
import type { SendMessageBatchCommandOutput } from "@aws-sdk/client-sqs";
import type { Batch } from "./batches";
import { type Outcome, outcomeOf, outcomeOfError, type Unaccepted } from "./outcome";

export interface SendOptions {
  /** One call of SendMessageBatch. */
  readonly send: (
    batch: Batch,
    signal: AbortSignal,
  ) => Promise<Pick<SendMessageBatchCommandOutput, "Successful" | "Failed">>;
  /** When to stop: there is no time left, or somebody said so. */
  readonly signal: AbortSignal;
  /** Told how many messages have been accepted so far. @default - nobody is told */
  readonly onProgress?: (accepted: number) => void;
  /** Waits. @default - as long as it is told, or until the signal */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

export interface SendResult {
  readonly accepted: number;
  /** How many messages were not accepted, by reason. */
  readonly unaccepted: ReadonlyMap<string, number>;
}

/** Calls at once: enough to wait for the network only, and below what a FIFO queue takes in a second (300 calls). */
const CALLS_AT_ONCE = 8;
/** Of one message, each after the SDK's own. */
const TRIES = 6;
const FIRST_PAUSE_MS = 100;

/**
 * Sends batches, a few at once. Of a batch that SQS accepts in part, only the rest is sent again, with the same ids, after
 * longer and longer pauses. A call that fails for good ends it all: the others would fail in the same way.
 *
 * A call whose answer is lost may have been accepted: its messages are sent twice then, but by a FIFO queue taken once.
 */
export async function sendAll(batches: readonly Batch[], options: SendOptions): Promise<SendResult> {
  const sending = new Sending(options);
  const rest = batches.values();
  const sendTheRest = async () => {
    for (const batch of rest) await sending.send(batch);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, sendTheRest));
  return sending;
}

class Sending implements SendResult {
  accepted = 0;
  readonly unaccepted = new Map<string, number>();
  /** Why nothing more is sent. */
  #end?: string;

  constructor(private readonly options: SendOptions) {}

  async send(batch: Batch): Promise<void> {
    const { signal, onProgress = () => {} } = this.options;
    let waiting: readonly Unaccepted[] = batch.map((entry) => ({ entry, reason: "not sent" }));
    for (let attempt = 0; waiting.length > 0 && attempt < TRIES; attempt++) {
      if (attempt > 0) await this.#pause(attempt);
      if (signal.aborted) this.#end ??= whyStopped(signal);
      if (this.#end !== undefined) return this.#giveUp(this.#end, waiting.length);
      const { accepted, again, refused, hopeless } = await this.#call(waiting.map(({ entry }) => entry));
      this.#end ??= hopeless;
      for (const { reason } of refused) this.#giveUp(reason, 1);
      waiting = again;
      this.accepted += accepted;
      if (accepted > 0) onProgress(this.accepted);
    }
    for (const { reason } of waiting) this.#giveUp(reason, 1);
  }

  async #call(batch: Batch): Promise<Outcome> {
    const { send, signal } = this.options;
    try {
      return outcomeOf(batch, await send(batch, signal));
    } catch (error) {
      return outcomeOfError(batch, signal.aborted ? new Error(whyStopped(signal)) : (error as Error));
    }
  }

  /** Twice as long each time, by half more or less: calls that were refused together do not come again together. */
  async #pause(attempt: number): Promise<void> {
    const { signal, pause = (ms: number) => setTimeout(ms, undefined, { signal }).catch(() => {}) } = this.options;
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }

  #giveUp(reason: string, messages: number): void {
    this.unaccepted.set(reason, (this.unaccepted.get(reason) ?? 0) + messages);
  }
}

function whyStopped({ reason }: AbortSignal): string {
  const { name, message } = reason as Error;
  return name === "TimeoutError" ? "the time was up" : message;
}

/** Reasons that a message names; of the others it says how many there are. */
const NAMED_REASONS = 3;

/** Says how many messages were not accepted, and why; undefined when all were. */
export function complaint({ accepted, unaccepted }: SendResult): string | undefined {
  const reasons = [...unaccepted].sort(([, one], [, other]) => other - one);
  const missing = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (missing === 0) return undefined;
  const named = reasons.slice(0, NAMED_REASONS).map(([reason, count]) => `${count} x ${reason}`);
  const others = reasons.length - named.length;
  const why = [...named, ...(others > 0 ? [`${others} other reasons`] : [])].join("; ");
  return `${missing} of ${accepted + missing} messages were not accepted: ${why}`;
}
