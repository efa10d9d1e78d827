import { setTimeout as delay } from "node:timers/promises";
import { backOff } from "../../shared/runtime/back-off";
import { ToolchainError } from "../toolchain/error";

/** With the waits between them they outlast three quarters of a minute. */
const TRIES = 8;
const TIMEOUT_MILLISECONDS = 60_000;
/** Who asks for a longer wait is not waited for. */
const LONGEST_WAIT_MILLISECONDS = 5 * 60_000;
const BACK_OFF = { first: 500, longest: 16_000 };
/** GitHub: wait so long where a limit was hit and no header says how long. */
const SECONDARY_LIMIT_MILLISECONDS = 60_000;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Stands for the request in messages: an address may be a secret. */
  readonly what: string;
  /** Whether it may be sent again when it is not known if it had an effect. @default all but POST may */
  readonly repeatable?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends a request, again after 429 and limits of GitHub's, and where that is harmless after a server's error or no answer.
 * Any other status is the caller's to judge. Every try ends within a minute.
 * @throws ToolchainError when there is no answer, or no other than "too many requests" or a server's error
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const repeatable = request.repeatable ?? request.method !== "POST";
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(request);
    const isLimit = typeof answer !== "string" && isRateLimit(answer);
    const isBroken = typeof answer === "string" || answer.status >= 500;
    if (!isLimit && !isBroken) return answer;
    const said = typeof answer === "string" ? answer : `${answer.status} ${answer.text.slice(0, 300)}`;
    const wait =
      typeof answer === "string" ? backOff(attempt, BACK_OFF) : waitMilliseconds(answer, attempt, Date.now());
    if (attempt === TRIES || (isBroken && !repeatable) || wait > LONGEST_WAIT_MILLISECONDS) {
      const again = isBroken && !repeatable ? ". It was not sent again: it may have had its effect" : "";
      throw new ToolchainError(`${request.what}: no good answer after ${attempt} of ${TRIES} tries: ${said}${again}`);
    }
    await delay(wait);
  }
}

/**
 * Both kinds of a limit that GitHub has: 429, and 403 with a header or a text that says so. A 403 without is a permission.
 * Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function isRateLimit({ status, headers, text }: HttpAnswer): boolean {
  if (status === 429) return true;
  const says =
    headers.has("retry-after") ||
    headers.get("x-ratelimit-remaining") === "0" ||
    /secondary rate limit|abuse detection/i.test(text);
  return status === 403 && says;
}

/**
 * How long to wait before the next try. `Retry-After` is seconds. `X-RateLimit-Reset` is the seconds to wait for HCP
 * Terraform, and the time in seconds since 1970 for GitHub: no wait is as long as that.
 * Sources: https://developer.hashicorp.com/terraform/cloud-docs/api-docs#rate-limiting, and GitHub's as above.
 */
export function waitMilliseconds({ status, headers }: Omit<HttpAnswer, "text">, attempt: number, now: number): number {
  const usual = backOff(attempt, BACK_OFF);
  const retryAfter = seconds(headers.get("retry-after"));
  if (retryAfter !== undefined) return Math.max(usual, retryAfter * 1000);
  const reset = seconds(headers.get("x-ratelimit-reset"));
  if (status < 500 && reset !== undefined) {
    const isTime = reset > 1e9;
    const isOver = isTime && headers.get("x-ratelimit-remaining") !== "0";
    if (!isOver) return Math.max(usual, isTime ? reset * 1000 - now : reset * 1000);
  }
  return status === 403 ? SECONDARY_LIMIT_MILLISECONDS : usual;
}

function seconds(header: string | null): number | undefined {
  const value = Number.parseFloat(header ?? "");
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** @returns the answer, or why there is none */
async function once({ method, url, headers, body }: HttpRequest): Promise<HttpAnswer | string> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const response = await fetch(url, { method, headers, body: body as RequestInit["body"], signal });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
  }
}
