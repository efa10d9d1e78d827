import fc from "fast-check";
import { finishSeconds } from "./stop-times";

test("of Fargate's two minutes ten seconds are kept for the end", () => {
  expect(finishSeconds(120)).toBe(110);
});

test("there is always some time for both, of the longest stop timeout and of the shortest", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), (stopTimeout) => {
      expect(finishSeconds(stopTimeout)).toBeGreaterThan(0);
      expect(stopTimeout - finishSeconds(stopTimeout)).toBeGreaterThan(0);
    }),
  );
});
