import { Pace } from "./pace";

const always = new AbortController().signal;

describe("calls that share a pace", () => {
  test("never start faster than the quota", async () => {
    const pace = new Pace(50);
    const starts: number[] = [];
    const began = performance.now();
    const caller = async () => {
      for (let call = 0; call < 3; call++) {
        await pace.turn(always);
        starts.push(performance.now());
      }
    };
    await Promise.all([caller(), caller()]);
    // A timer may fire a millisecond early.
    starts.forEach((start, index) => {
      expect(start - began).toBeGreaterThanOrEqual(index * 20 - 2);
    });
  });

  test("fail when there is no time left, also while they wait", async () => {
    const time = new AbortController();
    const pace = new Pace(0.001);
    await pace.turn(time.signal);
    const waiting = pace.turn(time.signal);
    time.abort();
    await expect(waiting).rejects.toThrow();
    await expect(pace.turn(time.signal)).rejects.toThrow();
  });
});
