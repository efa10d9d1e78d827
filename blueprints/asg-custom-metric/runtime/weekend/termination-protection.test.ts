import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Pace } from "./pace";
import { TerminationProtection } from "./termination-protection";

test("calls that read and calls that change something wait for their own turns, and can be ended", async () => {
  const steps: unknown[] = [];
  const { signal } = new AbortController();
  const pace = (name: string) => ({ turn: async (given: AbortSignal) => steps.push([name, given]) }) as unknown as Pace;
  const send = async (command: object, options: object) => {
    steps.push([command.constructor.name, options]);
    return {};
  };
  const paces = { reads: pace("reads"), changes: pace("changes") };
  const protection = new TerminationProtection({ send } as unknown as EC2Client, paces);
  expect(await protection.isOn("i-0001", signal)).toBe(false);
  await protection.set("i-0001", true, signal);
  expect(steps).toEqual([
    ["reads", signal],
    ["DescribeInstanceAttributeCommand", { abortSignal: signal }],
    ["changes", signal],
    ["ModifyInstanceAttributeCommand", { abortSignal: signal }],
  ]);
});
