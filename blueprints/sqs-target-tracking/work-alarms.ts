import { Construct } from "constructs";
import type { Queue } from "../../shared/messaging/queue";
import { Alarm, type AlarmProps } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Parameters } from "./parameters";
import type { WorkMetrics } from "./work-metrics";
import type { Workers } from "./workers";

/** Longer than target tracking needs to notice, and tasks to start. */
const LATE_MINUTES = 10;
const STUCK_MINUTES = 15;

export interface WatchedWork {
  readonly queue: Queue;
  readonly workers: Workers;
  readonly metrics: WorkMetrics;
  readonly parameters: Parameters;
  readonly topic: AlarmTopic;
}

/** What is watched of the work: messages that wait too long, too few tasks, tasks that do not start or run short. */
export function watchWork(scope: Construct, { queue, workers, metrics, parameters, topic }: WatchedWork): void {
  const { latencySeconds, worker } = parameters;
  const alarms = new Construct(scope, "watch");
  const alarm = (id: string, props: Omit<AlarmProps, "topic">) => new Alarm(alarms, id, { ...props, topic });
  const logs = `The log group ${workers.logGroupName} says more.`;

  alarm("late-messages", {
    description: `A message of ${queue.queueName} has not been done in time for ${LATE_MINUTES} minutes. Raise worker.maxTasks or give the tasks more cpu, unless one message fails again and again. ${logs}`,
    metric: queue.metric("ApproximateAgeOfOldestMessage", "Maximum"),
    // The age counts until the message is deleted: the wait and the work.
    threshold: { above: latencySeconds + worker.expectedSeconds },
    evaluationPeriods: LATE_MINUTES,
    treatMissingData: "notBreaching",
  });
  // Tasks that always are as many say nothing by it.
  if (worker.minTasks < worker.maxTasks)
    alarm("at-largest", {
      description: `${workers.serviceName} has run ${worker.maxTasks} tasks, its most, for ${STUCK_MINUTES} minutes. Raise worker.maxTasks if messages are late.`,
      metric: workers.metric("RunningTaskCount", "Minimum"),
      threshold: { atLeast: worker.maxTasks },
      evaluationPeriods: STUCK_MINUTES,
      treatMissingData: "notBreaching",
    });
  alarm("untouched-messages", {
    description: `Messages of ${queue.queueName} have waited for ${STUCK_MINUTES} minutes, and nobody takes any: no task of ${workers.serviceName} runs, because there is no image, tasks do not start, or scaling is suspended. The service's events say why, and the pipeline's page.`,
    metric: metrics.untouched,
    threshold: { above: 0 },
    evaluationPeriods: STUCK_MINUTES,
    treatMissingData: "notBreaching",
  });
  if (worker.minTasks > 0) {
    alarm("too-few-tasks", {
      description: `${workers.serviceName} has run fewer than ${worker.minTasks} tasks for ${STUCK_MINUTES} minutes. The service's events say why. ${logs}`,
      metric: workers.metric("RunningTaskCount", "Maximum"),
      threshold: { below: worker.minTasks },
      evaluationPeriods: STUCK_MINUTES,
      // Container Insights says nothing of a service without tasks.
      treatMissingData: "breaching",
    });
  }
  alarm("missing-tasks", {
    description: `${workers.serviceName} has run fewer tasks than it should for ${STUCK_MINUTES} minutes: they do not start, or they end. The service's events say why. ${logs}`,
    metric: {
      expression: "desired - running",
      metrics: {
        desired: workers.metric("DesiredTaskCount", "Minimum"),
        running: workers.metric("RunningTaskCount", "Maximum"),
      },
    },
    threshold: { above: 0 },
    evaluationPeriods: STUCK_MINUTES,
    treatMissingData: "notBreaching",
  });
  alarm("memory", {
    description: `A task of ${workers.serviceName} is short of memory. Raise worker.memoryMiB, or lower worker.messagesAtOnce.`,
    metric: { ...workers.metric("MemoryUtilization", "Maximum"), periodSeconds: 300 },
    threshold: { above: 90 },
    evaluationPeriods: 3,
    treatMissingData: "notBreaching",
  });
}
