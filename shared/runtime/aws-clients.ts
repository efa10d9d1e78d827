import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * How every SDK client of runtime code is made: requests that hang are given up, and throttled ones are retried at a
 * rate that the SDK adapts to the answers. One handler, and so one pool of connections, serves all clients. It speaks
 * HTTP/1.1: HTTP/2, the default of some clients, is needed by their event streams only.
 */
export const clientDefaults = {
  retryMode: "adaptive",
  maxAttempts: 4,
  requestHandler: new NodeHttpHandler({ connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true }),
};
