import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { ServiceRole } from "../security/service-role";
import type { NodejsFunction } from "./nodejs-function";

export interface ScheduleProps {
  /** Invoked asynchronously: what cannot be delivered goes to its dead-letter queue. */
  readonly target: NodejsFunction;
  /** What happens then, in the account's list of schedules. At most 512 characters. */
  readonly description: string;
  /** When it runs: `rate(1 minute)`, or `cron(0 4 ? * MON *)` with six fields. */
  readonly expression: string;
  /** IANA time zone that a cron expression is read in, summer time included. @default "UTC" */
  readonly timeZone?: string;
  /** What the event holds beside `time`. @default - nothing */
  readonly input?: Readonly<Record<string, string>>;
  /** Whether it runs at all. @default true */
  readonly enabled?: boolean;
  /** How often a run that could not be delivered is tried again, 0..185. @default 2 */
  readonly retryAttempts?: number;
  /** Seconds after which a run is too old to be delivered, 60..86400. @default 21600 */
  readonly maxEventAgeSeconds?: number;
}

/**
 * Runs a function by EventBridge Scheduler. The event is `{ "time": ... }` and the input: the time that the run was due,
 * which a retried or late run gets unchanged, so that what the handler does can depend on it and not on a clock.
 */
export class Schedule extends Construct {
  readonly scheduleName: string;
  /** The schedule, which exists only when the function may work and the schedule may run it. */
  readonly schedule: SchedulerSchedule;

  /** @throws Error when the function is not invoked asynchronously, and so has no dead-letter queue */
  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { target } = props;
    if (!target.deadLetterQueue) {
      throw new Error(`${this.node.path}: the function ${target.node.path} must be invoked asynchronously`);
    }
    this.scheduleName = stack.nameOf("schedule", this);
    const role = new ServiceRole(this, "role", {
      service: "scheduler.amazonaws.com",
      description: `Lets EventBridge Scheduler run ${this.scheduleName}`,
      // Scheduler sends the group's ARN, not the schedule's:
      // docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      sourceArns: [stack.arnOf("scheduler", "schedule-group/default")],
    });
    role.grant({ actions: ["lambda:InvokeFunction"], resources: [target.arn] });
    role.grant({ actions: ["sqs:SendMessage"], resources: [target.deadLetterQueue.arn] });

    this.schedule = new SchedulerSchedule(this, "schedule", {
      name: this.scheduleName,
      description: props.description,
      scheduleExpression: props.expression,
      scheduleExpressionTimezone: props.timeZone ?? "UTC",
      state: (props.enabled ?? true) ? undefined : "DISABLED",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: target.arn,
        roleArn: role.arn,
        input: JSON.stringify({ time: "<aws.scheduler.scheduled-time>", ...props.input }),
        deadLetterConfig: { arn: target.deadLetterQueue.arn },
        retryPolicy: {
          maximumRetryAttempts: props.retryAttempts ?? 2,
          maximumEventAgeInSeconds: props.maxEventAgeSeconds ?? 21600,
        },
      },
    });
    // A schedule that begins before it may invoke, or a function before it may work, fills the dead-letter queue.
    role.grantBefore(this.schedule);
    target.role.grantBefore(this.schedule);
  }
}
