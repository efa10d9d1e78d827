import { readEnvironment } from "../../../../shared/runtime/environment";
import { targetEnvironment } from "./configuration";

const variables = {
  POLICY_NAME: "backlog",
  RESOURCE_ID: "service/work/workers",
  QUEUE_NAME: "work.fifo",
  METRIC_NAMESPACE: "SqsTargetTracking/work",
  LATENCY_SECONDS: "60",
  MESSAGES_AT_ONCE: "1",
  LOOK_BACK_HOURS: "24",
  MIN_TARGET: "0.1",
  MAX_TARGET: "10000",
  CHANGE_PERCENT: "10",
};
const read = (more: object) => readEnvironment(targetEnvironment, { ...variables, ...more });

describe("the target function's variables", () => {
  test("are numbers where they count", () => {
    expect(read({})).toMatchObject({ LATENCY_SECONDS: 60, LOOK_BACK_HOURS: 24, MIN_TARGET: 0.1, MAX_TARGET: 10_000 });
  });

  test.each([
    ["RESOURCE_ID", "workers"],
    ["LATENCY_SECONDS", "0"],
    ["MESSAGES_AT_ONCE", "1.5"],
    ["LOOK_BACK_HOURS", "337"],
    ["MIN_TARGET", "0"],
    ["MAX_TARGET", "0.01"],
    ["CHANGE_PERCENT", "101"],
    ["POLICY_NAME", undefined],
  ])("%s: %p is refused by name", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(`${name}: `);
  });
});
