import fc from "fast-check";
import { targetTracking } from "./target-tracking";

const policy = { target: 75, minCapacity: 1, maxCapacity: 100, scaleIn: true };
const minutes = (value: number, count: number) => Array.from({ length: count }, () => value);

describe("the stand-in for target tracking", () => {
  test("scales out in proportion and rounds up, as AWS documents: 10 at 150 for a target of 100 become 15", () => {
    expect(targetTracking({ ...policy, target: 100 }, 10, minutes(150, 3)).capacity).toBe(15);
    expect(targetTracking(policy, 2, minutes(80, 3)).capacity).toBe(3);
  });

  test("waits for three minutes above the target", () => {
    expect(targetTracking(policy, 2, minutes(80, 2)).capacity).toBeUndefined();
    expect(targetTracking(policy, 2, [80, 70, 80]).capacity).toBeUndefined();
    expect(targetTracking(policy, 2, minutes(75, 3)).capacity).toBeUndefined();
  });

  test("waits for fifteen minutes below nine tenths of the target before it scales in", () => {
    expect(targetTracking(policy, 4, minutes(20, 14)).capacity).toBeUndefined();
    expect(targetTracking(policy, 4, minutes(20, 15)).capacity).toBe(2);
    expect(targetTracking(policy, 4, minutes(70, 15)).capacity).toBeUndefined();
  });

  test("scales in to nothing only when the metric is 0, and where nothing is allowed", () => {
    const fromNone = { ...policy, minCapacity: 0 };
    expect(targetTracking(fromNone, 4, minutes(0, 15)).capacity).toBe(0);
    expect(targetTracking(fromNone, 4, minutes(0.1, 15)).capacity).toBe(1);
    expect(targetTracking(policy, 4, minutes(0, 15)).capacity).toBe(1);
  });

  test("begins with one where nothing runs, after a single minute above the target", () => {
    const fromNone = { ...policy, minCapacity: 0 };
    expect(targetTracking(fromNone, 0, [1000])).toEqual({ capacity: 1, reason: "above 75 for 1 minute, now 1000.0" });
    expect(targetTracking(fromNone, 0, [75]).capacity).toBeUndefined();
  });

  test("does not scale in where that is off, nor without data", () => {
    expect(targetTracking({ ...policy, scaleIn: false }, 4, minutes(0, 15)).capacity).toBeUndefined();
    expect(targetTracking(policy, 4, [])).toEqual({ reason: "no data points" });
  });

  test("stays within the bounds, and never scales in so far that the target would be passed", () => {
    const points = fc.array(fc.float({ min: 0, max: 500, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), points, (capacity, values) => {
        const { capacity: wanted } = targetTracking(policy, capacity, values);
        if (wanted === undefined) return;
        expect(wanted).toBeGreaterThanOrEqual(policy.minCapacity);
        expect(wanted).toBeLessThanOrEqual(policy.maxCapacity);
        if (wanted < capacity) expect(((values[0] ?? 0) * capacity) / wanted).toBeLessThanOrEqual(policy.target + 1e-9);
      }),
    );
  });
});
