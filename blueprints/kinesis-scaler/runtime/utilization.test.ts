import fc from "fast-check";
import { minutesToMeasure, utilizationPercent } from "./utilization";

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

  test("rejections of a stream that is not busy are those of a hot key, which no shard helps against, and do not count", () => {
    expect(utilizationPercent({ bytes: 60 * MIB, records: 30_000, throttledRecords: 500_000 }, 10)).toBe(10);
  });

  test("it is never negative or undefined, never falls with rejections and falls as shards are added", () => {
    const count = fc.nat(10_000_000);
    fc.assert(
      fc.property(
        fc.record({ bytes: count, records: count, throttledRecords: count }),
        fc.integer({ min: 1, max: 10_000 }),
        (writes, shards) => {
          const utilization = utilizationPercent(writes, shards);
          expect(utilization).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(utilization)).toBe(true);
          expect(utilizationPercent(writes, shards + 1)).toBeLessThan(utilization || 1);
          expect(
            utilizationPercent({ ...writes, throttledRecords: writes.throttledRecords + 1 }, shards),
          ).toBeGreaterThanOrEqual(utilization);
        },
      ),
    );
  });
});

describe("the minutes that are measured", () => {
  test.each([
    ["2030-01-01T10:05:00Z", 60, "2030-01-01T10:03:00.000Z"],
    ["2030-01-01T10:05:59Z", 60, "2030-01-01T10:03:00.000Z"],
    ["2030-01-01T10:05:00Z", 0, "2030-01-01T10:04:00.000Z"],
    ["2030-01-01T10:05:20Z", 30, "2030-01-01T10:03:00.000Z"],
    ["2030-01-01T10:05:30Z", 30, "2030-01-01T10:04:00.000Z"],
  ])("a run due at %s, with metrics complete after %i s, begins with the minute from %s", (time, delay, start) => {
    expect(minutesToMeasure(new Date(time), delay)[0]?.start.toISOString()).toBe(start);
  });

  test("they are three whole minutes, one before the other, over for at least the delay, and the latest such ones", () => {
    const times = fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.nat(120), (time, delay) => {
        const minutes = minutesToMeasure(time, delay);
        expect(minutes).toHaveLength(3);
        minutes.forEach(({ start, end }, ago) => {
          expect(end.getTime() - start.getTime()).toBe(60_000);
          expect(end.getTime() % 60_000).toBe(0);
          const since = time.getTime() - end.getTime() - ago * 60_000;
          expect(since).toBeGreaterThanOrEqual(delay * 1000);
          expect(since).toBeLessThan(delay * 1000 + 60_000);
        });
      }),
    );
  });
});
