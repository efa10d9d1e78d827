import type { ParseArgsConfig } from "node:util";
import * as z from "zod";
import { wholeNumberText } from "../../../../shared/runtime/number-text";

/** The load generator's options on the command line. */
export const loadFlags = {
  host: { type: "string" },
  port: { type: "string" },
  connections: { type: "string" },
  "orders-per-second": { type: "string" },
  seconds: { type: "string" },
  "answer-seconds": { type: "string" },
  tls: { type: "boolean" },
  ca: { type: "string" },
  servername: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

export const LOAD_USAGE = `load --port <port> [--host <name>, default localhost] [--connections <1..50000>, default 100]
    [--orders-per-second <0..100000>, over all connections, default 100] [--seconds <1..604800>, default 60]
    [--answer-seconds <1..600>, to wait for the last answers, default 10]
    [--tls [--ca <file of PEM certificates to trust>] [--servername <name in the certificate>, default the host]]`;

const loadOptions = z
  .object({
    host: z.string().min(1).default("localhost"),
    port: wholeNumberText(1, 65_535),
    connections: wholeNumberText(1, 50_000).default(100),
    "orders-per-second": wholeNumberText(0, 100_000).default(100),
    seconds: wholeNumberText(1, 604_800).default(60),
    "answer-seconds": wholeNumberText(1, 600).default(10),
    tls: z.boolean().default(false),
    ca: z.string().optional(),
    servername: z.string().optional(),
  })
  .refine(({ tls, ca, servername }) => tls || (ca === undefined && servername === undefined), {
    path: ["tls"],
    error: "is what --ca and --servername are for; give it too",
  })
  .transform(({ "orders-per-second": ordersPerSecond, "answer-seconds": answerSeconds, ...rest }) => ({
    ...rest,
    ordersPerSecond,
    answerSeconds,
  }));

export type LoadOptions = z.output<typeof loadOptions>;

/** @throws Error that names every option that is missing or wrong. */
export function readLoadOptions(values: object): LoadOptions {
  const result = loadOptions.safeParse(values);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(({ path, message }) => `--${path.join(".")} ${message}`).join("\n"));
}
