import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { type Batch, makeBatches } from "./batches";
import { complaint, sendAll } from "./send";

const burst = (count: number) => makeBatches({ count, seconds: 1, groups: 16 });
const never = new AbortController().signal;
const taken = (batch: Batch) => ({
  Successful: batch.map(({ Id }) => ({ Id, MessageId: "m", MD5OfMessageBody: "" })),
  Failed: [],
});
const failed = (batch: Batch, SenderFault = false) => ({
  Successful: [],
  Failed: batch.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault })),
});
const noPause = async () => {};

describe("sending", () => {
  test("gets all messages accepted, and tells how many there are", async () => {
    const progress: number[] = [];
    const result = await sendAll(burst(25), {
      signal: never,
      send: async (batch) => taken(batch),
      onProgress: (accepted) => progress.push(accepted),
    });
    expect(result).toMatchObject({ accepted: 25 });
    expect(progress.at(-1)).toBe(25);
    expect(complaint(result)).toBeUndefined();
  });

  test("makes several calls at once, and not more than eight", async () => {
    let now = 0;
    let most = 0;
    await sendAll(burst(500), {
      signal: never,
      send: async (batch) => {
        most = Math.max(most, ++now);
        await setImmediate();
        now--;
        return taken(batch);
      },
    });
    expect(most).toBe(8);
  });

  test("sends what failed again, only that, and with the ids that it had", async () => {
    const calls: Batch[] = [];
    const [batch = []] = burst(10);
    const { accepted } = await sendAll([batch], {
      signal: never,
      pause: noPause,
      send: async (entries) => {
        calls.push(entries);
        if (calls.length > 1) return taken(entries);
        return { Successful: taken(entries.slice(0, 7)).Successful, Failed: failed(entries.slice(7)).Failed };
      },
    });
    expect(accepted).toBe(10);
    expect(calls).toEqual([batch, batch.slice(7)]);
  });

  test("gives up after six tries with longer and longer pauses, and says why", async () => {
    const pauses: number[] = [];
    const result = await sendAll(burst(3), {
      signal: never,
      pause: async (milliseconds) => void pauses.push(milliseconds),
      send: async (batch) => failed(batch),
    });
    expect(pauses).toHaveLength(5);
    pauses.forEach((pause, index) => {
      expect(pause).toBeGreaterThanOrEqual(50 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(150 * 2 ** index);
    });
    expect(complaint(result)).toBe("3 of 3 messages were not accepted: 3 x InternalError");
  });

  test("does not try again what SQS calls the sender's fault", async () => {
    let calls = 0;
    const result = await sendAll(burst(2), {
      signal: never,
      send: async (batch) => {
        calls++;
        return failed(batch, true);
      },
    });
    expect([calls, result.accepted, result.unaccepted.get("InternalError")]).toEqual([1, 0, 2]);
  });

  test("ends with the first call that is refused for good, and counts all that was not sent", async () => {
    let calls = 0;
    const result = await sendAll(burst(1000), {
      signal: never,
      send: async () => {
        calls++;
        throw Object.assign(new Error("not allowed"), {
          name: "AccessDeniedException",
          $metadata: { httpStatusCode: 400 },
        });
      },
    });
    expect(calls).toBeLessThanOrEqual(8);
    expect(complaint(result)).toBe(
      "1000 of 1000 messages were not accepted: 1000 x AccessDeniedException: not allowed",
    );
  });

  test("stops when the time is up, in a call and in a pause", async () => {
    const untilAborted = (_: Batch, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    for (const send of [untilAborted, async (batch: Batch) => failed(batch)]) {
      const began = performance.now();
      const result = await sendAll(burst(200), { signal: AbortSignal.timeout(30), send });
      expect(performance.now() - began).toBeLessThan(3000);
      expect(complaint(result)).toBe("200 of 200 messages were not accepted: 200 x the time was up");
    }
  });

  test("stops when it is told to, and says what it was told", async () => {
    const stop = new AbortController();
    const result = await sendAll(burst(200), {
      signal: stop.signal,
      send: async (batch) => taken(batch),
      onProgress: () => stop.abort(new Error("it was interrupted")),
    });
    expect(result.accepted).toBeLessThanOrEqual(80);
    expect([...result.unaccepted]).toEqual([["it was interrupted", 200 - result.accepted]]);
  });

  test("whatever SQS fails at, each message is accepted once or counted with its reason", async () => {
    const answers = fc.infiniteStream(fc.constantFrom("taken", "half", "failed", "fault", "cut off"));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120 }), answers, async (count, stream) => {
        const accepted: string[] = [];
        const result = await sendAll(burst(count), {
          signal: never,
          pause: noPause,
          send: async (batch) => {
            const answer = stream.next().value as string;
            if (answer === "cut off") throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
            const good = batch.slice(0, answer === "taken" ? 10 : answer === "half" ? batch.length / 2 : 0);
            accepted.push(...good.map(({ Id }) => Id));
            const { Failed } = failed(batch.slice(good.length), answer === "fault");
            return { Successful: taken(good).Successful, Failed };
          },
        });
        const unaccepted = [...result.unaccepted.values()].reduce((sum, one) => sum + one, 0);
        expect(new Set(accepted).size).toBe(accepted.length);
        expect(result.accepted).toBe(accepted.length);
        expect(result.accepted + unaccepted).toBe(count);
      }),
    );
  });
});

test("a complaint names the most frequent reasons, and counts the others", () => {
  const unaccepted = new Map([1, 5, 3, 2, 4].map((count) => [`reason ${count}`, count]));
  expect(complaint({ accepted: 5, unaccepted })).toBe(
    "15 of 20 messages were not accepted: 5 x reason 5; 4 x reason 4; 3 x reason 3; 2 other reasons",
  );
});
