import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** What the queue and its dead-letter queue hold. */
export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly dead: number;
}

export interface SentMessage {
  readonly messageId: string;
  /** Of a FIFO queue. */
  readonly group?: string;
}

const BATCH = 10;
const GROUPS = 20;
const POLL_MS = 250;
const LONGEST_WAIT_MS = 150_000;
/** Longer than the queue's visibility timeout of 30 s: a worker has to hold on to it. */
const LONG_SECONDS = 33;
/** Not among a few. */
const LONG_ID = 100;

/** Sends messages of mixed durations, and counts what is left. */
export class Traffic {
  constructor(
    private readonly sqs: SQSClient,
    private readonly queues: { readonly queueUrl: string; readonly deadLetterQueueUrl: string },
  ) {}

  /**
   * One message takes long, some a second, most hardly any time.
   * @returns those that make sense, in the order in which they were sent
   */
  async send(messages: number, malformed: readonly string[]): Promise<SentMessage[]> {
    const bodies = Array.from({ length: messages }, (_, id) => JSON.stringify({ id, duration: durationOf(id) }));
    // The long one early, so that others are done meanwhile; what makes no sense in the middle.
    bodies.splice(bodies.length / 2, 0, ...malformed);
    const entries = bodies.map(
      (MessageBody, index): SendMessageBatchRequestEntry => ({
        Id: String(index),
        MessageBody,
        ...(this.#isFifo && { MessageGroupId: String(index % GROUPS), MessageDeduplicationId: randomUUID() }),
      }),
    );
    const sent: SentMessage[] = [];
    for (let first = 0; first < entries.length; first += BATCH) {
      const { Failed = [], Successful = [] } = await this.sqs.send(
        new SendMessageBatchCommand({ QueueUrl: this.queues.queueUrl, Entries: entries.slice(first, first + BATCH) }),
      );
      if (Failed.length > 0) throw new Error(`SQS refused a message: ${Failed[0]?.Message}`);
      const ids = new Map(Successful.map(({ Id, MessageId = "" }) => [Id, MessageId]));
      for (const { Id, MessageBody = "", MessageGroupId } of entries.slice(first, first + BATCH)) {
        if (!malformed.includes(MessageBody)) sent.push({ messageId: ids.get(Id) ?? "", group: MessageGroupId });
      }
    }
    return sent;
  }

  async counts(): Promise<Counts> {
    const [work, dead] = await Promise.all([
      this.#attributes(this.queues.queueUrl),
      this.#attributes(this.queues.deadLetterQueueUrl),
    ]);
    return { ...work, dead: dead.visible + dead.inFlight };
  }

  /** @throws Error with the last counts when it does not come true */
  async waitUntil(isTrue: (counts: Counts) => boolean): Promise<Counts> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const counts = await this.counts();
      if (isTrue(counts)) return counts;
      if (Date.now() > deadline) throw new Error(`The queue stays as it is: ${JSON.stringify(counts)}`);
      await delay(POLL_MS);
    }
  }

  async purgeDeadLetters(): Promise<void> {
    await this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.queues.deadLetterQueueUrl }));
  }

  get #isFifo(): boolean {
    return this.queues.queueUrl.endsWith(".fifo");
  }

  async #attributes(QueueUrl: string): Promise<{ visible: number; inFlight: number }> {
    const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const { Attributes } = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
    const [visible, inFlight] = names.map((name) => Number(Attributes?.[name] ?? 0)) as [number, number];
    return { visible, inFlight };
  }
}

function durationOf(id: number): number {
  if (id === LONG_ID) return LONG_SECONDS;
  if (id % 100 === 0) return 1;
  return id % 10 === 0 ? 0.2 : 0.01;
}
