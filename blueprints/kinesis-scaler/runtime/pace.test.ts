import { pacedSettled } from "./pace";

describe("paced calls", () => {
  test("never start faster than the quota", async () => {
    const starts: number[] = [];
    const began = performance.now();
    await pacedSettled([1, 2, 3, 4, 5], { perSecond: 50, withinMs: 10_000 }, async () =>
      starts.push(performance.now()),
    );
    // A timer may fire a millisecond early.
    starts.forEach((start, index) => {
      expect(start - began).toBeGreaterThanOrEqual(index * 20 - 2);
    });
  });

  test("one that fails does not stop the others", async () => {
    const results = await pacedSettled([1, 2, 3], { perSecond: 1000, withinMs: 10_000 }, async (item) => {
      if (item === 2) throw new Error("broken");
      return item * 10;
    });
    expect(
      results.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as Error).message)),
    ).toEqual([10, "broken", 30]);
  });

  test("those that no time is left for fail at once, without a call", async () => {
    const work = jest.fn(async () => "done");
    const results = await pacedSettled([1, 2, 3], { perSecond: 1, withinMs: 1_999 }, work);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(work).toHaveBeenCalledTimes(2);
  });

  test("one that hangs is told when the time is over, so that all end in time", async () => {
    const began = performance.now();
    const results = await pacedSettled([1], { perSecond: 10, withinMs: 100 }, (_, signal) => {
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    expect(results[0]?.status).toBe("rejected");
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
