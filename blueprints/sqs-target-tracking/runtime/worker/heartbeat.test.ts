import { Heartbeat } from "./heartbeat";
import { MemoryQueue } from "./memory-queue.fixture";
import type { ReceivedMessage } from "./queue";
import { RecordingLog } from "./recording-log.fixture";

const HOUR_MS = 3_600_000;
let queue: MemoryQueue;
let log: RecordingLog;
beforeEach(() => {
  jest.useFakeTimers();
  queue = new MemoryQueue();
  log = new RecordingLog();
});
afterEach(() => jest.useRealTimers());

const heartbeatOf = (visibilityTimeoutSeconds: number) =>
  new Heartbeat({ queue, visibilityTimeoutSeconds, log: log.logger });
const message = (id: string): ReceivedMessage => ({ id, receiptHandle: id, body: "", receives: 1 });

describe("a message in hand", () => {
  test("is hidden again from half of its timeout on, until it is released", async () => {
    const heartbeat = heartbeatOf(7);
    const one = message("one");
    heartbeat.hold(one, () => {});
    await jest.advanceTimersByTimeAsync(3_400);
    expect(queue.hidden).toEqual([]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(queue.hidden).toEqual([{ id: "one", seconds: 7 }]);
    expect(await heartbeat.release(one)).toBeCloseTo(4.4, 1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(queue.hidden.length).toBe(1);
  });

  test("shares calls of ten with others", async () => {
    const heartbeat = heartbeatOf(60);
    const batches = jest.spyOn(queue, "hide");
    for (let id = 0; id < 25; id++) heartbeat.hold(message(`${id}`), () => {});
    await jest.advanceTimersByTimeAsync(35_000);
    expect(batches.mock.calls.map(([messages]) => messages.length)).toEqual([10, 10, 5]);
  });

  test("for more than 12 hours is hidden as long as SQS allows; that it cannot be longer is said once, and its end", async () => {
    const heartbeat = heartbeatOf(600);
    const onLost = jest.fn();
    heartbeat.hold(message("long"), onLost);
    await jest.advanceTimersByTimeAsync(11.85 * HOUR_MS);
    expect(log.lines).toEqual([]);
    await jest.advanceTimersByTimeAsync(0.25 * HOUR_MS);
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: "error",
        message: "the work takes longer than the 12 hours for which SQS keeps a message hidden",
        messageId: "long",
      }),
      expect.objectContaining({
        level: "warn",
        message: "another worker may be given a message that is still worked on",
        messageId: "long",
        reason: "it was in hand for the 12 hours that SQS allows",
      }),
    ]);
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  test("that SQS hides no more is lost once", async () => {
    queue.refuse = () => ({ reason: "MessageNotInflight", isFinal: true });
    const heartbeat = heartbeatOf(30);
    const one = message("one");
    const onLost = jest.fn();
    heartbeat.hold(one, onLost);
    await jest.advanceTimersByTimeAsync(300_000);
    expect(onLost.mock.calls).toEqual([["it could not be kept hidden: MessageNotInflight"]]);
    expect(queue.hidden.length).toBe(1);
    expect(await heartbeat.release(one)).toBeUndefined();
  });

  test("is not lost while SQS does not answer, until its timeout is over", async () => {
    queue.refuse = () => ({ reason: "no answer", isFinal: false });
    const onLost = jest.fn();
    heartbeatOf(30).hold(message("one"), onLost);
    await jest.advanceTimersByTimeAsync(29_000);
    expect(onLost).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(onLost.mock.calls).toEqual([["it could not be kept hidden: no answer"]]);
    expect(queue.hidden.length).toBeGreaterThanOrEqual(4);
  });

  test("has time for another call where one hangs", async () => {
    const givenUpAfter = jest.spyOn(AbortSignal, "timeout");
    heartbeatOf(30).hold(message("one"), () => {});
    await jest.advanceTimersByTimeAsync(18_000);
    // Half of the timeout is left when the first call begins.
    expect(2 * (givenUpAfter.mock.calls[0]?.[0] as number)).toBeLessThanOrEqual(15_000);
    givenUpAfter.mockRestore();
  });

  test("is not released before the call that hides it has its answer", async () => {
    let answer = () => {};
    queue.hide = () =>
      new Promise((resolve) => {
        answer = () => resolve([]);
      });
    const heartbeat = heartbeatOf(30);
    const one = message("one");
    heartbeat.hold(one, () => {});
    await jest.advanceTimersByTimeAsync(15_000);
    const released = jest.fn();
    const release = heartbeat.release(one).then(released);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(released).not.toHaveBeenCalled();
    answer();
    await release;
  });
});
