import { pacedSettled } from "./pace";

const forever = { reserveMs: 0, remainingMs: () => Number.POSITIVE_INFINITY };

describe("paced calls", () => {
  test("never start faster than the quota", async () => {
    const starts: number[] = [];
    await pacedSettled([1, 2, 3, 4, 5], { ...forever, perSecond: 50 }, async () => starts.push(performance.now()));
    for (let index = 1; index < starts.length; index++) {
      // A timer may fire a millisecond early.
      expect((starts[index] as number) - (starts[0] as number)).toBeGreaterThanOrEqual(index * 20 - 2);
    }
  });

  test("one that fails does not stop the others", async () => {
    const results = await pacedSettled([1, 2, 3], { ...forever, perSecond: 1000 }, async (item) => {
      if (item === 2) throw new Error("broken");
      return item * 10;
    });
    expect(
      results.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as Error).message)),
    ).toEqual([10, "broken", 30]);
  });

  test("items that no time is left for fail at once, without a call", async () => {
    const work = jest.fn(async () => "done");
    const results = await pacedSettled([1, 2, 3], { perSecond: 10, reserveMs: 1000, remainingMs: () => 1150 }, work);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(work).toHaveBeenCalledTimes(2);
  });
});
