import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import type { ClientConfig, DeployedCode } from "../../../shared/testing/scenario";

/**
 * Stands in for EventBridge Scheduler: runs the target of a schedule that is deployed and enabled once, with the input
 * that it is deployed with and the scheduled time filled in.
 */
export async function runSchedule(
  config: ClientConfig,
  functionNamed: (name: string) => Promise<DeployedCode>,
  name: string,
  time: Date,
): Promise<unknown> {
  const { State, Target } = await new SchedulerClient(config).send(new GetScheduleCommand({ Name: name }));
  if (State !== "ENABLED") throw new Error(`The schedule ${name} is ${State}`);
  const functionName = Target?.Arn?.split(":function:")[1];
  if (!functionName) throw new Error(`The schedule ${name} does not run a function: ${Target?.Arn}`);
  const scheduled = `${time.toISOString().slice(0, 19)}Z`;
  const event = JSON.parse((Target?.Input ?? "{}").replaceAll("<aws.scheduler.scheduled-time>", scheduled));
  return (await functionNamed(functionName)).invoke(event);
}
