import fc from "fast-check";
import { type DecisionInput, decide, nextShardCount, type ScalingState } from "./scaling-decision";

const HOUR = 60 * 60 * 1000;
const now = Date.UTC(2030, 0, 2, 12);
const updatesAgo = (...hours: number[]) => hours.map((one) => now - one * HOUR);

const input = (
  openShards: number,
  request: number | undefined,
  more: {
    state?: Partial<ScalingState>;
    stream?: Partial<DecisionInput["stream"]>;
    rules?: Partial<DecisionInput["rules"]>;
    max?: number;
    min?: number;
  } = {},
): DecisionInput => ({
  stream: { status: "ACTIVE", mode: "PROVISIONED", openShards, ...more.stream },
  limits: { minShards: more.min ?? 1, maxShards: more.max ?? 100 },
  rules: { scaleIn: true, updatesPerDay: 10, updatesReservedForScaleOut: 5, ...more.rules },
  state: { updates: [], ...more.state },
  request,
  now,
});

describe("the next shard count", () => {
  test.each([
    [1, 2, 2],
    [2, 3, 3],
    [3, 4, 4],
    [4, 5, 5],
    [8, 9, 10],
    [8, 11, 12],
    [6, 8, 9],
    [10, 11, 11],
    [10, 15, 15],
    [4, 20, 8],
    [8, 7, 7],
    [8, 5, 5],
    [8, 4, 4],
    [20, 3, 10],
    [7, 1, 4],
    [2, 1, 1],
  ])("from %i on the way to %i it is %i", (actual, wanted, next) => {
    expect(nextShardCount(actual, wanted, 100)).toBe(next);
  });

  test("it is never rounded beyond the maximum", () => {
    expect(nextShardCount(8, 9, 9)).toBe(9);
  });

  test("growth that the budget demands is kept within double and the maximum", () => {
    expect(nextShardCount(8, 9, 100, 1.5)).toBe(12);
    expect(nextShardCount(8, 9, 100, 2)).toBe(16);
    expect(nextShardCount(8, 9, 11, 2)).toBe(11);
  });
});

describe("a request", () => {
  test("to grow is carried out and reported as in progress", () => {
    expect(decide(input(4, 5))).toEqual({
      update: 5,
      state: { desired: 5, direction: "out", carriedOnAt: now, updates: [now] },
      report: { actual: 4, desired: 5, status: "InProgress" },
    });
  });

  test("for what there is already calls nothing and is successful", () => {
    const decision = decide(input(4, 4));
    expect(decision.update).toBeUndefined();
    expect(decision.report).toEqual({ actual: 4, desired: 4, status: "Successful" });
  });

  test("above the maximum is carried on to the maximum, and says so", () => {
    expect(decide(input(8, 1e9, { max: 10 })).report).toEqual({ actual: 8, desired: 10, status: "InProgress" });
  });

  test("above the maximum of a stream that is there already fails, with the reason", () => {
    expect(decide(input(10, 12, { max: 10 })).report).toEqual({
      actual: 10,
      desired: 10,
      status: "Failed",
      failureReason: "12 shards were asked for; the stream has 10 and may have 1 to 10",
    });
  });

  test("of more than double is carried on step by step by the reads that follow", () => {
    const first = decide(input(2, 11));
    expect([first.update, first.report.desired]).toEqual([4, 11]);
    const second = decide(input(4, undefined, { state: first.state }));
    expect([second.update, second.report.desired, second.report.status]).toEqual([8, 11, "InProgress"]);
    const third = decide(input(8, undefined, { state: second.state }));
    expect([third.update, third.report.desired]).toEqual([12, 12]);
    expect(decide(input(12, undefined, { state: third.state })).report).toEqual({
      actual: 12,
      desired: 12,
      status: "Successful",
    });
  });

  test("of less than half is carried on step by step as well", () => {
    const first = decide(input(20, 3));
    expect([first.update, first.report.desired]).toEqual([10, 3]);
    const second = decide(input(10, undefined, { state: first.state }));
    expect([second.update, second.report.desired]).toEqual([5, 3]);
    expect(decide(input(5, undefined, { state: second.state })).update).toBe(3);
  });

  test("that nobody carried on for an hour is not taken up by a chance read, and is said to have failed", () => {
    const state = { desired: 20, direction: "out", carriedOnAt: now - HOUR, updates: [] } as const;
    const decision = decide(input(8, undefined, { state }));
    expect(decision.update).toBeUndefined();
    expect(decision.report).toEqual({
      actual: 8,
      desired: 8,
      status: "Failed",
      failureReason: "20 shards were asked for and not reached within an hour; the stream has 8",
    });
  });

  test("of many steps is carried on as long as it takes: the hour counts from the last step", () => {
    const first = decide(input(4, 64));
    const second = decide({ ...input(8, undefined, { state: first.state }), now: now + 50 * 60_000 });
    expect(second.update).toBe(16);
    expect(decide({ ...input(16, undefined, { state: second.state }), now: now + 100 * 60_000 }).update).toBe(32);
  });

  test("to grow is over when somebody else made the stream larger still", () => {
    const state = { desired: 10, direction: "out", carriedOnAt: now, updates: [] } as const;
    expect(decide(input(16, undefined, { state })).report).toEqual({ actual: 16, desired: 16, status: "Successful" });
  });

  test("to shrink fails where scale-in is off", () => {
    expect(decide(input(8, 6, { rules: { scaleIn: false } })).report).toMatchObject({
      status: "Failed",
      failureReason: "Scale-in is off: 6 of 8 shards were asked for",
    });
  });

  test("that failed is still told as failed ten minutes long, and forgotten by the next that succeeds", () => {
    const { state } = decide(input(10, 12, { max: 10 }));
    const later = (minutes: number) =>
      decide({ ...input(10, undefined, { state, max: 10 }), now: now + minutes * 60_000 }).report.status;
    expect([later(1), later(9), later(10)]).toEqual(["Failed", "Failed", "Successful"]);
    expect(decide(input(10, 10, { state, max: 10 })).report.status).toBe("Successful");
  });
});

describe("while the stream is not ACTIVE", () => {
  test.each(["UPDATING", "CREATING"])("%s: nothing is called, and the request is kept", (status) => {
    const decision = decide(input(4, 6, { stream: { status } }));
    expect(decision.update).toBeUndefined();
    expect(decision.report).toEqual({ actual: 4, desired: 6, status: "InProgress" });
    expect(decide(input(4, undefined, { state: decision.state })).update).toBe(6);
  });

  test("a read in between keeps the target that is under way", () => {
    const { state } = decide(input(4, 6));
    const read = decide(input(4, undefined, { state, stream: { status: "UPDATING" } }));
    expect(read.report).toEqual({ actual: 4, desired: 6, status: "InProgress" });
    expect(read.state).toEqual(state);
  });

  test("a second request to grow takes nothing back of what the first one's rounding brings", () => {
    const first = decide(input(8, 9));
    expect(first.update).toBe(10);
    const second = decide(input(8, 9, { state: first.state, stream: { status: "UPDATING" } }));
    expect(second.report).toEqual({ actual: 8, desired: 10, status: "InProgress" });
    expect(decide(input(10, undefined, { state: second.state })).report.status).toBe("Successful");
  });

  test("a second request that is larger is carried on to after the first", () => {
    const first = decide(input(8, 9));
    const second = decide(input(8, 14, { state: first.state, stream: { status: "UPDATING" } }));
    expect(decide(input(10, undefined, { state: second.state })).update).toBe(15);
  });

  test("a request to shrink fails at once where scale-in is off", () => {
    const decision = decide(input(8, 4, { stream: { status: "UPDATING" }, rules: { scaleIn: false } }));
    expect(decision.report.status).toBe("Failed");
  });

  test("a resharding that somebody else began is in progress too", () => {
    expect(decide(input(4, undefined, { stream: { status: "UPDATING" } })).report).toEqual({
      actual: 4,
      desired: 4,
      status: "InProgress",
    });
  });

  test("DELETING fails", () => {
    expect(decide(input(4, 6, { stream: { status: "DELETING" } })).report).toMatchObject({
      status: "Failed",
      failureReason: "The stream is being deleted",
    });
  });

  test("a stream in on-demand mode fails: Kinesis sets its shards itself", () => {
    const first = decide(input(4, 6, { stream: { mode: "ON_DEMAND" } }));
    expect(first.report.failureReason).toMatch(/mode is ON_DEMAND/);
    const asked = decide({
      ...input(4, undefined, { stream: { mode: "ON_DEMAND" }, state: first.state }),
      now: now + 1000,
    });
    expect(asked.state).toEqual(first.state);
  });
});

describe("the day's budget", () => {
  test("scale-in uses only what is not reserved", () => {
    const spent = (count: number) => ({
      state: { updates: updatesAgo(...Array.from({ length: count }, (_, index) => index + 1)) },
    });
    expect(decide(input(8, 4, spent(4))).update).toBe(4);
    expect(decide(input(8, 4, spent(5))).report).toMatchObject({
      status: "Failed",
      failureReason: "5 of 10 calls of UpdateShardCount are left for today, and 5 are kept for scale-out",
    });
    expect(decide(input(8, 9, spent(5))).update).toBe(12);
    expect(decide(input(8, 9, spent(8))).update).toBe(16);
  });

  test("when it is used up, a request fails and says when the next call is free", () => {
    const state = { updates: updatesAgo(1, 2, 3, 4, 5, 6, 7, 8, 9, 23) };
    expect(decide(input(8, 9, { state })).report).toMatchObject({
      status: "Failed",
      failureReason:
        "0 of 10 calls of UpdateShardCount are left for today; the next is free at 2030-01-02T13:00:00.000Z",
    });
  });

  test("a call of yesterday is forgotten", () => {
    expect(decide(input(8, 9, { state: { updates: updatesAgo(25) } })).state.updates).toEqual([now]);
  });
});

describe("whatever is asked of whatever stream", () => {
  const shards = fc.integer({ min: 1, max: 10_000 });
  const anyInput = fc
    .record({
      openShards: shards,
      status: fc.constantFrom("ACTIVE", "ACTIVE", "ACTIVE", "UPDATING", "CREATING", "DELETING"),
      mode: fc.constantFrom("PROVISIONED", "PROVISIONED", "PROVISIONED", "ON_DEMAND"),
      bounds: fc.tuple(shards, shards),
      scaleIn: fc.boolean(),
      updatesPerDay: fc.integer({ min: 2, max: 20 }),
      updatesReservedForScaleOut: fc.integer({ min: 0, max: 10 }),
      updates: fc.array(fc.integer({ min: now - 48 * HOUR, max: now }), { maxLength: 20 }),
      desired: fc.option(shards, { nil: undefined }),
      direction: fc.constantFrom("out", "in"),
      requestedAgo: fc.integer({ min: 0, max: 2 * HOUR }),
      request: fc.option(fc.oneof(shards, fc.nat()), { nil: undefined }),
    })
    .map(
      ({
        openShards,
        status,
        mode,
        bounds,
        request,
        desired,
        direction,
        requestedAgo,
        updates,
        ...rules
      }): DecisionInput => ({
        stream: { openShards, status, mode },
        limits: { minShards: Math.min(...bounds), maxShards: Math.max(...bounds) },
        rules,
        state: { updates, ...(desired !== undefined && { desired, direction, carriedOnAt: now - requestedAgo }) },
        request,
        now,
      }),
    );

  test("UpdateShardCount is only called as Kinesis allows: ACTIVE, provisioned, changed, at most double, at least half, within the budget", () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const { update } = decide(any);
        if (update === undefined) return;
        const { openShards, status, mode } = any.stream;
        expect([status, mode]).toEqual(["ACTIVE", "PROVISIONED"]);
        expect(update).not.toBe(openShards);
        expect(update).toBeLessThanOrEqual(2 * openShards);
        expect(update).toBeGreaterThanOrEqual(openShards / 2);
        expect(any.state.updates.filter((time) => time > now - 24 * HOUR).length).toBeLessThan(any.rules.updatesPerDay);
      }),
      { numRuns: 2000 },
    );
  });

  test("a request moves the stream toward its limits and never out of them, nor below what was asked", () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const { update } = decide(any);
        if (update === undefined || any.request === undefined) return;
        const { minShards, maxShards } = any.limits;
        const { openShards } = any.stream;
        if (update > openShards) expect(update).toBeLessThanOrEqual(Math.max(maxShards, openShards));
        if (update < openShards)
          expect(update).toBeGreaterThanOrEqual(Math.min(Math.max(any.request, minShards), maxShards));
      }),
      { numRuns: 2000 },
    );
  });

  test("Successful is only said when what was asked for is there", () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const { report } = decide(any);
        if (report.status !== "Successful") return;
        expect(report.desired).toBe(report.actual);
        if (any.request !== undefined) expect(any.request).toBe(report.actual);
        const { desired, direction } = any.state;
        if (any.request !== undefined || desired === undefined) return;
        if (direction === "in") expect(report.actual).toBeLessThanOrEqual(desired);
        else expect(report.actual).toBeGreaterThanOrEqual(desired);
      }),
      { numRuns: 2000 },
    );
  });

  test("Failed always says why, and a call is always counted", () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const { report, update, state } = decide(any);
        if (report.status === "Failed") expect(report.failureReason).toMatch(/\w/);
        if (update !== undefined) expect(state.updates).toContain(now);
      }),
      { numRuns: 1000 },
    );
  });

  test("a request is honoured in the end if the budget lasts: reads carry it to the desired count", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (from, to) => {
        let decision = decide(
          input(from, to, { max: 500, rules: { updatesPerDay: 100, updatesReservedForScaleOut: 0 } }),
        );
        for (let reads = 0; decision.update !== undefined && reads < 20; reads++) {
          decision = decide(
            input(decision.update, undefined, {
              state: decision.state,
              max: 500,
              rules: { updatesPerDay: 100, updatesReservedForScaleOut: 0 },
            }),
          );
        }
        expect(decision.report.status).toBe("Successful");
        expect(decision.report.actual).toBeGreaterThanOrEqual(to);
        expect(decision.report.actual).toBeLessThan(Math.max(1.25 * to + 1, to + 0.25 * from + 1));
      }),
    );
  });
});
