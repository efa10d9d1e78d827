import * as fc from "fast-check";
import {
  ARMED,
  accepted,
  decide,
  type Measurement,
  type RequestState,
  type ScaleOutRule,
  WITHOUT_EFFECT,
} from "./scale-out-request";

const rule = { threshold: 100, rearmBelow: 90, cooldownSeconds: 0 } satisfies ScaleOutRule;
const MINUTE = 60_000;

/** One run of the publisher on one server, and whether AWS would accept a request in it. */
interface Run extends Measurement {
  readonly accepts: boolean;
}
interface Outcome {
  readonly asked: boolean;
  readonly accepted: boolean;
}

/** What becomes of a server's runs, one after the other. */
function follow(runs: readonly Run[], followed: ScaleOutRule = rule): Outcome[] {
  let state: RequestState = ARMED;
  return runs.map((run) => {
    const { ask, ...decision } = decide(state, run, followed);
    state = ask && run.accepts ? accepted(run.now) : decision.state;
    return { asked: ask, accepted: ask && run.accepts };
  });
}

const minutes = (...connections: (number | undefined)[]): Run[] =>
  connections.map((one, index) => ({ connections: one, now: index * MINUTE, accepts: true }));
const asks = (outcomes: readonly Outcome[]) => outcomes.map(({ asked }) => (asked ? 1 : 0));
const acceptedOf = (outcomes: readonly Outcome[]) => outcomes.filter((outcome) => outcome.accepted).length;

describe("a breach", () => {
  test("begins at the threshold, not above it", () => {
    expect(asks(follow(minutes(99, 100)))).toEqual([0, 1]);
  });

  test("is over below the re-arm limit, not at it", () => {
    expect(asks(follow(minutes(100, 90, 100, 89, 100)))).toEqual([1, 0, 0, 0, 1]);
  });

  test("that begins in the cooldown asks when the cooldown is over and it is still there", () => {
    const cooldown = { ...rule, cooldownSeconds: 180 };
    expect(asks(follow(minutes(100, 0, 100, 100, 100), cooldown))).toEqual([1, 0, 0, 1, 0]);
    expect(asks(follow(minutes(100, 0, 100, 95, 95), cooldown))).toEqual([1, 0, 0, 0, 0]);
  });
});

describe("a request", () => {
  test("is repeated until AWS accepts it, also when connections have fallen meanwhile", () => {
    const runs = minutes(100, 100, 0, 0, 0).map((run, index) => ({ ...run, accepts: index === 3 }));
    expect(asks(follow(runs))).toEqual([1, 1, 1, 1, 0]);
  });

  test("that had no effect is repeated as long as the server is not emptier, and lapses then", () => {
    const run = (connections: number) => decide(WITHOUT_EFFECT, { connections, now: 0 }, rule);
    expect([100, 95, 90].map((connections) => run(connections).ask)).toEqual([true, true, true]);
    expect(run(89)).toEqual({ state: ARMED, ask: false });
    expect(decide(WITHOUT_EFFECT, { connections: undefined, now: 0 }, rule).ask).toBe(true);
  });

  test("is repeated by a run that cannot count, which neither begins a breach nor ends one", () => {
    const runs = minutes(100, undefined, undefined, 100, undefined).map((run, index) => ({
      ...run,
      accepts: index > 1,
    }));
    expect(asks(follow(runs))).toEqual([1, 1, 1, 0, 0]);
    expect(asks(follow(minutes(undefined, 100, undefined, 100)))).toEqual([0, 1, 0, 0]);
  });
});

/** Of many servers, each with a rule and a history of its own that crosses its limits again and again. */
const server = fc
  .record({
    threshold: fc.integer({ min: 1, max: 50 }),
    gap: fc.nat(49),
    cooldownSeconds: fc.constantFrom(0, 0, 45, 180, 600),
    runs: fc.array(
      fc.record({
        level: fc.constantFrom("low", "low", "re-arm", "between", "threshold", "high", "high", "unknown"),
        by: fc.nat(50),
        seconds: fc.integer({ min: 1, max: 200 }),
        accepts: fc.boolean(),
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ threshold, gap, cooldownSeconds, runs }) => {
    const rearmBelow = Math.max(1, threshold - gap);
    const levels: Record<string, (by: number) => number | undefined> = {
      low: (by) => by % rearmBelow,
      "re-arm": () => rearmBelow - 1,
      between: (by) => rearmBelow + (by % (threshold - rearmBelow + 1)),
      threshold: () => threshold,
      high: (by) => threshold + by,
      unknown: () => undefined,
    };
    let now = 1_900_000_000_000;
    return {
      rule: { threshold, rearmBelow, cooldownSeconds },
      runs: runs.map(({ level, by, seconds, accepts }): Run => {
        now += seconds * 1000;
        return { connections: levels[level]?.(by), now, accepts };
      }),
    };
  });
const servers = fc.array(server, { minLength: 1, maxLength: 8 });
type Server = typeof server extends fc.Arbitrary<infer T> ? T : never;

/** A history as a word: H at or above the threshold, L below the re-arm limit, M else; a small letter where AWS refuses. */
const word = ({ runs, rule: { threshold, rearmBelow } }: Server) =>
  runs
    .map(({ connections, accepts }) => {
      const middle = connections === undefined || (connections < threshold && connections >= rearmBelow);
      const letter = middle ? "M" : (connections ?? 0) >= threshold ? "H" : "L";
      return accepts ? letter : letter.toLowerCase();
    })
    .join("");
const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
const check = (property: (all: Server[]) => void) =>
  fc.assert(
    fc.property(servers, (all) => property(all)),
    { numRuns: 1500 },
  );
const withoutCooldown = (one: Server): Server => ({ ...one, rule: { ...one.rule, cooldownSeconds: 0 } });

describe("whatever the connections of many servers do", () => {
  test("the group grows by one for each breach of each server, up to its maximum, where AWS accepts at once", () => {
    fc.assert(
      fc.property(servers, fc.nat(40), (all, room) => {
        const willing = all
          .map(withoutCooldown)
          .map((one) => ({ ...one, runs: one.runs.map((run) => ({ ...run, accepts: true })) }));
        // Breaches of hysteresis: from the threshold until below the re-arm limit.
        const breaches = willing.reduce((sum, one) => sum + count(word(one), /H[HM]*/g), 0);
        // Each accepted call is one increment by the service, whatever other servers ask for in the same minute.
        let desired = 2;
        const max = desired + room;
        for (const one of willing) {
          for (const { accepted: yes } of follow(one.runs, one.rule)) if (yes) desired = Math.min(max, desired + 1);
        }
        expect(desired).toBe(Math.min(max, 2 + breaches));
      }),
      { numRuns: 1500 },
    );
  });

  test("the accepted requests are the breaches, each until it is accepted and then until it is over", () => {
    check((all) => {
      for (const one of all.map(withoutCooldown)) {
        const breaches = count(word(one), /(?:H|h[hml]*[HML])[HMhm]*/g);
        expect(acceptedOf(follow(one.runs, one.rule))).toBe(breaches);
      }
    });
  });

  test("a server asks when it has a request pending or a new breach, and else never", () => {
    check((all) => {
      for (const { runs, rule: own } of all) {
        const outcomes = follow(runs, own);
        outcomes.forEach(({ asked }, index) => {
          const before = outcomes[index - 1];
          const pending = !!before?.asked && !before.accepted;
          const last = outcomes.slice(0, index).findLastIndex((outcome) => outcome.accepted);
          const { connections, now } = runs[index]!;
          const since = runs.slice(last + 1, index + 1);
          const rearmed =
            last < 0 ||
            (since.some((run) => run.connections !== undefined && run.connections < own.rearmBelow) &&
              now - runs[last]!.now >= own.cooldownSeconds * 1000);
          expect(asked).toBe(pending || (rearmed && connections !== undefined && connections >= own.threshold));
        });
      }
    });
  });

  test("a server that is never below the re-arm limit is accepted once at most", () => {
    check((all) => {
      for (const { runs, rule: own } of all) {
        const full = runs.filter(({ connections }) => connections === undefined || connections >= own.rearmBelow);
        expect(acceptedOf(follow(full, own))).toBeLessThanOrEqual(1);
      }
    });
  });

  test("two accepted requests of one server are a cooldown apart", () => {
    check((all) => {
      for (const { runs, rule: own } of all) {
        const outcomes = follow(runs, own);
        const times = runs.filter((_, index) => outcomes[index]?.accepted).map(({ now }) => now);
        times.slice(1).forEach((time, index) => {
          expect(time - times[index]!).toBeGreaterThanOrEqual(own.cooldownSeconds * 1000);
        });
      }
    });
  });

  test("servers that breach in the same minute are accepted once each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 100 }), (many, connections) => {
        const outcomes = Array.from({ length: many }, () => follow(minutes(0, connections, connections)));
        expect(outcomes.map(acceptedOf)).toEqual(Array(many).fill(1));
      }),
    );
  });

  test("a breach asks, one fall and one cooldown after the clock was set to whatever time", () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(
        server,
        fc.array(time, { minLength: 60, maxLength: 60 }),
        time,
        ({ runs, rule: own }, times, from) => {
          const confused = runs.map((run, index) => ({ ...run, now: times[index]! }));
          const cooldown = own.cooldownSeconds * 1000;
          const after = [own.rearmBelow - 1, own.rearmBelow - 1, own.threshold].map((connections, index) => ({
            connections,
            now: from + Math.min(index, 1) * cooldown,
            accepts: true,
          }));
          // What was pending is accepted first, and needs its own fall and cooldown.
          const settled = [...after, ...after.map((run) => ({ ...run, now: run.now + 2 * cooldown + 1 }))];
          expect(follow([...confused, ...settled], own).slice(-6)).toContainEqual({ asked: true, accepted: true });
        },
      ),
      { numRuns: 1500 },
    );
  });
});
