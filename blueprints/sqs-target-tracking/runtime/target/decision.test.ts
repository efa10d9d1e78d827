import fc from "fast-check";
import {
  type DurationPoint,
  decideTarget,
  FEWEST_MESSAGES,
  meanDuration,
  OUTLIER_FACTOR,
  type TargetRules,
} from "./decision";

const rules = { latencySeconds: 60, messagesAtOnce: 1, minTarget: 1, maxTarget: 10_000, changePercent: 10 };
/** Messages of one period, by their mean duration. */
const point = (mean: number, count = 10): DurationPoint => ({ sum: mean * count, count });
const day = (mean: number, count = 10) => Array.from({ length: 288 }, () => point(mean, count));
const decide = (
  points: readonly DurationPoint[],
  { current = 12, ...more }: Partial<TargetRules & { current: number }> = {},
) => decideTarget(current, points, { ...rules, ...more });

describe("the target", () => {
  test("is the backlog that a task works off in time", () => {
    expect(decide(day(2))).toEqual({
      target: 30,
      changed: true,
      reason: "30 instead of 12, for messages of 2.00 s",
      messages: 2880,
      meanSeconds: 2,
    });
  });

  test("is that of all messages that a task works on at once", () => {
    expect(decide(day(2), { messagesAtOnce: 4 }).target).toBe(120);
  });

  test("has three digits", () => {
    expect(decide(day(7)).target).toBe(8.57);
    expect(decide(day(0.00723)).target).toBe(8300);
  });

  test("is a fraction of a message, and never zero, where a message takes longer than the latency", () => {
    expect(decide(day(90), { minTarget: 0.1 }).target).toBe(0.667);
    expect(decide(day(90)).target).toBe(1);
    expect(decide(day(43_200), { minTarget: 0.01, latencySeconds: 1 }).target).toBe(0.01);
  });

  test("is the highest that is allowed where messages take no time", () => {
    expect(decide(day(0)).target).toBe(10_000);
    expect(decide(day(0.0001)).target).toBe(10_000);
  });
});

describe("the mean", () => {
  test("gives each period the weight of its messages", () => {
    expect(meanDuration([point(2, 300), point(6, 100)])).toBe(3);
  });

  test("is that of all periods, wherever the newest lies", () => {
    const points = [point(30, 1), ...day(5)];
    expect(meanDuration(points)).toBeCloseTo(5.01, 2);
    expect(meanDuration(points.toReversed())).toBeCloseTo(5.01, 2);
  });

  test("is not decided by a message that hung for twelve hours", () => {
    expect(decide([...day(5), point(43_200, 1)]).changed).toBe(false);
    expect(meanDuration([...day(5), point(43_200, 1)])).toBeCloseTo(5, 1);
  });

  test("counts work that is slower by some times as what it is", () => {
    expect(meanDuration([point(1, 600), point(4, 400)])).toBeCloseTo(2.2);
  });

  test("of a slow majority is not made fast by a fast minority", () => {
    expect(meanDuration([point(1, 400), point(100, 600)])).toBeCloseTo(60.4);
  });

  test("is undefined without a message, and without one that was measured", () => {
    expect(meanDuration([])).toBeUndefined();
    expect(meanDuration([{ sum: 0, count: 0 }])).toBeUndefined();
    expect(meanDuration([{ sum: Number.NaN, count: 5 }])).toBeUndefined();
  });
});

describe("the policy stays as it is", () => {
  test("without a message", () => {
    expect(decide([], { current: 17 })).toMatchObject({
      target: 17,
      changed: false,
      reason: "0 messages were measured, and a target takes 20",
    });
  });

  test("for fewer messages than a target takes, however slow they are", () => {
    expect(decide([point(500, FEWEST_MESSAGES - 1)])).toMatchObject({ target: 12, changed: false });
    expect(decide([point(500, FEWEST_MESSAGES)])).toMatchObject({ target: 1, changed: true });
  });

  test("when it has the target already, even when any change is asked for", () => {
    expect(decide(day(5), { changePercent: 0 })).toMatchObject({
      changed: false,
      reason: "the target is 12 already",
    });
  });

  test("when the change would be small", () => {
    expect(decide(day(60 / 13.1))).toMatchObject({
      target: 12,
      changed: false,
      reason: "13.1 instead of 12, for messages of 4.58 s, would be a change of less than 10 %",
    });
    expect(decide(day(60 / 13.3))).toMatchObject({ target: 13.3, changed: true });
    expect(decide(day(60 / 11))).toMatchObject({ target: 12, changed: false });
    expect(decide(day(60 / 10.8))).toMatchObject({ target: 10.8, changed: true });
  });

  test("when neither twice nor half as much is a change, but not when more is", () => {
    const changed = (target: number) => decide(day(60 / target), { changePercent: 100 }).changed;
    expect([23, 25, 6.5, 5.9].map(changed)).toEqual([false, true, false, true]);
  });

  test("but not outside the limits", () => {
    expect(decide(day(5), { current: 12.5, maxTarget: 12 })).toMatchObject({ target: 12, changed: true });
    expect(decide(day(60), { current: 0.95 })).toMatchObject({ target: 1, changed: true });
  });
});

describe("whatever was measured", () => {
  const seconds = fc.oneof(fc.double({ min: 0, max: 43_200, noNaN: true }), fc.constantFrom(0, 0.001, 5, 43_200));
  const measured = fc
    .record({ mean: seconds, count: fc.integer({ min: 1, max: 10_000 }) })
    .map(({ mean, count }) => point(mean, count));
  const strange = fc.record({
    sum: fc.oneof(fc.constantFrom(Number.NaN, Infinity, -1), fc.double()),
    count: fc.oneof(fc.constantFrom(Number.NaN, Infinity, -1, 0), fc.integer()),
  });
  const limits = fc
    .tuple(fc.double({ min: 0.001, max: 1e6, noNaN: true }), fc.double({ min: 0.001, max: 1e6, noNaN: true }))
    .map(([one, other]) => ({ minTarget: Math.min(one, other), maxTarget: Math.max(one, other) }));
  const anyRules = fc
    .tuple(
      limits,
      fc.record({
        latencySeconds: fc.double({ min: 0.001, max: 43_200, noNaN: true }),
        messagesAtOnce: fc.integer({ min: 1, max: 100 }),
        changePercent: fc.integer({ min: 0, max: 100 }),
      }),
    )
    .map(([some, others]) => ({ ...some, ...others }));
  const current = fc.double({ min: 0.001, max: 1e6, noNaN: true });
  const runs = { numRuns: 1000 };

  test("a new target lies within the limits, also of points that make no sense", () => {
    fc.assert(
      fc.property(current, fc.array(fc.oneof(measured, strange)), anyRules, (now, points, any) => {
        const { target, changed } = decideTarget(now, points, any);
        if (!changed) return expect(target).toBe(now);
        expect(target).toBeGreaterThanOrEqual(any.minTarget);
        expect(target).toBeLessThanOrEqual(any.maxTarget);
      }),
      runs,
    );
  });

  test("slower messages never raise the target", () => {
    const pairs = fc.array(fc.tuple(measured, fc.oneof(fc.constant(0), seconds)), { minLength: 1 });
    fc.assert(
      fc.property(current, pairs, anyRules, (now, all, any) => {
        const before = all.map(([one]) => one);
        const slower = all.map(([{ sum, count }, more]) => ({ sum: sum + more * count, count }));
        expect(decideTarget(now, slower, any).target).toBeLessThanOrEqual(decideTarget(now, before, any).target);
      }),
      runs,
    );
  });

  test("a longer latency never lowers the target", () => {
    fc.assert(
      fc.property(
        current,
        fc.array(measured),
        anyRules,
        fc.double({ min: 1, max: 1000, noNaN: true }),
        (now, points, any, times) => {
          const longer = { ...any, latencySeconds: any.latencySeconds * times };
          const { target } = decideTarget(now, points, any);
          expect(decideTarget(now, points, longer).target).toBeGreaterThanOrEqual(target);
        },
      ),
      runs,
    );
  });

  test("no period with less than half of the messages takes the mean beyond five times the slowest of the others", () => {
    fc.assert(
      fc.property(fc.array(measured, { minLength: 1 }), measured, (others, { sum }) => {
        const messages = others.reduce((total, { count }) => total + count, 0);
        if (messages < 2) return;
        const outlier = { sum: sum * 1000, count: Math.ceil(messages / 2) };
        const slowest = Math.max(...others.map((one) => one.sum / one.count));
        expect(meanDuration([...others, outlier])).toBeLessThanOrEqual(OUTLIER_FACTOR * slowest * (1 + 1e-9));
      }),
      runs,
    );
  });

  test("a small difference does not change the policy, and what is changed is not changed again", () => {
    fc.assert(
      fc.property(current, fc.array(measured), anyRules, (now, points, any) => {
        const { target, changed } = decideTarget(now, points, any);
        expect(decideTarget(target, points, any).changed).toBe(false);
        if (!changed || now < any.minTarget || now > any.maxTarget) return;
        expect(Math.abs(target - now) / Math.min(target, now)).toBeGreaterThanOrEqual(
          (any.changePercent / 100) * (1 - 1e-9),
        );
      }),
      runs,
    );
  });
});
