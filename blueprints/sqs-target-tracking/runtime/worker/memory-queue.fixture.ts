// A queue in this process, for tests of the loop, and for its rate.

import type { Queue, ReceivedMessage, Refusal } from "./queue";

export class MemoryQueue implements Queue {
  readonly deleted: ReceivedMessage[] = [];
  readonly hidden: { readonly id: string; readonly seconds: number }[] = [];
  /** Sizes of the batches that were deleted. */
  readonly batches: number[] = [];
  /** Receive calls that were made. */
  receives = 0;
  /** Why it does not delete the message, or hide it. */
  refuse: (call: "delete" | "hide", message: ReceivedMessage) => Omit<Refusal, "message"> | undefined = () => undefined;
  /** Whether messages arrive in calls that are aborted. */
  answersAborted = false;
  readonly #messages: ReceivedMessage[] = [];
  readonly #wake: (() => void)[] = [];

  send(...bodies: readonly string[]): void {
    for (const body of bodies) {
      const id = `m${this.#messages.length}-${body}`;
      this.#messages.push({ id, receiptHandle: id, body, receives: 1 });
    }
    for (const wake of this.#wake.splice(0)) wake();
  }

  async receive(atMost: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    this.receives++;
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve, reject) => {
        this.#wake.push(resolve);
        signal.addEventListener("abort", () => (this.answersAborted ? resolve() : reject(signal.reason)));
      });
      if (signal.aborted) this.send("late");
    }
    return this.#messages.splice(0, atMost);
  }

  async delete(messages: readonly ReceivedMessage[]): Promise<readonly Refusal[]> {
    this.batches.push(messages.length);
    const refusals = this.#refusals("delete", messages);
    this.deleted.push(...messages.filter((message) => !refusals.some((refusal) => refusal.message === message)));
    return refusals;
  }

  async hide(messages: readonly ReceivedMessage[], seconds: number): Promise<readonly Refusal[]> {
    this.hidden.push(...messages.map(({ id }) => ({ id, seconds })));
    return this.#refusals("hide", messages);
  }

  #refusals(call: "delete" | "hide", messages: readonly ReceivedMessage[]): Refusal[] {
    return messages.flatMap((message) => {
      const refusal = this.refuse(call, message);
      return refusal ? [{ message, ...refusal }] : [];
    });
  }
}
