import { readEnvironment } from "../../../../shared/runtime/environment";
import { weekendEnvironment } from "./configuration";

const WEEK = { min: 1, desired: 2, max: 4 };
const group = (more: object = {}) => ({ groupName: "orders", week: WEEK, weekend: WEEK, ...more });
const read = (groups: unknown) => readEnvironment(weekendEnvironment, { GROUPS: JSON.stringify(groups) });

describe("the function's variables", () => {
  test("are the groups' sizes", () => {
    expect(read([group()])).toEqual({ GROUPS: [group()] });
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
    expect(() => readEnvironment(weekendEnvironment, { GROUPS: "orders" })).toThrow("GROUPS: must be JSON");
    expect(() => readEnvironment(weekendEnvironment, {})).toThrow(/GROUPS: /);
  });
});
