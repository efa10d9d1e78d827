import type { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import type { Construct } from "constructs";
import type * as z from "zod";
import { NodejsFunction, type NodejsFunctionProps } from "./nodejs-function";
import { Schedule } from "./schedule";

export interface ScheduledFunctionProps<S extends z.ZodType<Record<string, unknown>, Record<string, string>>>
  extends Omit<NodejsFunctionProps<S>, "invocation"> {
  /** When it runs: `rate(1 minute)`, or `cron(0 4 ? * MON *)` with six fields. */
  readonly schedule: string;
  /** IANA time zone that a cron expression is read in, summer time included. @default "UTC" */
  readonly timeZone?: string;
  /** Whether the schedule runs it. @default true */
  readonly enabled?: boolean;
}

/** A function with one schedule of its own. The event is `{ "time": ... }`, the time that the run was due. */
export class ScheduledFunction<
  S extends z.ZodType<Record<string, unknown>, Record<string, string>>,
> extends NodejsFunction<S> {
  /** The schedule, which exists only when the function may work and the schedule may run it. */
  readonly schedule: SchedulerSchedule;

  constructor(scope: Construct, id: string, props: ScheduledFunctionProps<S>) {
    super(scope, id, { ...props, invocation: "asynchronous" });
    const { description, schedule: expression, timeZone, enabled, retryAttempts, maxEventAgeSeconds } = props;
    const timing = { expression, timeZone, enabled, retryAttempts, maxEventAgeSeconds };
    this.schedule = new Schedule(this, "schedule", { target: this, description, ...timing }).schedule;
  }
}
