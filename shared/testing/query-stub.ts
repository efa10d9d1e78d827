import type { IncomingMessage, ServerResponse } from "node:http";
import { StubServer } from "./stub-server";

type Input = Readonly<Record<string, string>>;
/** What an action answers, by element name; an array is a list of members. */
type Answer = (input: Input) => object;

/** Thrown by an answer: AWS refuses the call. */
export class QueryRefusal extends Error {
  constructor(
    readonly code: string,
    message = `${code} of the stub`,
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

/** Answers the Query protocols of Auto Scaling and EC2. An action that no answer was given for is refused as invalid. */
export class QueryStub extends StubServer<{ readonly action: string; readonly input: Input }, Answer> {
  protected override reply(_: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const input = Object.fromEntries(new URLSearchParams(body.toString("utf8")));
    const action = input.Action ?? "";
    // EC2 looks at the outer element only, Auto Scaling at the inner one.
    const isEc2 = action.includes("InstanceAttribute");
    this.calls.push({ action, input });
    response.setHeader("Content-Type", "text/xml");
    try {
      const answer = this.answers.get(action);
      if (!answer) throw new QueryRefusal("InvalidAction", `no answer is given for ${action}`);
      const content = xml(answer(input));
      const result = isEc2 ? content : `<${action}Result>${content}</${action}Result>`;
      response.end(`<${action}Response>${result}</${action}Response>`);
    } catch (error) {
      const refusal = error instanceof QueryRefusal ? error : new QueryRefusal("Stub", String(error), 500);
      const content = xml({ Error: { Code: refusal.code, Message: refusal.message } });
      response.statusCode = refusal.statusCode;
      response.end(
        isEc2 ? `<Response><Errors>${content}</Errors></Response>` : `<ErrorResponse>${content}</ErrorResponse>`,
      );
    }
  }

  /** Puts something before the answer that was given so far: to refuse some of the calls, or to change something first. */
  before(action: string, first: (input: Input) => void): this {
    const then = this.answers.get(action) ?? (() => ({}));
    return this.on(action, (input) => {
      first(input);
      return then(input);
    });
  }

  of(action: string): Input[] {
    return this.calls.filter((call) => call.action === action).map(({ input }) => input);
  }
}

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join("");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .filter(([, content]) => content !== undefined)
      .map(([name, content]) => `<${name}>${xml(content)}</${name}>`)
      .join("");
  }
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
