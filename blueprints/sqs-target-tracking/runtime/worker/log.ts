import type { Logger } from "@aws-lambda-powertools/logger";

/** What the parts of the worker log with. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;
