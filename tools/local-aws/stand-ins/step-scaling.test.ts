import fc from "fast-check";
import { type Step, stepAdjustment } from "./step-scaling";

// AWS' example, around a threshold of 50.
const out: Step[] = [
  { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 0 },
  { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 10 },
  { MetricIntervalLowerBound: 20, ScalingAdjustment: 30 },
];
const back: Step[] = [
  { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: 0 },
  { MetricIntervalLowerBound: -20, MetricIntervalUpperBound: -10, ScalingAdjustment: -10 },
  { MetricIntervalUpperBound: -20, ScalingAdjustment: -30 },
];

test("a step above the threshold begins at its lower bound, and ends before its upper one", () => {
  expect([50, 59, 60, 69, 70, 1000].map((value) => stepAdjustment(out, 50, value))).toEqual([0, 0, 10, 10, 30, 30]);
});

test("a step below the threshold ends at its upper bound, and begins after its lower one", () => {
  expect([49, 41, 40, 31, 30, 0].map((value) => stepAdjustment(back, 50, value))).toEqual([0, 0, -10, -10, -30, -30]);
});

test("a value that no step is for changes nothing", () => {
  expect(stepAdjustment(out, 50, 49)).toBeUndefined();
  expect(stepAdjustment([], 50, 60)).toBeUndefined();
});

test("every value falls in a step where steps have no gaps", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const all = [...back.filter((one) => one.MetricIntervalUpperBound !== 0), ...out].concat({
        MetricIntervalLowerBound: -10,
        MetricIntervalUpperBound: 0,
        ScalingAdjustment: 0,
      });
      expect(stepAdjustment(all, 50, value)).toBeDefined();
    }),
  );
});
