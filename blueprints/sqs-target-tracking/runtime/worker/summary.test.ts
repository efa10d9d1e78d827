import fc from "fast-check";
import { DurationSummary } from "./summary";

const seconds = fc.double({ min: 0, max: 43_200, noNaN: true });
const summaryOf = (durations: readonly number[]) => {
  const summary = new DurationSummary();
  for (const one of durations) summary.add(one);
  return summary.data();
};

test("every duration is counted once, and the mean stays within half a percent", () => {
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 500 }), (durations) => {
      const values = summaryOf(durations).flatMap(({ Values, Counts }) =>
        Values.map((value, index) => ({ value, count: Counts[index] as number })),
      );
      expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(durations.length);
      const sum = durations.reduce((total, one) => total + one, 0);
      const published = values.reduce((total, { value, count }) => total + value * count, 0);
      expect(Math.abs(published - sum)).toBeLessThanOrEqual(sum * 0.005 + 1e-6 * durations.length);
    }),
  );
});

test("a datum has 150 unique values at most, and all the durations there are fit into one call", () => {
  const all = Array.from({ length: 300_000 }, (_, index) => 1e-7 * 10 ** ((index / 300_000) * 12));
  const data = summaryOf(all);
  expect(data.length).toBeLessThanOrEqual(100);
  for (const { Values, Counts } of data) {
    expect(Values.length).toBeLessThanOrEqual(150);
    expect(Counts.length).toBe(Values.length);
    expect(new Set(Values).size).toBe(Values.length);
  }
});

test("the same duration takes one value, however often it was measured", () => {
  expect(summaryOf([0.25, 0.25, 0.2501, 5])).toEqual([{ Values: [0.25, 5], Counts: [3, 1] }]);
});

test("work that takes no time is above zero, which a mean can be divided by", () => {
  expect(summaryOf([0])).toEqual([{ Values: [0.000001], Counts: [1] }]);
});
