import fc from "fast-check";
import { countingUpdates, minimumGrowth, nextFreeUpdate, remainingUpdates } from "./update-budget";

const HOUR = 60 * 60 * 1000;
const now = Date.UTC(2030, 0, 2);

describe("the budget of UpdateShardCount", () => {
  test("a call counts for 24 hours and is free again after that", () => {
    expect(remainingUpdates([now - 24 * HOUR + 1], now, 10)).toBe(9);
    expect(remainingUpdates([now - 24 * HOUR], now, 10)).toBe(10);
  });

  test("when it is used up, the next is free a day after the oldest that counts", () => {
    expect(nextFreeUpdate([now - 30 * HOUR, now - 20 * HOUR, now - HOUR], now)).toBe(now + 4 * HOUR);
  });

  test("it is never below zero, and calls plus what is left make the quota", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: now - 48 * HOUR, max: now })),
        fc.integer({ min: 1, max: 50 }),
        (updates, perDay) => {
          const left = remainingUpdates(updates, now, perDay);
          expect(left).toBe(Math.max(0, perDay - countingUpdates(updates, now).length));
        },
      ),
    );
  });

  test("the fewer calls are left, the further a scale-out has to reach", () => {
    expect([10, 6, 5, 3, 2, 1].map((left) => minimumGrowth(left, 10))).toEqual([1, 1, 1.5, 1.5, 2, 2]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 100 }), (left, perDay) => {
        expect(minimumGrowth(left, perDay)).toBeGreaterThanOrEqual(minimumGrowth(left + 1, perDay));
      }),
    );
  });
});
