import { randomUUID } from "node:crypto";
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import type { WorkerSettings } from "./configuration";
import type { Queue, ReceivedMessage, Refusal } from "./queue";
import { reasonOf } from "./reason";

/** SQS's longest: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html */
const LONG_POLL_SECONDS = 20;
const RECEIVE_TIMEOUT_MS = (LONG_POLL_SECONDS + 10) * 1000;
/** The endpoint is the Region's, or AWS_ENDPOINT_URL, also where the queue's URL names the same host in another way. */
const SQS_CONFIG = { useQueueUrlAsEndpoint: false };

type QueueSettings = Pick<WorkerSettings, "QUEUE_URL" | "QUEUE_TYPE" | "VISIBILITY_TIMEOUT_SECONDS">;

export class SqsQueue implements Queue {
  // Apart from each other: a client that is throttled slows down all its calls.
  readonly #receiver = new SQSClient({ ...SQS_CONFIG, ...clientConfig({ requestTimeoutMs: RECEIVE_TIMEOUT_MS }) });
  readonly #deleter = new SQSClient({ ...SQS_CONFIG, ...clientConfig() });
  /** Its calls are few and have to be in time: it tries again, and does not hold back calls that were not throttled yet. */
  readonly #hider = new SQSClient({ ...SQS_CONFIG, ...clientConfig(), retryMode: "standard" });

  constructor(private readonly settings: QueueSettings) {}

  async receive(atMost: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    const { QUEUE_URL, QUEUE_TYPE, VISIBILITY_TIMEOUT_SECONDS } = this.settings;
    const { Messages = [] } = await this.#receiver.send(
      new ReceiveMessageCommand({
        QueueUrl: QUEUE_URL,
        MaxNumberOfMessages: atMost,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        // The queue's own, by which the messages are kept hidden, also while a deployment changes it.
        VisibilityTimeout: VISIBILITY_TIMEOUT_SECONDS,
        // The SDK's next try after a lost answer brings the same messages: else their groups would wait for the timeout.
        ...(QUEUE_TYPE === "fifo" && { ReceiveRequestAttemptId: randomUUID() }),
      }),
      { abortSignal: signal },
    );
    return Messages.map(received);
  }

  delete(messages: readonly ReceivedMessage[]): Promise<readonly Refusal[]> {
    const Entries = messages.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
    const command = new DeleteMessageBatchCommand({ QueueUrl: this.settings.QUEUE_URL, Entries });
    return refusals(messages, this.#deleter.send(command));
  }

  hide(messages: readonly ReceivedMessage[], seconds: number, signal?: AbortSignal): Promise<readonly Refusal[]> {
    const Entries = messages.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.settings.QUEUE_URL, Entries });
    return refusals(messages, this.#hider.send(command, { abortSignal: signal }));
  }
}

function received({ MessageId = "", ReceiptHandle = "", Body = "", Attributes }: Message): ReceivedMessage {
  const receives = Number(Attributes?.ApproximateReceiveCount ?? 1);
  return { id: MessageId, receiptHandle: ReceiptHandle, body: Body, receives };
}

async function refusals(
  messages: readonly ReceivedMessage[],
  answer: Promise<{ Failed?: BatchResultErrorEntry[] }>,
): Promise<Refusal[]> {
  try {
    const { Failed = [] } = await answer;
    return Failed.flatMap(({ Id, Code = "", Message, SenderFault = false }) => {
      const message = messages[Number(Id)];
      const isFinal = SenderFault && !/throttl/i.test(Code);
      return message ? [{ message, reason: Message ? `${Code}: ${Message}` : Code, isFinal }] : [];
    });
  } catch (error) {
    return messages.map((message) => ({ message, reason: reasonOf(error), isFinal: false }));
  }
}
