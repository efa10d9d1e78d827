import * as fc from "fast-check";
import { Lanes } from "./lanes";

test("everything runs, in its order, and never more at a time than there are lanes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -1, max: 4 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 12 }),
      async (count, works) => {
        const lanes = new Lanes(count);
        const began: number[] = [];
        let now = 0;
        let most = 0;
        const ends = await Promise.allSettled(
          works.map(([turns, fails], index) =>
            lanes.run(async () => {
              began.push(index);
              most = Math.max(most, ++now);
              for (let turn = 0; turn < turns; turn++) await Promise.resolve();
              now--;
              if (fails) throw new Error("failed");
              return index;
            }),
          ),
        );
        expect(began).toEqual(works.map((_, index) => index));
        expect(most).toBe(Math.min(Math.max(1, count), works.length));
        expect(ends.map(({ status }) => status === "rejected")).toEqual(works.map(([, fails]) => fails));
      },
    ),
  );
});
