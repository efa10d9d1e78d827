/** Messages that one call of SQS brings, deletes or changes at most. */
export const BATCH_SIZE = 10;

export interface ReceivedMessage {
  readonly id: string;
  /** Of this receive: an older one has no effect any more. */
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** A message for which a call was not done. */
export interface Refusal {
  readonly message: ReceivedMessage;
  readonly reason: string;
  /** The same call is refused again: its message is not this worker's any more. */
  readonly isFinal: boolean;
}

/** What the worker needs of a queue. */
export interface Queue {
  /**
   * Waits up to 20 seconds for messages.
   * @param atMost 1..10
   * @throws Error when SQS does not answer, or the signal is aborted.
   */
  receive(atMost: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]>;

  /** Deletes up to 10 messages. Never throws. */
  delete(messages: readonly ReceivedMessage[]): Promise<readonly Refusal[]>;

  /**
   * Keeps up to 10 messages hidden for so many seconds from now; 0 gives them to the next who asks. Never throws.
   * @param seconds 0..43200
   * @param signal When the answer is not waited for any more.
   */
  hide(messages: readonly ReceivedMessage[], seconds: number, signal?: AbortSignal): Promise<readonly Refusal[]>;
}
