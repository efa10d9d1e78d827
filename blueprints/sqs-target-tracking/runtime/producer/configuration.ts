import * as z from "zod";
import { numberVariable, wholeVariable } from "../../../../shared/runtime/environment";
import { LONGEST_WORK_SECONDS } from "../longest-work";

export const producerEnvironment = z.object({
  QUEUE_URL: z.url(),
  QUEUE_TYPE: z.enum(["standard", "fifo"]),
  MESSAGES_PER_RUN: wholeVariable(1, 1000),
  /** Seconds that a message asks to be worked on. */
  MESSAGE_SECONDS: numberVariable(0, LONGEST_WORK_SECONDS),
  /** A standard queue has none, and the number is not used. */
  MESSAGE_GROUPS: wholeVariable(1, 1000),
});
