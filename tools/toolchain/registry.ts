import { reason } from "./download";

/**
 * Whether a provider registry answers. `unknown` where this process cannot tell and Terraform may do better: behind a
 * proxy or a certificate authority that Terraform honours and Node's fetch does not, or when the answer is an error.
 */
export interface RegistryAnswer {
  readonly state: "reachable" | "unreachable" | "unknown";
  /** Why it is not `reachable`, e.g. `getaddrinfo ENOTFOUND registry.terraform.io`. */
  readonly reason?: string;
}

const NETWORK_FAILURES = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|TIMEOUT/i;

/** Asks a registry for its service discovery document. */
export async function probeRegistry(
  url: string,
  timeoutMilliseconds: number,
  env: NodeJS.ProcessEnv,
): Promise<RegistryAnswer> {
  const behindProxy = Boolean(env.HTTPS_PROXY ?? env.https_proxy ?? env.ALL_PROXY ?? env.all_proxy);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
    await response.body?.cancel();
    if (response.ok) return { state: "reachable" };
    return { state: "unknown", reason: `it answered ${response.status}` };
  } catch (error) {
    if ((error as Error).name === "TimeoutError") {
      const waited = `no answer within ${timeoutMilliseconds / 1000} s`;
      return { state: behindProxy ? "unknown" : "unreachable", reason: waited };
    }
    const why = reason(error);
    const code = (error as { cause?: NodeJS.ErrnoException }).cause?.code ?? "";
    const failed = NETWORK_FAILURES.test(`${code} ${why}`);
    return { state: failed && !behindProxy ? "unreachable" : "unknown", reason: why };
  }
}
