/** Seconds that a message was really worked on, in the namespace that the stack is given. */
export const DURATION_METRIC = "MsgProcessingDuration";

/** Seconds that a worker expects a message to take, each minute, whether or not one was done in it. */
export const ESTIMATE_METRIC = "MsgProcessingEstimate";

/** Backlog per task that the policy aims at, as the target function has set it. */
export const TARGET_METRIC = "TargetBacklogPerTask";

/** The dimensions of all three. */
export function metricDimensions(queueName: string): Record<"Type" | "QueueName", string> {
  return { Type: "Single-Queue", QueueName: queueName };
}

/** The same, as CloudWatch's API has them. */
export function dimensionList(queueName: string): { Name: string; Value: string }[] {
  return Object.entries(metricDimensions(queueName)).map(([Name, Value]) => ({ Name, Value }));
}
