import fc from "fast-check";
import { LONGEST_WORK_SECONDS } from "../longest-work";
import { readMessage } from "../message";
import { BATCH_MESSAGES, type Burst, makeBatches } from "./batches";

const anyBurst = fc.record({
  count: fc.integer({ min: 1, max: 300 }),
  seconds: fc.double({ min: 0, max: LONGEST_WORK_SECONDS, noNaN: true }),
  spreadPercent: fc.integer({ min: 0, max: 100 }),
  groups: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});
const messagesOf = (burst: Burst) => makeBatches(burst).flat();
/** As the worker reads it, which refuses a duration that is out of range. */
const bodyOf = ({ MessageBody }: { MessageBody: string }) => readMessage(MessageBody);

describe("a burst", () => {
  test("is all of its messages, in full batches of ten and a rest", () => {
    fc.assert(
      fc.property(anyBurst, (burst) => {
        const batches = makeBatches(burst);
        expect(batches.flat()).toHaveLength(burst.count);
        for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(BATCH_MESSAGES);
        expect(batches.at(-1)?.length).toBeLessThanOrEqual(BATCH_MESSAGES);
      }),
    );
  });

  test("asks for seconds that lie within the spread around the mean, and that the worker takes", () => {
    fc.assert(
      fc.property(anyBurst, (burst) => {
        const { seconds, spreadPercent } = burst;
        for (const { duration } of messagesOf(burst).map(bodyOf)) {
          expect(Math.abs(duration - seconds)).toBeLessThanOrEqual((seconds * spreadPercent) / 100 + 0.001);
        }
      }),
    );
  });

  test("without a spread asks for the same seconds each time, and with one for different ones", () => {
    const durations = (spreadPercent: number) =>
      new Set(messagesOf({ count: 50, seconds: 2.5, spreadPercent }).map((entry) => bodyOf(entry).duration));
    expect([...durations(0)]).toEqual([2.5]);
    expect(durations(50).size).toBeGreaterThan(10);
  });

  test("goes to all groups of a FIFO queue in turn", () => {
    fc.assert(
      fc.property(anyBurst, (burst) => {
        const { count, groups } = burst;
        if (groups === undefined) return;
        const sizes = new Map<string | undefined, number>();
        for (const { MessageGroupId } of messagesOf(burst)) {
          sizes.set(MessageGroupId, (sizes.get(MessageGroupId) ?? 0) + 1);
        }
        expect(sizes.size).toBe(Math.min(groups, count));
        expect(Math.max(...sizes.values()) - Math.min(...sizes.values())).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("smaller than the number of groups does not begin with the same group each time", () => {
    const first = () => messagesOf({ count: 1, seconds: 1, groups: 1000 })[0]?.MessageGroupId;
    expect(new Set(Array.from({ length: 20 }, first)).size).toBeGreaterThan(1);
  });

  test("loses nothing to a FIFO queue's deduplication: its ids are UUIDs, which no two messages share", () => {
    const messages = messagesOf({ count: 20_000, seconds: 1, groups: 16 });
    expect(new Set(messages.map((one) => one.MessageDeduplicationId)).size).toBe(20_000);
    for (const entry of messages.slice(0, 100)) {
      expect(entry.MessageDeduplicationId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect([entry.Id, bodyOf(entry).id]).toEqual(Array(2).fill(entry.MessageDeduplicationId));
    }
  });

  test("for a standard queue has neither groups nor deduplication ids, which it would not know", () => {
    expect(Object.keys(messagesOf({ count: 1, seconds: 1 })[0] ?? {})).toEqual(["Id", "MessageBody"]);
  });

  test("has batches far below the limit of a call, 256 KiB", () => {
    const [batch] = makeBatches({ count: 10, seconds: 43_199.999, spreadPercent: 0, groups: 1000 });
    expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(4096);
  });
});
