import * as fc from "fast-check";
import { Lanes } from "./lanes";

interface Work {
  /** Turns of the event loop: before it comes, and that it takes. */
  readonly pause: number;
  readonly takes: number;
  readonly fails: boolean;
}

const work = (pauses: fc.Arbitrary<number>): fc.Arbitrary<Work> =>
  fc.record({ pause: pauses, takes: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() });

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** @returns what began, in that order, how many worked at a time at most, and which of them failed. */
async function runAll(count: number, works: readonly Work[]) {
  const lanes = new Lanes(count);
  const began: number[] = [];
  let now = 0;
  let most = 0;
  const running: Promise<void>[] = [];
  for (const [index, { pause, takes, fails }] of works.entries()) {
    if (pause > 0) await turns(pause);
    const run = lanes.run(async () => {
      began.push(index);
      most = Math.max(most, ++now);
      await turns(takes);
      now--;
      if (fails) throw new Error("failed");
    });
    // What fails while others are still to come is looked at in the end.
    run.catch(() => {});
    running.push(run);
  }
  const ends = await Promise.allSettled(running);
  return { began, most, failed: ends.map(({ status }) => status === "rejected") };
}

const counts = fc.integer({ min: -1, max: 4 });

test("everything runs once, and never more at a time than there are lanes", async () => {
  const works = fc.array(work(fc.integer({ min: 0, max: 4 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(counts, works, async (count, all) => {
      const { began, most, failed } = await runAll(count, all);
      expect(began.toSorted((one, other) => one - other)).toEqual([...all.keys()]);
      expect(most).toBeLessThanOrEqual(Math.max(1, count));
      expect(failed).toEqual(all.map(({ fails }) => fails));
    }),
  );
});

test("what waits begins in its order, and no lane is left empty meanwhile", async () => {
  const works = fc.array(work(fc.constant(0)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(counts, works, async (count, all) => {
      const { began, most } = await runAll(count, all);
      expect(began).toEqual([...all.keys()]);
      expect(most).toBe(Math.min(Math.max(1, count), all.length));
    }),
  );
});
