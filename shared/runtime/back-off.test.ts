import fc from "fast-check";
import { backOff } from "./back-off";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failures = fc.integer({ min: 1, max: 100_000 });
const limits = { first: 5, longest: 900 };

test("it never waits less than half of the first wait, nor longer than the longest", () => {
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const wait = backOff(count, limits, chance);
      expect(wait).toBeGreaterThanOrEqual(2.5);
      expect(wait).toBeLessThanOrEqual(900);
    }),
  );
});

test("no wait is shorter than the one before, until the longest is reached", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), random, random, (count, one, other) => {
      expect(backOff(count + 1, limits, other)).toBeGreaterThanOrEqual(backOff(count, limits, one));
    }),
  );
});

test("it doubles", () => {
  expect([1, 2, 3, 4, 8, 9].map((count) => backOff(count, limits, 1))).toEqual([5, 10, 20, 40, 640, 900]);
});
