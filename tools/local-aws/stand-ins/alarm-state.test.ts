import { evaluationRange, isInAlarm } from "./alarm-state";

const rule = { threshold: 1, comparisonOperator: "GreaterThanOrEqualToThreshold", evaluationPeriods: 3 };
/** 0 is within the threshold, X is not, - is missing; the oldest first, as AWS writes it. */
const points = (text: string) => text.split(" ").map((one) => (one === "-" ? undefined : one === "X" ? 1 : 0));

// The tables of docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html; "keep" is the state
// that the alarm was in.
test.each([
  ["0 - X - X", 3, false, false, false, false],
  ["0 - - - -", 3, false, false, false, false],
  ["- - - - -", 3, false, "keep", true, false],
  ["0 X X - X", 3, true, true, true, true],
  ["- - X - -", 3, true, "keep", true, false],
  ["0 - X - X", 2, true, true, true, true],
  ["0 0 X 0 X", 2, true, true, true, true],
  ["0 - X - -", 2, false, false, true, false],
  ["- - - - 0", 2, false, false, true, false],
  ["- - - X -", 2, true, "keep", true, false],
])("%s with %s of 3: missing %s, ignore %s, breaching %s, notBreaching %s", (text, needed, ...expected) => {
  const treatments = ["missing", "ignore", "breaching", "notBreaching"];
  treatments.forEach((treatMissingData, index) => {
    for (const before of [true, false]) {
      const wanted = expected[index] === "keep" ? before : expected[index];
      expect(isInAlarm({ ...rule, datapointsToAlarm: needed, treatMissingData }, points(text), before)).toBe(wanted);
    }
  });
});

test("one point that has just come is not an alarm on three, and one of one is", () => {
  expect(isInAlarm(rule, points("- - - - X"))).toBe(false);
  expect(isInAlarm({ ...rule, evaluationPeriods: 1 }, points("0 0 X"))).toBe(true);
  expect(isInAlarm({ ...rule, evaluationPeriods: 1 }, points("X X 0"))).toBe(false);
  expect(evaluationRange(rule)).toBe(5);
});

test("each operator compares as it is called", () => {
  const at = (comparisonOperator: string) =>
    [0, 1, 2].map((value) => isInAlarm({ threshold: 1, comparisonOperator, evaluationPeriods: 1 }, [value]));
  expect(at("GreaterThanThreshold")).toEqual([false, false, true]);
  expect(at("GreaterThanOrEqualToThreshold")).toEqual([false, true, true]);
  expect(at("LessThanThreshold")).toEqual([true, false, false]);
  expect(at("LessThanOrEqualToThreshold")).toEqual([true, true, false]);
  expect(() => at("LessThanLowerOrGreaterThanUpperThreshold")).toThrow("is not known here");
});
