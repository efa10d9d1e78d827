import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readParameters } from "../../shared/blueprint/parameters";
import { parametersFilesOf } from "../../shared/testing/parameters-files";
import schema from "./parameters";

const read = (value: unknown) =>
  readParameters(typeof value === "string" ? value : JSON.stringify(value), schema, {
    stackName: "states",
    file: "p.json",
  });

describe("the parameters of remote-state", () => {
  test.each(parametersFilesOf(__dirname))("%s, which comes with the blueprint, is right", (file) => {
    expect(read(readFileSync(join(__dirname, file), "utf8")).mistakes).toBeUndefined();
  });

  test("nothing has to be said: no policies, twenty old versions, ninety days", () => {
    expect(read({})).toMatchObject({
      parameters: { policiesFor: [], oldVersionsKept: 20, oldVersionDays: 90, retainData: true },
    });
  });

  test.each(["kinesis-scaler", "ha-jenkins*", "ha-jenkins-*", "platform/*", "platform/eu/orders", "x", "*"])(
    "policies may be for %s",
    (states) => expect(read({ policiesFor: [states] }).mistakes).toBeUndefined(),
  );

  test.each<[string, unknown, string]>([
    ["an empty name", { policiesFor: [""] }, "policiesFor[0] must be a stack's name such as kinesis-scaler"],
    ["a capital letter", { policiesFor: ["Orders"] }, "policiesFor[0] must be a stack's name such as kinesis-scaler"],
    ["an asterisk inside", { policiesFor: ["a*b"] }, "policiesFor[0] must be a stack's name such as kinesis-scaler"],
    ["a leading slash", { policiesFor: ["/x"] }, "policiesFor[0] must be a stack's name such as kinesis-scaler"],
    ["a folder alone", { policiesFor: ["platform/"] }, "policiesFor[0] must be a stack's name such as kinesis-scaler"],
    ["the same twice", { policiesFor: ["x", "y", "x"] }, 'policiesFor must be a list without repetition; "x" is in it'],
    ["a text", { policiesFor: "x" }, "policiesFor must be a list of 0..100 items"],
    ["no old versions", { oldVersionsKept: 0 }, "oldVersionsKept must be a whole number, 1..100, got 0"],
    ["too many for S3", { oldVersionsKept: 101 }, "oldVersionsKept must be a whole number, 1..100, got 101"],
    ["days in words", { oldVersionDays: "90" }, 'oldVersionDays must be a whole number, 1..3650, got "90"'],
    [
      "somebody to notify",
      { notificationEmail: "a@example.com" },
      "notificationEmail is not a parameter; known: region",
    ],
  ])("%s is a mistake that says what is allowed", (_, value, message) => {
    expect(read(value).mistakes).toEqual([expect.stringContaining(message)]);
  });
});
