import { z } from "zod";

const recordedCall = z.strictObject({
  time: z.string(),
  accessKeyId: z.string().min(1).nullable(),
  service: z.string().min(1).nullable(),
  action: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
});

/** One call to AWS, as it was made. */
export interface RecordedCall {
  /** Whose call it is. */
  readonly accessKeyId?: string;
  /** The name requests are signed for: `monitoring` for CloudWatch. */
  readonly service: string;
  /** The operation: `GetMetricData`. */
  readonly action: string;
  readonly parameters?: Record<string, unknown>;
}

/**
 * Reads the request log of the local AWS: one JSON object a line, `{"time", "accessKeyId", "service", "action",
 * "parameters"}`. Requests that nobody signed are nobody's calls, and are left out.
 *
 * @throws Error on a line that is anything else, with its number
 */
export function parseCalls(jsonLines: string): RecordedCall[] {
  return jsonLines
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .flatMap(({ line, number }) => {
      try {
        const { accessKeyId, service, action, parameters } = recordedCall.parse(JSON.parse(line));
        return accessKeyId !== null && service !== null ? [{ accessKeyId, service, action, parameters }] : [];
      } catch (error) {
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
        throw new Error(`line ${number} of the request log is no recorded call: ${reason}`);
      }
    });
}
