// What SQS does with messages: for tests.

export interface ModelOptions {
  readonly isFifo?: boolean;
  /** Receives after which a message goes to the dead-letter queue. @default 1000 */
  readonly maxReceives?: number;
  /** Seconds of the queue in a second. @default 1 */
  readonly clockSpeed?: number;
}

export interface ModelMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  receives: number;
  visibleAt: number;
  receivedAt: number;
  receiptHandle: string;
}

/** An answer with which SQS refuses an entry of a batch, or a call. */
export class QueueRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const LONGEST_HIDDEN_SECONDS = 43_200;

export class QueueModel {
  readonly deadLetters: ModelMessage[] = [];
  /** Ids of those that were deleted, in the order of the deletions. */
  readonly deleted: string[] = [];
  /** Each receive of a message, in order. */
  readonly deliveries: { readonly id: string; readonly seconds: number }[] = [];
  /** Most messages that were in flight at once. */
  mostInFlight = 0;
  readonly #messages = new Map<string, ModelMessage>();
  readonly #attempts = new Map<string, ModelMessage[]>();
  readonly #isFifo: boolean;
  readonly #maxReceives: number;
  readonly #clockSpeed: number;
  #sent = 0;
  #handles = 0;

  constructor({ isFifo = false, maxReceives = 1000, clockSpeed = 1 }: ModelOptions = {}) {
    this.#isFifo = isFifo;
    this.#maxReceives = maxReceives;
    this.#clockSpeed = clockSpeed;
  }

  /** Seconds of the queue. */
  get now(): number {
    return (performance.now() / 1000) * this.#clockSpeed;
  }

  /** @returns the message's id */
  send(body: string, group = ""): string {
    const id = `m${this.#sent++}`;
    this.#messages.set(id, { id, body, group, receives: 0, visibleAt: 0, receivedAt: 0, receiptHandle: "" });
    return id;
  }

  /** Messages that are neither deleted nor dead letters. */
  get left(): ModelMessage[] {
    return [...this.#messages.values()];
  }

  get inFlight(): ModelMessage[] {
    return this.left.filter((one) => one.visibleAt > this.now);
  }

  receive(atMost: number, hideForSeconds: number, attemptId?: string): ModelMessage[] {
    const known = attemptId === undefined ? undefined : this.#attempts.get(attemptId);
    if (known) return known;
    const blocked = new Set(this.#isFifo ? this.inFlight.map(({ group }) => group) : []);
    const taken: ModelMessage[] = [];
    for (const message of this.#messages.values()) {
      if (taken.length === atMost) break;
      if (message.visibleAt > this.now || blocked.has(message.group)) continue;
      if (message.receives >= this.#maxReceives) {
        this.#messages.delete(message.id);
        this.deadLetters.push(message);
        continue;
      }
      message.receives++;
      message.receivedAt = this.now;
      message.visibleAt = this.now + hideForSeconds;
      message.receiptHandle = `${message.id}-${this.#handles++}`;
      this.deliveries.push({ id: message.id, seconds: this.now });
      taken.push({ ...message });
    }
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.length);
    if (attemptId !== undefined && taken.length > 0) this.#attempts.set(attemptId, taken);
    return taken;
  }

  /** @throws QueueRefusal */
  hide(receiptHandle: string, seconds: number): void {
    const message = this.#find(receiptHandle);
    if (!message || message.receiptHandle !== receiptHandle || message.visibleAt <= this.now) {
      throw new QueueRefusal("MessageNotInflight", "The specified message isn't in flight.");
    }
    if (this.now + seconds - message.receivedAt > LONGEST_HIDDEN_SECONDS) {
      throw new QueueRefusal("InvalidParameterValue", "Total VisibilityTimeout for the message is beyond the limit");
    }
    message.visibleAt = this.now + seconds;
  }

  /** @throws QueueRefusal */
  delete(receiptHandle: string): void {
    const message = this.#find(receiptHandle);
    if (!message) return;
    const isCurrent = message.receiptHandle === receiptHandle;
    if (this.#isFifo && (!isCurrent || message.visibleAt <= this.now)) {
      throw new QueueRefusal("InvalidParameterValue", "Reason: The receipt handle has expired.");
    }
    if (!isCurrent) return;
    this.#messages.delete(message.id);
    this.deleted.push(message.id);
  }

  #find(receiptHandle: string): ModelMessage | undefined {
    return this.#messages.get(receiptHandle.split("-")[0] ?? "");
  }
}
