import type { FargateService } from "../../shared/containers/fargate-service";
import type { Queue } from "../../shared/messaging/queue";
import type { MathMetric, Metric } from "../../shared/monitoring/metric";
import type { Parameters } from "./parameters";
import { DURATION_METRIC, metricDimensions, TARGET_METRIC } from "./runtime/metrics";

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
 * there: `FILL(..., REPEAT)` takes the last known value for the minute that is still on its way. What is divided by 0 is no
 * data, on which target tracking does nothing. Only what is documented is relied on, and a series is combined with series:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export class WorkMetrics {
  /** Messages that wait. Those that are worked on are not among them. */
  readonly visible: Metric;
  readonly runningTasks: Metric;
  /** Seconds that messages were worked on. */
  readonly duration: Metric;
  /** The target that the function has set, in messages a task. */
  readonly target: Metric;
  /** Visible messages per running task; no data where no task runs, or it is not known. */
  readonly backlogPerTask: MathMetric;
  /** Seconds in which the running tasks work off what is visible; no data where no task runs, or it is not known. */
  readonly drainSeconds: MathMetric;
  /** Visible messages while no task runs, or none is counted; otherwise 0 or less. */
  readonly waitingForFirstTask: MathMetric;

  constructor({ queue, workers, namespace, parameters }: WorkMetricsProps) {
    const { messagesAtOnce, expectedSeconds } = parameters.worker;
    const own = { namespace, dimensions: metricDimensions(queue.queueName), statistic: "Average" } as const;
    this.visible = queue.metric("ApproximateNumberOfMessagesVisible", "Average");
    this.runningTasks = workers.metric("RunningTaskCount", "Average");
    this.duration = { ...own, name: DURATION_METRIC };
    this.target = { ...own, name: TARGET_METRIC };

    const visible = "FILL(visible, REPEAT)";
    const running = "FILL(running, REPEAT)";
    const metrics = { visible: this.visible, running: this.runningTasks };
    this.backlogPerTask = { expression: `${visible} / ${running}`, metrics, label: "backlog per task" };
    // While no message was finished for minutes, there is no duration to repeat: then it is what is expected. The sum has a
    // value wherever one of the two has.
    const duration = "FILL(duration, REPEAT)";
    const seconds = `IF((${duration} + 0 * ${visible}) > 0, ${duration}, ${expectedSeconds})`;
    this.drainSeconds = {
      expression: `${visible} * ${seconds} / (${messagesAtOnce} * ${running})`,
      metrics: { ...metrics, duration: this.duration },
      label: "seconds to drain",
    };
    this.waitingForFirstTask = {
      expression: `${visible} - ${visible} * ${running}`,
      // The maximum: a task that ran for a part of the minute is one.
      metrics: { visible: this.visible, running: { ...this.runningTasks, statistic: "Maximum" } },
      label: "messages without a task",
    };
  }
}
