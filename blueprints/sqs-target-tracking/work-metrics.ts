import type { FargateService } from "../../shared/containers/fargate-service";
import type { Queue } from "../../shared/messaging/queue";
import type { MathMetric, Metric } from "../../shared/monitoring/metric";
import type { Parameters } from "./parameters";
import { DURATION_METRIC, ESTIMATE_METRIC, metricDimensions, TARGET_METRIC } from "./runtime/metrics";

export interface WorkMetricsProps {
  readonly queue: Queue;
  readonly workers: FargateService;
  readonly namespace: string;
  readonly parameters: Pick<Parameters, "worker">;
}

/**
 * What the scaling is decided by, such that a metric that is missing never looks like no messages, no tasks or no time.
 *
 * Metrics of two services do not arrive at the same time, and CloudWatch takes a missing value for 0 beside one that is
 * there: `FILL(..., REPEAT)` takes the last known value for the minute that is still on its way. What may be missing
 * altogether stands below the line, where it makes no data, on which target tracking does nothing: CloudWatch's
 * documentation says of a division by 0 that there is none, and of a metric without a point in sight hardly anything.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export class WorkMetrics {
  /** Messages that wait. Those that are worked on are not among them. */
  readonly visible: Metric;
  readonly runningTasks: Metric;
  /** Seconds that messages were worked on. */
  readonly duration: Metric;
  /** Seconds that the tasks expect a message to take, each minute from each task. */
  readonly estimate: Metric;
  /** The target that the function has set, in messages a task. */
  readonly target: Metric;
  /** Visible messages per running task; no data where no task runs, or it is not known. */
  readonly backlogPerTask: MathMetric;
  /** Seconds in which the running tasks work off what is visible; no data where no task runs, or it is not known. */
  readonly drainSeconds: MathMetric;
  /** Visible messages while nobody receives any nor has any in hand; otherwise 0 or less. */
  readonly untouched: MathMetric;

  constructor({ queue, workers, namespace, parameters }: WorkMetricsProps) {
    const { messagesAtOnce } = parameters.worker;
    const own = { namespace, dimensions: metricDimensions(queue.queueName), statistic: "Average" } as const;
    this.visible = queue.metric("ApproximateNumberOfMessagesVisible", "Average");
    this.runningTasks = workers.metric("RunningTaskCount", "Average");
    this.duration = { ...own, name: DURATION_METRIC };
    this.estimate = { ...own, name: ESTIMATE_METRIC };
    this.target = { ...own, name: TARGET_METRIC };

    const metrics = { visible: this.visible, running: this.runningTasks };
    this.backlogPerTask = {
      expression: "FILL(visible, REPEAT) / FILL(running, REPEAT)",
      metrics,
      label: "backlog per task",
    };
    this.drainSeconds = {
      // Below the line: the messages that the tasks do in a second.
      expression: `FILL(visible, REPEAT) / (${messagesAtOnce} * FILL(running, REPEAT) / FILL(seconds, REPEAT))`,
      metrics: { ...metrics, seconds: this.estimate },
      label: "seconds to drain",
    };
    this.untouched = {
      // All of them SQS's, which publishes them together: Container Insights says nothing of a service without tasks.
      expression: "visible - visible * (hidden + received + empty)",
      metrics: {
        visible: this.visible,
        hidden: queue.metric("ApproximateNumberOfMessagesNotVisible", "Average"),
        received: queue.metric("NumberOfMessagesReceived", "Sum"),
        empty: queue.metric("NumberOfEmptyReceives", "Sum"),
      },
      label: "messages that nobody takes",
    };
  }
}
