import { randomInt, randomUUID } from "node:crypto";
import type { SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import { LONGEST_WORK_SECONDS } from "../longest-work";
import type { WorkMessage } from "../message";

/**
 * Messages that SendMessageBatch takes. Its other limit, on the bytes of a call's messages together, was 256 KiB for long
 * and is 1 MiB now; ten of these messages have less than 2 KiB.
 * docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export const BATCH_MESSAGES = 10;

/** A message of a batch. It keeps its ids however often it is sent. */
export type Entry = SendMessageBatchRequestEntry & { readonly Id: string; readonly MessageBody: string };
/** Messages of one call. */
export type Batch = readonly Entry[];

export interface Burst {
  /** Messages, at least 1. */
  readonly count: number;
  /** Mean of the seconds that a message asks to be worked on, 0..43200. */
  readonly seconds: number;
  /** How far from the mean a message's seconds may lie, in percent of it, 0..100. @default 0 */
  readonly spreadPercent?: number;
  /** FIFO queues: message groups that the messages are dealt out to, in turn. @default - a standard queue */
  readonly groups?: number;
}

/** What is different each time. */
export interface Chance {
  /** A UUID that nobody has had. */
  readonly newId: () => string;
  /** At least 0, less than 1. */
  readonly fraction: () => number;
  /** The group that the first message goes to: 0..groups - 1. */
  readonly firstGroup: (groups: number) => number;
}

const realChance: Chance = { newId: randomUUID, fraction: Math.random, firstGroup: randomInt };

/**
 * Makes the messages of a burst, `{"id", "duration"}`, in batches for SendMessageBatch.
 *
 * A FIFO queue silently drops a message whose deduplication id it has seen within five minutes, so that is a UUID: of ids
 * of 16 bits some meet in every few hundred messages. The same UUID is the message's id in the worker's log.
 */
export function makeBatches({ count, seconds, spreadPercent = 0, groups }: Burst, chance = realChance): Batch[] {
  const firstGroup = groups === undefined ? 0 : chance.firstGroup(groups);
  const entries = Array.from({ length: count }, (_, index): Entry => {
    const id = chance.newId();
    const factor = 1 + (spreadPercent / 100) * (2 * chance.fraction() - 1);
    const duration = Math.min(LONGEST_WORK_SECONDS, Number((seconds * factor).toFixed(3)));
    return {
      Id: id,
      MessageBody: JSON.stringify({ id, duration } satisfies WorkMessage),
      ...(groups !== undefined && {
        MessageGroupId: `group-${(firstGroup + index) % groups}`,
        MessageDeduplicationId: id,
      }),
    };
  });
  return Array.from({ length: Math.ceil(count / BATCH_MESSAGES) }, (_, batch) =>
    entries.slice(batch * BATCH_MESSAGES, (batch + 1) * BATCH_MESSAGES),
  );
}
