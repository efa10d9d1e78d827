import type { Queue } from "../../shared/messaging/queue";
import type { Graph } from "../../shared/monitoring/dashboard";
import type { Parameters } from "./parameters";
import type { WorkMetrics } from "./work-metrics";
import type { Workers } from "./workers";

/** What waits, what the scaling aims at, who works, how long it takes, and what went wrong. */
export function workGraphs(queue: Queue, workers: Workers, metrics: WorkMetrics, parameters: Parameters): Graph[] {
  const { tracking, latencySeconds, worker } = parameters;
  return [
    {
      title: "Messages in the queue",
      metrics: [
        { ...metrics.visible, label: "waiting" },
        { ...queue.metric("ApproximateNumberOfMessagesNotVisible", "Average"), label: "worked on" },
      ],
    },
    tracking.mode === "drain-time"
      ? {
          title: "Seconds to drain the queue",
          metrics: [metrics.drainSeconds],
          lines: [{ label: "target", value: latencySeconds }],
        }
      : {
          title: "Backlog per task",
          metrics: [metrics.backlogPerTask, { ...metrics.target, label: "target" }],
        },
    {
      title: "Tasks",
      metrics: (["RunningTaskCount", "DesiredTaskCount", "PendingTaskCount"] as const).map((name) =>
        workers.metric(name, "Average"),
      ),
      lines: [{ label: "most", value: worker.maxTasks }],
    },
    {
      title: "Seconds that a message takes",
      metrics: [
        { ...metrics.duration, label: "mean" },
        { ...metrics.duration, statistic: "Maximum", label: "longest" },
        { ...metrics.estimate, label: "expected" },
      ],
    },
    {
      title: "Messages sent and done, a minute",
      metrics: [queue.metric("NumberOfMessagesSent", "Sum"), queue.metric("NumberOfMessagesDeleted", "Sum")],
    },
    {
      title: "Age of the oldest message, seconds",
      metrics: [queue.metric("ApproximateAgeOfOldestMessage", "Maximum")],
      lines: [{ label: "late", value: latencySeconds + worker.expectedSeconds }],
    },
    {
      title: "Messages that nobody could handle",
      metrics: [queue.deadLetterQueue.metric("ApproximateNumberOfMessagesVisible", "Maximum")],
    },
    {
      title: "Processor and memory of the tasks, percent",
      metrics: [workers.metric("CPUUtilization", "Average"), workers.metric("MemoryUtilization", "Maximum")],
    },
  ];
}
