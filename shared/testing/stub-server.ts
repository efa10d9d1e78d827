import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A stand-in for AWS on a loopback port, for what the local AWS cannot be made to do: throttle, deny, or change between two
 * calls. The real SDK talks to it, retries and all. `AwsStub` speaks the JSON protocols, `QueryStub` those of Auto Scaling
 * and EC2.
 */
export abstract class StubServer<Call, Answer> {
  readonly calls: Call[] = [];
  protected readonly answers = new Map<string, Answer>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => this.reply(request, Buffer.concat(chunks), response));
  });

  /** Notes the call and answers it. */
  protected abstract reply(request: IncomingMessage, body: Buffer, response: ServerResponse): void;

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
    this.answers.set(operation, answer);
    return this;
  }

  /** Forgets all answers and calls. */
  reset(): void {
    this.answers.clear();
    this.calls.length = 0;
  }
}
