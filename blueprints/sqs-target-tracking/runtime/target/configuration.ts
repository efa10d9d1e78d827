import * as z from "zod";
import { numberText, wholeNumberText } from "../../../../shared/runtime/number-text";
import { LONGEST_WORK_SECONDS } from "../longest-work";

/** Messages a task. A target of zero can never be met. */
const target = numberText(0.001, 1_000_000);

export const targetEnvironment = z
  .object({
    POLICY_NAME: z.string().min(1),
    RESOURCE_ID: z.string().regex(/^service\/[^/]+\/[^/]+$/, "must be service/<cluster>/<service>"),
    QUEUE_NAME: z.string().min(1),
    METRIC_NAMESPACE: z.string().min(1),
    /** Seconds that a message may wait before a worker takes it. */
    LATENCY_SECONDS: numberText(0.001, LONGEST_WORK_SECONDS),
    /** Messages that a task works on at the same time. */
    MESSAGES_AT_ONCE: wholeNumberText(1, 100),
    /** Data points of five minutes are kept for 63 days, so that all of them are there. */
    LOOK_BACK_HOURS: wholeNumberText(1, 336),
    MIN_TARGET: target,
    MAX_TARGET: target,
    /** Difference from which on the target is changed. */
    CHANGE_PERCENT: numberText(0, 100),
  })
  .refine(({ MIN_TARGET, MAX_TARGET }) => MIN_TARGET <= MAX_TARGET, {
    path: ["MAX_TARGET"],
    error: "must be at least MIN_TARGET",
  });

/** What EventBridge Scheduler sends: when the run was due. */
export const targetEvent = z.object({ time: z.iso.datetime({ offset: true }).transform((text) => new Date(text)) });
