import * as z from "zod";
import { numberText, wholeNumberText } from "../../../../shared/runtime/number-text";
import { LONGEST_WORK_SECONDS } from "../longest-work";

const text = z.string("is missing").min(1, "must not be empty");

/** The variables that the worker is deployed with; the last four are ECS's, or may be left out. */
export const workerEnvironment = z.object({
  QUEUE_URL: z.url({ protocol: /^https?$/, error: "must be the queue's URL" }),
  QUEUE_NAME: text,
  QUEUE_TYPE: z.enum(["standard", "fifo"], 'must be "standard" or "fifo"'),
  VISIBILITY_TIMEOUT_SECONDS: wholeNumberText(1, LONGEST_WORK_SECONDS),
  MESSAGES_AT_ONCE: wholeNumberText(1, 100),
  METRIC_NAMESPACE: text,
  /** Of a message, while none was done. */
  EXPECTED_SECONDS: numberText(0.001, LONGEST_WORK_SECONDS),
  AWS_REGION: text,
  /** Where the ECS agent answers. Not set by anything but ECS: then there is no protection. */
  ECS_AGENT_URI: z.url({ protocol: /^https?$/, error: "must be the ECS agent's URL" }).optional(),
  /** Seconds between SIGTERM and SIGKILL: the container's stopTimeout, for which Fargate allows 120 at most. */
  STOP_TIMEOUT_SECONDS: wholeNumberText(1, 120).default(120),
  LOG_LEVEL: z.enum(["DEBUG", "INFO", "WARN", "ERROR"], 'must be "DEBUG", "INFO", "WARN" or "ERROR"').default("INFO"),
});

export type WorkerSettings = z.output<typeof workerEnvironment>;
