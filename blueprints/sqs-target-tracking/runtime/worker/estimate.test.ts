import fc from "fast-check";
import { DurationEstimate } from "./estimate";

test("as long as no message was done, one is expected to take what the deployment says", () => {
  expect(new DurationEstimate(5).seconds).toBe(5);
});

test("then it is the mean of the last hundred", () => {
  const estimate = new DurationEstimate(5);
  for (const seconds of [1, 3]) estimate.add(seconds);
  expect(estimate.seconds).toBe(2);
  for (let count = 0; count < 100; count++) estimate.add(10);
  expect(estimate.seconds).toBe(10);
});

test("it lies between the shortest and the longest", () => {
  const durations = fc.array(fc.double({ min: 0.001, max: 43_200, noNaN: true }), { minLength: 1, maxLength: 250 });
  fc.assert(
    fc.property(durations, (all) => {
      const estimate = new DurationEstimate(1);
      for (const seconds of all) estimate.add(seconds);
      const last = all.slice(-100);
      expect(estimate.seconds).toBeGreaterThanOrEqual(Math.min(...last) * (1 - 1e-9));
      expect(estimate.seconds).toBeLessThanOrEqual(Math.max(...last) * (1 + 1e-9));
    }),
  );
});
