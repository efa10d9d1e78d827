import { backOff } from "../../../../shared/runtime/back-off";
import type { Log } from "./log";
import { pause } from "./pause";
import { BATCH_SIZE, type Queue, type ReceivedMessage } from "./queue";
import { reasonOf } from "./reason";
import type { Slots } from "./slots";
import { Trouble } from "./trouble";

/** Receive calls at a time: enough to fill all slots of a FIFO queue soon. */
const MOST_CALLS = 10;
const WAITS_MS = { first: 500, longest: 30_000 };
const REMINDER_MS = 60_000;

export interface ReceiverOptions {
  readonly queue: Queue;
  readonly slots: Slots;
  readonly isFifo: boolean;
  /** Given each message with one of the slots, which it gives back. Called after `stop` too, if a message came then. */
  readonly deliver: (message: ReceivedMessage) => void;
  readonly log: Log;
}

/**
 * Receives as many messages as there are slots for. Where nothing comes, one call at a time waits for the next message.
 * Each call that brings some lets another begin beside the next, as long as slots are free; each that brings none ends,
 * but for one.
 */
export class Receiver {
  readonly #stopped = new AbortController();
  readonly #trouble: Trouble;
  readonly #calls = new Set<Promise<void>>();
  readonly #perCall: number;

  constructor(private readonly options: ReceiverOptions) {
    this.#trouble = new Trouble("receiving", options.log, REMINDER_MS);
    // In a FIFO queue, messages of one group that are received together all count as received, while only the first may be
    // worked on. Behind one that always fails, the others would reach the dead-letter queue with it, and untried.
    this.#perCall = options.isFifo ? 1 : BATCH_SIZE;
  }

  /** Ends after `stop`, when the last call has ended. */
  async run(): Promise<void> {
    this.#begin(true);
    while (this.#calls.size > 0) await Promise.all(this.#calls);
  }

  /** Aborts the calls that wait. */
  stop(): void {
    this.#stopped.abort();
    this.options.slots.close();
  }

  #begin(isFirst: boolean): void {
    const calls = this.#callRepeatedly(isFirst);
    this.#calls.add(calls);
    calls.finally(() => this.#calls.delete(calls)).catch(() => {});
  }

  async #callRepeatedly(isFirst: boolean): Promise<void> {
    const { slots, deliver } = this.options;
    const { signal } = this.#stopped;
    for (let failures = 0; ; ) {
      const places = await slots.take(this.#perCall);
      if (places === 0) return;
      const messages = await this.#receive(places);
      const received = messages?.length ?? 0;
      if (received < places) slots.giveBack(places - received);
      for (const message of messages ?? []) deliver(message);
      if (received > 0 && this.#calls.size < MOST_CALLS && !signal.aborted) this.#begin(false);
      if (received === 0 && !isFirst) return;
      failures = messages ? 0 : failures + 1;
      if (failures > 0) await pause(backOff(failures, WAITS_MS), signal);
    }
  }

  /** Undefined: the call failed. */
  async #receive(atMost: number): Promise<readonly ReceivedMessage[] | undefined> {
    const { signal } = this.#stopped;
    try {
      const messages = await this.options.queue.receive(atMost, signal);
      this.#trouble.over();
      return messages;
    } catch (error) {
      // A message that SQS sends into an aborted call comes again when its visibility timeout is over.
      if (!signal.aborted) this.#trouble.failed(reasonOf(error));
      return undefined;
    }
  }
}
