// How fast the loop is by itself: for tests and measurements.

import { Consumer } from "./consumer";
import { MemoryQueue } from "./memory-queue.fixture";
import { noProtection } from "./protection";
import { RecordingLog } from "./recording-log.fixture";

export interface LoopRateOptions {
  readonly messages: number;
  /** 1..100 */
  readonly messagesAtOnce: number;
}

/**
 * Messages a second from receipt to confirmed deletion, through a queue in this process and with work that does nothing.
 * @throws Error when one was not worked on, or not deleted.
 */
export async function loopRate({ messages, messagesAtOnce }: LoopRateOptions): Promise<number> {
  const queue = new MemoryQueue();
  queue.send(...Array.from({ length: messages }, (_, id) => String(id)));
  let worked = 0;
  let allWorked = () => {};
  const done = new Promise<void>((resolve) => {
    allWorked = resolve;
  });
  const consumer = new Consumer({
    queue,
    isFifo: false,
    messagesAtOnce,
    visibilityTimeoutSeconds: 30,
    work: async () => {},
    onSuccess: () => {
      if (++worked === messages) allWorked();
    },
    protection: noProtection,
    logger: new RecordingLog().logger,
  });
  const began = performance.now();
  const running = consumer.run();
  await done;
  consumer.stop(10_000);
  await running;
  if (queue.deleted.length !== messages)
    throw new Error(`${queue.deleted.length} of ${messages} messages were deleted`);
  return messages / ((performance.now() - began) / 1000);
}
