import { getEventListeners, getMaxListeners } from "node:events";
import fc from "fast-check";
import { Acknowledgements } from "./acknowledgements";
import { MemoryQueue } from "./memory-queue.fixture";
import { RecordingLog } from "./recording-log.fixture";

const LOST = "a message that is done could not be deleted: it will come again";
const message = (id: number) => ({ id: String(id), receiptHandle: String(id), body: "", receives: 1 });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** How often each message's deletion fails, and whether for good in the end. */
const fates = fc.array(fc.record({ failures: fc.integer({ min: 0, max: 14 }), isFinal: fc.boolean() }), {
  minLength: 1,
  maxLength: 60,
});

test("every message is either deleted or in the log, whatever fails, in batches of ten at most", async () => {
  await fc.assert(
    fc.asyncProperty(fates, async (all) => {
      const queue = new MemoryQueue();
      const log = new RecordingLog();
      const tries = all.map(() => 0);
      queue.refuse = (_, { id }) => {
        const fate = all[Number(id)]!;
        const number = ++tries[Number(id)]!;
        if (number > fate.failures) return undefined;
        return { reason: "no", isFinal: fate.isFinal && number === fate.failures };
      };
      const acknowledgements = new Acknowledgements({ queue, log: log.logger, giveUp: new AbortController().signal });
      const results = Promise.all(all.map((_, id) => acknowledgements.delete(message(id))));
      await jest.advanceTimersByTimeAsync(600_000);

      const isDeleted = all.map(({ failures, isFinal }) => failures === 0 || (!isFinal && failures <= 10));
      expect(await results).toEqual(isDeleted);
      const ids = (wanted: boolean) => all.map((_, id) => String(id)).filter((id) => isDeleted[Number(id)] === wanted);
      expect(queue.deleted.map(({ id }) => id).sort()).toEqual(ids(true).sort());
      expect(
        log
          .said(LOST)
          .map(({ messageId }) => messageId)
          .sort(),
      ).toEqual(ids(false).sort());
      expect(Math.max(...queue.batches)).toBeLessThanOrEqual(10);
      expect(queue.batches.filter((size) => size > 1).length).toBeLessThanOrEqual(Math.ceil(all.length / 10));
    }),
    { numRuns: 30 },
  );
});

test("what still fails when the time is up is given up and logged", async () => {
  const queue = new MemoryQueue();
  const log = new RecordingLog();
  queue.refuse = () => ({ reason: "no answer", isFinal: false });
  const giveUp = new AbortController();
  const acknowledgements = new Acknowledgements({ queue, log: log.logger, giveUp: giveUp.signal });
  const deletion = acknowledgements.delete(message(1));
  await jest.advanceTimersByTimeAsync(100);
  giveUp.abort();
  expect(await deletion).toBe(false);
  expect(log.said(LOST)).toEqual([expect.objectContaining({ messageId: "1", reason: "no answer" })]);
});

test("a hundred that are tried alone at once are not taken for a memory leak by Node.js", async () => {
  const queue = new MemoryQueue();
  queue.refuse = () => ({ reason: "no answer", isFinal: false });
  const giveUp = new AbortController();
  const acknowledgements = new Acknowledgements({ queue, log: new RecordingLog().logger, giveUp: giveUp.signal });
  const deletions = Promise.all(Array.from({ length: 100 }, (_, id) => acknowledgements.delete(message(id))));
  await jest.advanceTimersByTimeAsync(50);
  expect(getEventListeners(giveUp.signal, "abort")).toHaveLength(100);
  // Above it, Node.js warns on standard error.
  expect(getMaxListeners(giveUp.signal)).toBeGreaterThanOrEqual(100);
  giveUp.abort();
  await deletions;
});

test("a hundred may wait for their deletion; with more there is no room until one is over", async () => {
  const queue = new MemoryQueue();
  let answer = () => {};
  queue.delete = () =>
    new Promise((resolve) => {
      answer = () => resolve([]);
    });
  const options = { queue, log: new RecordingLog().logger, giveUp: new AbortController().signal };
  const acknowledgements = new Acknowledgements(options);
  for (let id = 0; id < 100; id++) acknowledgements.delete(message(id));
  await acknowledgements.room();
  acknowledgements.delete(message(100));
  const hasRoom = jest.fn();
  acknowledgements.room().then(hasRoom);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(hasRoom).not.toHaveBeenCalled();
  answer();
  await jest.advanceTimersByTimeAsync(1);
  expect(hasRoom).toHaveBeenCalled();
});
