import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { StubServer } from "./stub-server";

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

/** Answers the AWS JSON protocols. An operation that no answer was given for is refused as unknown. */
export class AwsStub extends StubServer<{ readonly operation: string; readonly input: Input }, Answer> {
  protected override reply({ headers }: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    const body = headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const operation = String(headers["x-amz-target"]).split(".")[1] ?? "";
    const input = JSON.parse(body.toString("utf8") || "{}") as Input;
    this.calls.push({ operation, input });
    const answer = this.answerOf(operation)(input);
    response.setHeader("Content-Type", "application/x-amz-json-1.1");
    if (answer instanceof Refusal) {
      response.statusCode = answer.statusCode;
      response.end(JSON.stringify({ __type: answer.type, message: answer.message }));
    } else {
      response.end(JSON.stringify(answer));
    }
  }

  /** The answer that was given for the operation last. */
  answerOf(operation: string): Answer {
    return this.answers.get(operation) ?? (() => new Refusal("UnknownOperationException", operation));
  }

  /** How often the operation was called. */
  count(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }
}
