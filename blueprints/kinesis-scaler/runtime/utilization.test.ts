import fc from "fast-check";
import { lastCompleteMinute, utilizationPercent } from "./utilization";

const MIB = 1024 * 1024;
const nothing = { bytes: 0, records: 0, throttledRecords: 0 };

describe("utilisation", () => {
  test("a shard takes 1 MiB and 1,000 records a second, so 60 MiB and 60,000 records a minute", () => {
    expect(utilizationPercent({ ...nothing, bytes: 60 * MIB, records: 60 }, 1)).toBe(100);
    expect(utilizationPercent({ ...nothing, bytes: 60, records: 60_000 }, 1)).toBe(100);
  });

  test("the larger of bytes and records counts, over all open shards", () => {
    expect(utilizationPercent({ ...nothing, bytes: 60 * MIB, records: 120_000 }, 4)).toBe(50);
  });

  test("an idle stream is at 0", () => {
    expect(utilizationPercent(nothing, 3)).toBe(0);
  });

  test("rejected records count as load, so a flooded stream is seen above 100 %", () => {
    expect(utilizationPercent({ bytes: 60 * MIB, records: 30_000, throttledRecords: 30_000 }, 1)).toBe(200);
  });

  test("a stream that rejects everything is not taken for an idle one", () => {
    expect(utilizationPercent({ ...nothing, throttledRecords: 120_000 }, 1)).toBe(200);
  });

  test("it is never negative or undefined, grows with load and falls as shards are added", () => {
    const count = fc.nat(10_000_000);
    fc.assert(
      fc.property(
        fc.record({ bytes: count, records: count, throttledRecords: count }),
        fc.integer({ min: 1, max: 10_000 }),
        (writes, shards) => {
          const utilization = utilizationPercent(writes, shards);
          expect(utilization).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(utilization)).toBe(true);
          expect(utilizationPercent(writes, 2 * shards)).toBeCloseTo(utilization / 2, 6);
          expect(
            utilizationPercent({ ...writes, throttledRecords: writes.throttledRecords + 1 }, shards),
          ).toBeGreaterThanOrEqual(utilization);
        },
      ),
    );
  });
});

describe("the minute that is measured", () => {
  test.each([
    ["2030-01-01T10:05:00Z", 60, "2030-01-01T10:03:00.000Z"],
    ["2030-01-01T10:05:59Z", 60, "2030-01-01T10:03:00.000Z"],
    ["2030-01-01T10:05:00Z", 0, "2030-01-01T10:04:00.000Z"],
    ["2030-01-01T10:05:20Z", 30, "2030-01-01T10:03:00.000Z"],
    ["2030-01-01T10:05:30Z", 30, "2030-01-01T10:04:00.000Z"],
  ])("a run due at %s, with metrics complete after %i s, measures the minute from %s", (time, delay, start) => {
    expect(lastCompleteMinute(new Date(time), delay).start.toISOString()).toBe(start);
  });

  test("it is one whole minute, over for at least the delay, and the latest such one", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
        fc.nat(300),
        (time, delay) => {
          const { start, end } = lastCompleteMinute(time, delay);
          expect(end.getTime() - start.getTime()).toBe(60_000);
          expect(end.getTime() % 60_000).toBe(0);
          const since = time.getTime() - end.getTime();
          expect(since).toBeGreaterThanOrEqual(delay * 1000);
          expect(since).toBeLessThan(delay * 1000 + 60_000);
        },
      ),
    );
  });
});
