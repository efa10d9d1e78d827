import { NodeHttpHandler } from "@smithy/node-http-handler";

export interface ClientConfigOptions {
  /** Tries of one call, the first included. @default 4 */
  readonly maxAttempts?: number;
  /** Milliseconds after which a try is given up. @default 5000 */
  readonly requestTimeoutMs?: number;
}

/**
 * How the SDK clients of runtime code are made: requests that hang are given up, and throttled ones are retried at a rate
 * that the SDK adapts to the answers. It speaks HTTP/1.1: HTTP/2, the default of some clients, is needed by their event
 * streams only. Clients made with one config share its connections.
 */
export function clientConfig({ maxAttempts = 4, requestTimeoutMs = 5_000 }: ClientConfigOptions = {}) {
  return {
    retryMode: "adaptive",
    maxAttempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 2_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  };
}
