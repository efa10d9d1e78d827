import * as z from "zod";
import { LONGEST_WORK_SECONDS } from "./longest-work";
import { HopelessMessage } from "./worker/hopeless-message";

/** What a message's body says, as JSON. Further fields are ignored. */
export const workMessage = z.object(
  {
    id: z.union([z.int(), z.string()], "must be a whole number or a text"),
    /** Seconds of work, fractions too, up to the 12 hours for which SQS can keep a message hidden. */
    duration: z
      .number("must be a number of seconds")
      .min(0, "must not be negative")
      .max(LONGEST_WORK_SECONDS, "must be 43200 seconds, 12 hours, at most"),
  },
  "must be an object",
);

export type WorkMessage = z.output<typeof workMessage>;

/** @throws HopelessMessage that says what is wrong, and quotes nothing: a body may hold a secret, and the message goes to the log. */
export function readMessage(body: string): WorkMessage {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new HopelessMessage(`the body of ${body.length} characters is not JSON`);
  }
  const result = workMessage.safeParse(value);
  if (result.success) return result.data;
  throw new HopelessMessage(
    result.error.issues.map(({ path, message }) => `${path.join(".") || "the body"} ${message}`).join("; "),
  );
}
