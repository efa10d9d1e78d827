import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

type Input = Record<string, unknown>;
type Answer = (input: Input) => unknown;

/** An answer with which AWS refuses a call. */
export class Refusal {
  constructor(
    readonly type: string,
    readonly message = `${type} of the stub`,
    readonly statusCode = 400,
  ) {}
}

/**
 * Answers the AWS JSON protocols on a loopback port, for what the local AWS cannot be made to do: throttle, deny, or
 * change between two calls. The real SDK talks to it, retries and all. An operation that no answer was given for is
 * refused as unknown.
 */
export class AwsStub {
  readonly calls: { readonly operation: string; readonly input: Input }[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const raw = Buffer.concat(chunks);
        const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
        const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
        const input = JSON.parse(body.toString("utf8") || "{}") as Input;
        this.calls.push({ operation, input });
        const answer = this.#answers.get(operation)?.(input) ?? new Refusal("UnknownOperationException", operation);
        response.setHeader("Content-Type", "application/x-amz-json-1.1");
        if (answer instanceof Refusal) {
          response.statusCode = answer.statusCode;
          response.end(JSON.stringify({ __type: answer.type, message: answer.message }));
        } else {
          response.end(JSON.stringify(answer));
        }
      });
    });
  }

  /** Starts it, and returns the variables that point an SDK at it. */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "stub",
      AWS_SECRET_ACCESS_KEY: "stub",
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Answers the operation from now on. */
  on(operation: string, answer: Answer): this {
    this.#answers.set(operation, answer);
    return this;
  }

  /** The answer that was given for the operation last. */
  answerOf(operation: string): Answer {
    return this.#answers.get(operation) ?? (() => new Refusal("UnknownOperationException", operation));
  }

  /** Forgets all answers and calls. */
  reset(): void {
    this.#answers.clear();
    this.calls.length = 0;
  }

  /** How often the operation was called. */
  count(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }
}
