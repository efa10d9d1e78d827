import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const PATH = /^\/api\/([^/]+)\/task-protection\/v1\/state$/;
const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 120;
const MOST_MINUTES = 2880;
/** docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
const BLOCKED = "DEPLOYMENT_BLOCKED";

/**
 * Stands in for what the ECS agent tells and is told about a task's protection, at the address in ECS_AGENT_URI:
 * docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export class TaskProtectionEndpoint {
  readonly #expiresAt = new Map<string, number>();
  readonly #tasks = new Map<string, { readonly arn: string; readonly isBlocked: () => boolean }>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  #listening?: Promise<number>;

  /**
   * The value of ECS_AGENT_URI for a task.
   * @param isBlocked whether the service has as many protected tasks as it wants: ECS protects no further one then, and
   * prolongs no protection
   */
  async uriOf(taskId: string, arn: string, isBlocked: () => boolean): Promise<string> {
    this.#tasks.set(taskId, { arn, isBlocked });
    this.#listening ??= new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => resolve((this.#server.address() as AddressInfo).port));
    });
    return `http://127.0.0.1:${await this.#listening}/api/${taskId}`;
  }

  isProtected(taskId: string): boolean {
    return (this.#expiresAt.get(taskId) ?? 0) > Date.now();
  }

  async close(): Promise<void> {
    if (!this.#listening) return;
    await this.#listening;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const taskId = PATH.exec(request.url ?? "")?.[1] ?? "";
    const task = this.#tasks.get(taskId);
    const TaskArn = task?.arn;
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (!task) return void reply(404, { error: { Code: "NotFound", Message: `no such path: ${request.url}` } });
    if (request.method === "PUT") {
      const problem = this.#change(taskId, await text(request), task.isBlocked);
      if (problem === BLOCKED) {
        const Detail = "the service has more protected tasks than it wants";
        return void reply(200, { failure: { Arn: TaskArn, Reason: BLOCKED, Detail } });
      }
      if (problem)
        return void reply(400, { error: { Arn: TaskArn, Code: "InvalidParameterException", Message: problem } });
    } else if (request.method !== "GET") {
      return void reply(405, { error: { Arn: TaskArn, Code: "MethodNotAllowed", Message: `${request.method}` } });
    }
    const ProtectionEnabled = this.isProtected(taskId);
    const ExpirationDate = ProtectionEnabled
      ? new Date(this.#expiresAt.get(taskId) ?? 0).toISOString().replace(/\.\d+Z/, "Z")
      : undefined;
    reply(200, { protection: { ExpirationDate, ProtectionEnabled, TaskArn } });
  }

  /** @returns what is wrong with the request */
  #change(taskId: string, body: string, isBlocked: () => boolean): string | undefined {
    let input: { ProtectionEnabled?: unknown; ExpiresInMinutes?: unknown };
    try {
      input = JSON.parse(body);
    } catch {
      return "the body is not JSON";
    }
    const { ProtectionEnabled, ExpiresInMinutes: minutes = DEFAULT_MINUTES } = input;
    if (typeof ProtectionEnabled !== "boolean") return "ProtectionEnabled has to be true or false";
    if (typeof minutes !== "number" || !Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES)
      return `ExpiresInMinutes has to be a whole number of 1..${MOST_MINUTES}`;
    if (ProtectionEnabled && isBlocked()) return BLOCKED;
    this.#expiresAt.set(taskId, ProtectionEnabled ? Date.now() + minutes * MINUTE_MS : 0);
    return undefined;
  }
}
