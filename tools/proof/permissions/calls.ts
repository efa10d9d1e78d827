import { z } from "zod";

const recordedCall = z.strictObject({
  service: z.string().min(1),
  action: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
});

/** One call to AWS, as it was made. */
export interface RecordedCall {
  /** The name requests are signed for: `monitoring` for CloudWatch. */
  readonly service: string;
  /** The operation: `GetMetricData`. */
  readonly action: string;
  readonly parameters?: Record<string, unknown>;
}

/**
 * Reads a request log: one JSON object a line, `{"service", "action", "parameters"}`.
 *
 * @throws Error on a line that is anything else, with its number
 */
export function parseCalls(jsonLines: string): RecordedCall[] {
  return jsonLines
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => {
      try {
        return recordedCall.parse(JSON.parse(line));
      } catch (error) {
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
        throw new Error(`line ${number} of the request log is no recorded call: ${reason}`);
      }
    });
}
