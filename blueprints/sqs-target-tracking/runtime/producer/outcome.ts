import type { SendMessageBatchCommandOutput } from "@aws-sdk/client-sqs";
import type { Batch, Entry } from "./batches";

/** A message that SQS has not accepted, and why. */
export interface Unaccepted {
  readonly entry: Entry;
  readonly reason: string;
}

/** What became of the messages of one call. */
export interface Outcome {
  readonly accepted: number;
  /** To be sent again, as they are. */
  readonly again: readonly Unaccepted[];
  /** Sent again, they would be refused again. */
  readonly refused: readonly Unaccepted[];
  /** Why any other message would be refused, too. */
  readonly hopeless?: string;
}

/** Sorts a call's messages by SQS's answer. A message that the answer does not name counts as not accepted. */
export function outcomeOf(
  batch: Batch,
  { Successful = [], Failed = [] }: Pick<SendMessageBatchCommandOutput, "Successful" | "Failed">,
): Outcome {
  const accepted = new Set(Successful.map(({ Id }) => Id));
  const failed = new Map(Failed.map((one) => [one.Id, one]));
  const again: Unaccepted[] = [];
  const refused: Unaccepted[] = [];
  for (const entry of batch) {
    const failure = failed.get(entry.Id);
    if (failure) {
      const { Code = "unknown error", Message, SenderFault } = failure;
      (SenderFault ? refused : again).push({ entry, reason: Message ? `${Code}: ${Message}` : Code });
    } else if (!accepted.has(entry.Id)) {
      again.push({ entry, reason: "SQS did not say what became of it" });
    }
  }
  return { accepted: batch.length - again.length - refused.length, again, refused };
}

/** Sorts the messages of a call that failed as a whole, after the SDK's own tries. */
export function outcomeOfError(batch: Batch, error: Error): Outcome {
  const reason = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  const all = batch.map((entry) => ({ entry, reason }));
  return isPassing(error)
    ? { accepted: 0, again: all, refused: [] }
    : { accepted: 0, again: [], refused: all, hopeless: reason };
}

const THROTTLED = /throttl|toomanyrequests|requestlimit|slowdown|overlimit/i;

/** Whether it is about the moment, not about the call: throttling, a fault of the service, a connection that broke. */
function isPassing(error: Error): boolean {
  const { name, code, $metadata } = error as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (THROTTLED.test(name) || status === 429) return true;
  if (status !== undefined) return status >= 500;
  return name === "TimeoutError" || /^(E[A-Z_]+)$/.test(code ?? "");
}
