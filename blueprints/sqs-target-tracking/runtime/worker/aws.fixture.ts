// SQS, CloudWatch and the ECS agent on a loopback port, with faults on demand: for tests.

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { StubServer } from "../../../../shared/testing/stub-server";
import { QueueModel, QueueRefusal } from "./queue-model.fixture";

type Input = Record<string, unknown>;

/** `lose`: it is done, and the answer does not arrive. `hang`: it is not done, and there is no answer. */
export type Fault = "throttle" | "lose" | "hang" | QueueRefusal;

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

interface Datum {
  readonly MetricName: string;
  readonly Unit: string;
  readonly Dimensions: { Name: string; Value: string }[];
  readonly Value?: number;
  readonly Values?: number[];
  readonly Counts?: number[];
}

const POLL_MS = 5;

export class WorkerAws extends StubServer<{ readonly operation: string; readonly input: Input }, never> {
  queue = new QueueModel();
  /** Decides for each call whether it is disturbed, and for each entry of a batch: `DeleteMessageBatch entry`. */
  fault: (operation: string, input: Input) => Fault | undefined = () => undefined;
  /** Seconds that a receive call waits at most. */
  longestPollSeconds = 20;
  /** Receive calls that wait. */
  polls = 0;
  /** What the ECS agent answers. */
  agent: (enabled: boolean) => object = (enabled) => ({ protection: { ProtectionEnabled: enabled } });
  /** Data that CloudWatch has taken. */
  readonly published: Datum[] = [];

  protected override reply(request: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const input = JSON.parse(body.toString("utf8") || "{}") as Input;
    const target = request.headers["x-amz-target"];
    const operation = target ? (String(target).split(".")[1] as string) : `${request.method} ${request.url}`;
    this.calls.push({ operation, input });
    this.#answer(operation, input, response).catch((error: Error) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ __type: "InternalError", message: error.message }));
    });
  }

  override reset(): void {
    super.reset();
    this.queue = new QueueModel();
    this.fault = () => undefined;
    this.agent = (enabled) => ({ protection: { ProtectionEnabled: enabled } });
    this.published.length = 0;
    this.longestPollSeconds = 20;
  }

  of(operation: string): Input[] {
    return this.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  }

  /** Every value that was published, as often as it was counted. */
  get values(): number[] {
    return this.published.flatMap(({ Values = [], Counts = [] }) =>
      Values.flatMap((value, index) => Array<number>(Counts[index] as number).fill(value)),
    );
  }

  async #answer(operation: string, input: Input, response: ServerResponse): Promise<void> {
    const fault = this.fault(operation, input);
    if (fault === "hang") return;
    response.setHeader("Content-Type", "application/x-amz-json-1.0");
    try {
      if (fault === "throttle") throw new QueueRefusal("ThrottlingException", "Rate exceeded");
      if (fault instanceof QueueRefusal) throw fault;
      const answer = await this.#do(operation, input, response);
      if (fault === "lose") response.destroy();
      else response.end(JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof QueueRefusal)) throw error;
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message }));
    }
  }

  async #do(operation: string, input: Input, response: ServerResponse): Promise<object> {
    switch (operation) {
      case "ReceiveMessage":
        return this.#receive(input, response);
      case "DeleteMessageBatch":
        return this.#each(operation, input, ({ ReceiptHandle }) => this.queue.delete(ReceiptHandle));
      case "ChangeMessageVisibilityBatch":
        return this.#each(operation, input, (entry) => this.queue.hide(entry.ReceiptHandle, entry.VisibilityTimeout));
      case "PutMetricData":
        this.published.push(...(input.MetricData as Datum[]));
        return {};
      case "PUT /agent/task-protection/v1/state":
        return this.agent(input.ProtectionEnabled as boolean);
      default:
        throw new QueueRefusal("UnknownOperationException", operation);
    }
  }

  async #receive(input: Input, response: ServerResponse): Promise<object> {
    const { MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout, ReceiveRequestAttemptId } = input;
    const until = performance.now() + Math.min(Number(WaitTimeSeconds), this.longestPollSeconds) * 1000;
    // A worker of the test before may not have closed its calls yet.
    const { queue } = this;
    let isClosed = false;
    this.polls++;
    response.on("close", () => {
      isClosed = true;
      this.polls--;
    });
    for (;;) {
      const messages = isClosed
        ? []
        : queue.receive(
            Number(MaxNumberOfMessages),
            Number(VisibilityTimeout),
            ReceiveRequestAttemptId as string | undefined,
          );
      if (messages.length > 0 || performance.now() >= until || isClosed) {
        return {
          Messages: messages.map(({ id, receiptHandle, body, receives }) => ({
            MessageId: id,
            ReceiptHandle: receiptHandle,
            Body: body,
            MD5OfBody: createHash("md5").update(body).digest("hex"),
            Attributes: { ApproximateReceiveCount: String(receives) },
          })),
        };
      }
      await setTimeout(POLL_MS);
    }
  }

  #each(operation: string, input: Input, act: (entry: Entry) => void): object {
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of input.Entries as Entry[]) {
      const fault = this.fault(`${operation} entry`, { ...entry });
      try {
        if (fault === "throttle") throw new QueueRefusal("InternalError", "try again");
        if (fault instanceof QueueRefusal) throw fault;
        act(entry);
        Successful.push({ Id: entry.Id });
      } catch (error) {
        if (!(error instanceof QueueRefusal)) throw error;
        const SenderFault = error.code !== "InternalError";
        Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault });
      }
    }
    return { Successful, Failed };
  }
}
