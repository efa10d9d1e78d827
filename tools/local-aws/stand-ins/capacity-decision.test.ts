import fc from "fast-check";
import { decideCapacity, type PolicyVerdict } from "./capacity-decision";

const bounds = { minCapacity: 0, maxCapacity: 10 };
const tracking = (capacity?: number): PolicyVerdict => ({
  policyName: "backlog",
  kind: "target tracking",
  capacity,
  reason: "tracks",
});
const step = (capacity?: number): PolicyVerdict => ({ policyName: "first", kind: "step", capacity, reason: "steps" });
const running = (count: number) => ({ desired: count, actual: count });

test("the largest capacity wins, and says why", () => {
  expect(decideCapacity(running(2), bounds, [tracking(4), step(6)])).toEqual({
    requested: 6,
    reason: "backlog: tracks; first: steps",
  });
  expect(decideCapacity(running(2), bounds, [tracking(4), step(20)]).requested).toBe(10);
  expect(decideCapacity(running(2), bounds, [])).toEqual({ reason: "there is no policy" });
});

test("it scales in only when every target tracking policy that scales in asks for it", () => {
  expect(decideCapacity(running(5), bounds, [tracking(3), tracking(2), step()]).requested).toBe(3);
  expect(decideCapacity(running(5), bounds, [tracking(3), tracking()]).requested).toBeUndefined();
  expect(decideCapacity(running(5), bounds, [tracking(3), { ...tracking(), scalesIn: false }]).requested).toBe(3);
  expect(decideCapacity(running(5), bounds, [tracking(3), step(6)]).requested).toBe(6);
});

test("a policy counts from what runs, and does not take away what is still to come, nor start what is still to go", () => {
  expect(decideCapacity({ desired: 5, actual: 1 }, bounds, [tracking(3)]).requested).toBeUndefined();
  expect(decideCapacity({ desired: 5, actual: 1 }, bounds, [tracking(6)]).requested).toBe(6);
  expect(decideCapacity({ desired: 1, actual: 4 }, bounds, [tracking(3)]).requested).toBeUndefined();
});

test("what is suspended does not happen; during a deployment nothing is taken away", () => {
  const suspended = { ...bounds, scaleOutSuspended: true, scaleInSuspended: true };
  expect(decideCapacity(running(2), suspended, [tracking(4)]).reason).toMatch(/^scaling out is suspended/);
  expect(decideCapacity(running(2), suspended, [tracking(1)]).reason).toMatch(/^scaling in is suspended/);
  const deploying = { ...bounds, deploying: true };
  expect(decideCapacity(running(2), deploying, [tracking(1)]).reason).toMatch(/^a deployment is in progress/);
  expect(decideCapacity(running(2), deploying, [tracking(4)]).requested).toBe(4);
});

test("a desired count that is out of bounds is brought back first", () => {
  expect(decideCapacity(running(0), { minCapacity: 2, maxCapacity: 10 }, []).requested).toBe(2);
  expect(decideCapacity(running(20), bounds, [tracking(30)]).requested).toBe(10);
});

test("it never asks for what is there, nor for what is out of bounds", () => {
  const count = fc.integer({ min: 0, max: 30 });
  const verdict = fc.option(count, { nil: undefined });
  fc.assert(
    fc.property(count, count, fc.array(verdict), fc.array(verdict), (desired, actual, trackings, steps) => {
      const verdicts = [...trackings.map(tracking), ...steps.map(step)];
      const { requested } = decideCapacity({ desired, actual }, bounds, verdicts);
      if (requested === undefined) return;
      expect(requested).not.toBe(desired);
      expect(requested).toBeGreaterThanOrEqual(bounds.minCapacity);
      expect(requested).toBeLessThanOrEqual(bounds.maxCapacity);
    }),
  );
});
