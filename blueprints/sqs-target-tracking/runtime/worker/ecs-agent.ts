import * as z from "zod";

/** The agent gives up its own call after 4 seconds. */
const TIMEOUT_MS = 6_000;

/** docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
const answer = z.object({
  protection: z.object({ ProtectionEnabled: z.boolean() }).nullish(),
  failure: z.object({ Reason: z.string().nullish(), Detail: z.string().nullish() }).nullish(),
  error: z.object({ Code: z.string().nullish(), Message: z.string().nullish() }).nullish(),
});

/** The part of the ECS container agent that protects its task from being stopped by scaling in and by deployments. */
export class EcsAgent {
  readonly #url: string;

  constructor(uri: string) {
    this.#url = `${uri}/task-protection/v1/state`;
  }

  /**
   * @param expiresInMinutes 1..2880
   * @throws Error with the agent's reason when the task is not as asked.
   */
  async protect(enabled: boolean, expiresInMinutes: number): Promise<void> {
    const response = await fetch(this.#url, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ProtectionEnabled: enabled, ...(enabled && { ExpiresInMinutes: expiresInMinutes }) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await response.text();
    const { protection, failure, error } = parsed(body) ?? {};
    if (protection?.ProtectionEnabled === enabled) return;
    const said = failure
      ? [failure.Reason, failure.Detail]
      : error
        ? [error.Code, error.Message]
        : [`the agent answers ${response.status} ${body.slice(0, 200)}`];
    throw new Error(said.filter(Boolean).join(": "));
  }
}

function parsed(body: string): z.output<typeof answer> | undefined {
  try {
    return answer.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
