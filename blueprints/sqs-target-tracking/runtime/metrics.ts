/** Seconds that a message was really worked on, in the namespace that the stack is given. */
export const DURATION_METRIC = "MsgProcessingDuration";

/** Backlog per task that the policy aims at, as the target function has set it. */
export const TARGET_METRIC = "TargetBacklogPerTask";

/** The dimensions of both. */
export function metricDimensions(queueName: string): Record<"Type" | "QueueName", string> {
  return { Type: "Single-Queue", QueueName: queueName };
}
