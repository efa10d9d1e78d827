import { readEnvironment } from "../../../../shared/runtime/environment";
import { weekendEnvironment } from "./configuration";

const WEEK = { min: 1, desired: 2, max: 4 };
const group = (more: object = {}) => ({ groupName: "orders", week: WEEK, weekend: WEEK, ...more });
const read = (groups: unknown, protection = "true") =>
  readEnvironment(weekendEnvironment, { GROUPS: JSON.stringify(groups), TERMINATION_PROTECTION: protection });

describe("the function's variables", () => {
  test("are the groups' sizes, and whether servers have termination protection", () => {
    expect(read([group()])).toEqual({ GROUPS: [group()], TERMINATION_PROTECTION: true });
    expect(read([group()], "false").TERMINATION_PROTECTION).toBe(false);
  });

  test.each<[string, unknown, string]>([
    ["no groups", [], "GROUPS: Too small"],
    ["sizes out of order", [group({ weekend: { min: 1, desired: 5, max: 4 } })], "GROUPS.0.weekend: must have min <="],
    ["a group without a name", [group({ groupName: "" })], "GROUPS.0.groupName: "],
    ["a negative size", [group({ week: { min: -1, desired: 2, max: 4 } })], "GROUPS.0.week.min: "],
  ])("with %s are refused by name", (_, groups, message) => {
    expect(() => read(groups)).toThrow(message);
  });

  test("that are no JSON, or missing, are refused", () => {
    expect(() => readEnvironment(weekendEnvironment, { GROUPS: "orders", TERMINATION_PROTECTION: "true" })).toThrow(
      "GROUPS: must be JSON",
    );
    expect(() => readEnvironment(weekendEnvironment, {})).toThrow(/GROUPS: .*TERMINATION_PROTECTION: /);
  });
});
