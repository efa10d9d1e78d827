import { join } from "node:path";
import { Construct } from "constructs";
import { ServiceScaling } from "../../shared/containers/service-scaling";
import { HIGHEST_STEP } from "../../shared/containers/step-adding";
import { ScheduledFunction } from "../../shared/functions/scheduled-function";
import { Alarm } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { CHANGE_PERCENT, LOOK_BACK_HOURS, MAX_TARGET, MIN_TARGET } from "./defaults";
import type { Parameters } from "./parameters";
import { targetEnvironment } from "./runtime/target/configuration";
import type { WorkMetrics } from "./work-metrics";
import type { Workers } from "./workers";

const START_SECONDS = 180;

export interface TaskCountProps {
  readonly workers: Workers;
  readonly metrics: WorkMetrics;
  readonly queueName: string;
  readonly namespace: string;
  readonly parameters: Parameters;
  readonly alarmTopic: AlarmTopic;
}

/** How many workers there are: a target that is tracked, and a step that starts the first ones. */
export class TaskCount extends Construct {
  readonly scaling: ServiceScaling;
  readonly policyArn: string;
  /** Where the target is moved: in drain-time it never is. */
  readonly targetFunction?: ScheduledFunction<typeof targetEnvironment>;

  constructor(scope: Construct, id: string, props: TaskCountProps) {
    super(scope, id);
    const { workers, metrics, parameters } = props;
    const { worker, tracking, latencySeconds } = parameters;
    const { scaleOutCooldownSeconds, scaleInCooldownSeconds } = tracking;
    const cooldowns = { scaleOutCooldownSeconds, scaleInCooldownSeconds };
    this.scaling = new ServiceScaling(this, "scaling", {
      service: workers,
      minTasks: worker.minTasks,
      maxTasks: worker.maxTasks,
    });
    const expectedTarget = (latencySeconds * worker.messagesAtOnce) / worker.expectedSeconds;
    if (tracking.mode === "drain-time") {
      const policy = { ...cooldowns, metric: metrics.drainSeconds, target: latencySeconds };
      this.policyArn = this.scaling.trackMath("drain-time", policy).policyArn;
    } else {
      const minTarget = tracking.minTarget ?? MIN_TARGET;
      const maxTarget = tracking.maxTarget ?? MAX_TARGET;
      const { policyArn, policyName } = this.scaling.trackMath("backlog-per-task", {
        ...cooldowns,
        metric: metrics.backlogPerTask,
        target: Math.min(Math.max(expectedTarget, minTarget), maxTarget),
        targetOwner: "the target function",
      });
      this.policyArn = policyArn;
      this.targetFunction = this.#moveTarget(props, { policyName, minTarget, maxTarget });
    }

    const { policyArn } = this.scaling.addSteps("first-tasks", {
      steps: firstTasks(expectedTarget, worker.maxTasks),
      // Long enough for the tasks to start and to ask for messages: the alarm acts each minute until then.
      cooldownSeconds: Math.max(scaleOutCooldownSeconds, START_SECONDS),
    });
    new Alarm(this, "first-tasks-needed", {
      description:
        "Messages wait and nobody takes any: target tracking would begin with one task, and wait for minutes.",
      metric: metrics.untouched,
      threshold: { above: 0 },
      treatMissingData: "notBreaching",
      actions: [policyArn],
    });
  }

  #moveTarget(
    { workers, queueName, namespace, parameters, alarmTopic }: TaskCountProps,
    policy: { readonly policyName: string; readonly minTarget: number; readonly maxTarget: number },
  ): ScheduledFunction<typeof targetEnvironment> {
    const { worker, tracking, latencySeconds } = parameters;
    const target = new ScheduledFunction(this, "target", {
      description: "Sets the target of the backlog per task to what the tasks work off in time.",
      entry: join(__dirname, "runtime/target/handler.ts"),
      schedule: "rate(1 hour)",
      timeoutSeconds: 60,
      // Of a run that is later still, the next one does the work.
      maxEventAgeSeconds: 3600,
      environment: {
        schema: targetEnvironment,
        values: {
          POLICY_NAME: policy.policyName,
          RESOURCE_ID: workers.resourceId,
          QUEUE_NAME: queueName,
          METRIC_NAMESPACE: namespace,
          LATENCY_SECONDS: String(latencySeconds),
          MESSAGES_AT_ONCE: String(worker.messagesAtOnce),
          LOOK_BACK_HOURS: String(tracking.lookBackHours ?? LOOK_BACK_HOURS),
          MIN_TARGET: String(policy.minTarget),
          MAX_TARGET: String(policy.maxTarget),
          CHANGE_PERCENT: String(tracking.changePercent ?? CHANGE_PERCENT),
        },
      },
      alarmTopic,
    });
    target.grantPutMetrics(namespace);
    target.grant({ actions: ["cloudwatch:GetMetricData"], resources: ["*"] });
    this.scaling.grantSetTarget(target);
    return target;
  }
}

/**
 * Steps from no task on, doubling: as many tasks as work off the waiting messages in time, if they take as long as is
 * expected.
 */
function firstTasks(messagesPerTask: number, maxTasks: number): { from: number; add: number }[] {
  const steps = [{ from: 0, add: 1 }];
  for (let add = 2; add <= maxTasks; add *= 2) steps.push({ from: Math.ceil(add * Math.max(messagesPerTask, 1)), add });
  return steps.filter(({ from }) => from <= HIGHEST_STEP);
}
