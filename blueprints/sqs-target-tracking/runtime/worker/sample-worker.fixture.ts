// A worker as main.ts makes one, with work of its own: what others make of message.ts and work.ts does not touch the tests.

import { setTimeout } from "node:timers/promises";
import { HopelessMessage } from "./hopeless-message";
import { runWorker } from "./run-worker";

function readMessage(body: string): number {
  let value: { readonly duration?: unknown };
  try {
    value = JSON.parse(body);
  } catch {
    throw new HopelessMessage(`the body of ${body.length} characters is not JSON`);
  }
  if (typeof value.duration !== "number") throw new HopelessMessage("duration must be a number of seconds");
  return value.duration;
}

runWorker({
  readMessage,
  work: (duration, { signal }) => setTimeout(duration * 1000, undefined, { signal }),
});
