import * as z from "zod";
import { numberText, wholeNumberText } from "../../../../shared/runtime/number-text";
import { LONGEST_WORK_SECONDS } from "../longest-work";

export const producerEnvironment = z.object({
  QUEUE_URL: z.url(),
  QUEUE_TYPE: z.enum(["standard", "fifo"]),
  MESSAGES_PER_RUN: wholeNumberText(1, 1000),
  /** Seconds that a message asks to be worked on. */
  MESSAGE_SECONDS: numberText(0, LONGEST_WORK_SECONDS),
  /** A standard queue has none, and the number is not used. */
  MESSAGE_GROUPS: wholeNumberText(1, 1000),
});
