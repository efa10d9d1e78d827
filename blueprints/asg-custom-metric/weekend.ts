import { join } from "node:path";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { NodejsFunction } from "../../shared/functions/nodejs-function";
import { Schedule } from "../../shared/functions/schedule";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Parameters } from "./parameters";
import { type GroupSizes, MAX_EVENT_AGE_SECONDS, weekendEnvironment } from "./runtime/weekend/configuration";
import type { Tier } from "./tier";

/** The function waits for servers that are starting or going: Lambda's longest. */
const TIMEOUT_SECONDS = 900;

export interface WeekendProps {
  readonly tiers: readonly Tier[];
  readonly groupTag: Readonly<Record<string, string>>;
  readonly parameters: Parameters;
  readonly alarmTopic: AlarmTopic;
}

/** The function that makes the groups small for the weekend and large again for the week, and its two schedules. */
export class Weekend extends Construct {
  readonly functionName: string;
  readonly starts: Schedule;
  readonly ends: Schedule;

  constructor(scope: Construct, id: string, { tiers, groupTag, parameters, alarmTopic }: WeekendProps) {
    super(scope, id);
    const { weekend, terminationProtection } = parameters;
    const groups = tiers.map(
      ({ group, sizes }): GroupSizes => ({ groupName: group.groupName, week: sizes.week, weekend: sizes.weekend }),
    );
    const target = new NodejsFunction(this, "function", {
      description: "Makes the groups small for the weekend and large again for the week.",
      entry: terminationProtection
        ? join(__dirname, "runtime/weekend/handler-with-termination-protection.ts")
        : join(__dirname, "runtime/weekend/handler.ts"),
      environment: { schema: weekendEnvironment, values: { GROUPS: JSON.stringify(groups) } },
      timeoutSeconds: TIMEOUT_SECONDS,
      invocation: "asynchronous",
      maxEventAgeSeconds: MAX_EVENT_AGE_SECONDS,
      alarmTopic,
    });
    this.functionName = target.functionName;
    const tagged = Object.fromEntries(
      Object.entries(groupTag).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
    );
    target.grant({ actions: ["autoscaling:DescribeAutoScalingGroups"], resources: ["*"] });
    target.grant({
      actions: ["autoscaling:SetInstanceProtection", "autoscaling:UpdateAutoScalingGroup"],
      resources: tiers.map(({ group }) => group.arnPattern),
      conditions: { StringEquals: tagged },
    });
    if (terminationProtection) {
      const servers = { resources: [BlueprintStack.of(this).arnOf("ec2", "instance/*")] };
      target.grant({
        ...servers,
        actions: ["ec2:DescribeInstanceAttribute"],
        conditions: { StringEquals: tagged },
      });
      target.grant({
        ...servers,
        actions: ["ec2:ModifyInstanceAttribute"],
        conditions: {
          StringEquals: tagged,
          // How EC2 spells it here is documented nowhere.
          StringEqualsIgnoreCase: { "ec2:Attribute": "DisableApiTermination" },
        },
      });
    }
    const { startDay, startTime, endDay, endTime, timeZone } = weekend;
    const schedule = (name: string, period: "weekend" | "week", description: string, day: string, time: string) =>
      new Schedule(this, name, {
        target,
        description,
        expression: weekly(day, time),
        timeZone,
        input: { period },
        maxEventAgeSeconds: MAX_EVENT_AGE_SECONDS,
      });
    this.starts = schedule("starts", "weekend", "The groups shrink for the weekend.", startDay, startTime);
    this.ends = schedule("ends", "week", "The groups get their sizes of the week back.", endDay, endTime);
  }
}

/** `SAT`, `04:30` is `cron(30 4 ? * SAT *)`. */
function weekly(day: string, time: string): string {
  const [hour, minute] = time.split(":").map(Number);
  return `cron(${minute} ${hour} ? * ${day} *)`;
}
