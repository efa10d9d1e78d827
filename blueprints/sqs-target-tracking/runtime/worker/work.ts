import { setTimeout } from "node:timers/promises";
import type { WorkMessage } from "../message";
import type { WorkContext } from "./work-context";

/**
 * The work that a message asks for: the one function to replace; what a message says is in `../message.ts`. The sample
 * sleeps.
 *
 * A message is deleted when the returned promise resolves. When it rejects, the message comes again after a delay, or at
 * once with a `HopelessMessage`, and after the queue's maximum of receives it goes to the dead-letter queue. SQS delivers a
 * message at least once: what this does must be harmless when it is done twice.
 *
 * It may take up to 12 hours, and must not keep the event loop busy for long: the messages in hand are kept hidden from
 * other workers by timers of this process. Heavy computation belongs into a worker thread or another process.
 *
 * @param context `signal` is aborted shortly before the task is stopped, and in a FIFO queue when another worker may have
 * been given the message. What goes on regardless is cut off at the task's end.
 */
export async function work({ duration }: WorkMessage, { signal }: WorkContext): Promise<void> {
  await setTimeout(duration * 1000, undefined, { signal });
}
