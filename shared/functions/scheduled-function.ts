import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import type { Construct } from "constructs";
import type * as z from "zod";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { ServiceRole } from "../security/service-role";
import { NodejsFunction, type NodejsFunctionProps } from "./nodejs-function";

export interface ScheduledFunctionProps<S extends z.ZodType<Record<string, unknown>, Record<string, string>>>
  extends Omit<NodejsFunctionProps<S>, "invocation"> {
  /** When it runs: `rate(1 minute)`, or `cron(0 4 ? * MON *)` with six fields. */
  readonly schedule: string;
  /** IANA time zone that a cron expression is read in, summer time included. @default "UTC" */
  readonly timeZone?: string;
}

/** The event that a scheduled function is invoked with. */
const SCHEDULED_EVENT = { time: "<aws.scheduler.scheduled-time>" };

/**
 * A function that EventBridge Scheduler runs. The event is `{ "time": ... }`, the time that the run was due, which a
 * retried or late run gets unchanged: what the handler does can depend on it and not on a clock.
 */
export class ScheduledFunction<
  S extends z.ZodType<Record<string, unknown>, Record<string, string>>,
> extends NodejsFunction<S> {
  /** The schedule, which exists only when the function may work and the schedule may run it. */
  readonly schedule: SchedulerSchedule;

  constructor(scope: Construct, id: string, props: ScheduledFunctionProps<S>) {
    super(scope, id, { ...props, invocation: "asynchronous" });
    const stack = BlueprintStack.of(this);
    const deadLetterQueueArn = this.deadLetterQueue?.arn ?? "";

    const role = new ServiceRole(this, "schedule-role", {
      service: "scheduler.amazonaws.com",
      description: `Lets EventBridge Scheduler run the function ${stack.nameOf("function", this)}`,
      // Scheduler sends the group's ARN, not the schedule's:
      // docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      sourceArns: [stack.arnOf("scheduler", "schedule-group/default")],
    });
    role.grant({ actions: ["lambda:InvokeFunction"], resources: [this.arn] });
    role.grant({ actions: ["sqs:SendMessage"], resources: [deadLetterQueueArn] });

    const schedule = new SchedulerSchedule(this, "schedule", {
      name: stack.nameOf("schedule", this),
      description: props.description,
      scheduleExpression: props.schedule,
      scheduleExpressionTimezone: props.timeZone ?? "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: this.arn,
        roleArn: role.arn,
        input: JSON.stringify(SCHEDULED_EVENT),
        deadLetterConfig: { arn: deadLetterQueueArn },
        retryPolicy: {
          maximumRetryAttempts: props.retryAttempts ?? 2,
          maximumEventAgeInSeconds: props.maxEventAgeSeconds ?? 21600,
        },
      },
    });
    // A schedule that begins before it may invoke, or a function before it may work, fills the dead-letter queue.
    role.grantBefore(schedule);
    this.role.grantBefore(schedule);
    this.schedule = schedule;
  }
}
