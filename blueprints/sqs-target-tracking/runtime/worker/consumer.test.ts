import { setTimeout as sleep } from "node:timers/promises";
import { Consumer, type ConsumerOptions } from "./consumer";
import { HopelessMessage } from "./hopeless-message";
import { loopRate } from "./loop-rate.fixture";
import { MemoryQueue } from "./memory-queue.fixture";
import { noProtection } from "./protection";
import { RecordingLog } from "./recording-log.fixture";

let queue: MemoryQueue;
let log: RecordingLog;
let consumer: Consumer;
let running: Promise<void>;
const start = (options: Partial<ConsumerOptions>) => {
  consumer = new Consumer({
    queue,
    isFifo: false,
    messagesAtOnce: 4,
    visibilityTimeoutSeconds: 30,
    work: async () => {},
    onSuccess: () => {},
    protection: noProtection,
    logger: log.logger,
    ...options,
  });
  running = consumer.run();
};
const stop = (withinMs = 5_000) => {
  consumer.stop(withinMs);
  return running;
};
beforeEach(() => {
  queue = new MemoryQueue();
  log = new RecordingLog();
});

test.each([1, 3, 25])(
  "no more than %i messages are worked on at once, and as many as may be",
  async (messagesAtOnce) => {
    queue.send(...Array.from({ length: 100 }, String));
    let now = 0;
    let most = 0;
    start({
      messagesAtOnce,
      work: async () => {
        most = Math.max(most, ++now);
        await sleep(5);
        now--;
      },
    });
    while (queue.deleted.length < 100) await sleep(5);
    await stop();
    expect(most).toBe(messagesAtOnce);
    for (const size of queue.batches) expect(size).toBeLessThanOrEqual(10);
  },
);

test("a message that arrives in spite of the stop is given back at once, and not worked on", async () => {
  queue.answersAborted = true;
  queue.send("long");
  let finish = () => {};
  const work = jest.fn(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  start({ work });
  await sleep(5);
  consumer.stop(5_000);
  while (queue.hidden.length === 0) await sleep(5);
  expect(queue.hidden).toEqual([{ id: expect.stringMatching(/late$/), seconds: 0 }]);
  finish();
  await running;
  expect(work).toHaveBeenCalledTimes(1);
  expect(queue.deleted.length).toBe(1);
});

test("no work begins before the task is protected, and protection is told when nothing is in hand any more", async () => {
  const events: string[] = [];
  let begin = () => {};
  queue.send("one");
  start({
    work: async () => void events.push("work"),
    protection: {
      ...noProtection,
      busy: () =>
        new Promise((resolve) => {
          begin = () => {
            events.push("protected");
            resolve();
          };
        }),
      idle: () => events.push("idle"),
    },
  });
  await sleep(20);
  begin();
  while (queue.deleted.length < 1) await sleep(5);
  await stop();
  expect(events).toEqual(["protected", "work", "idle"]);
});

test("work that ignores the signal is cut off at the end, and its message given back", async () => {
  queue.send("stubborn", "polite");
  start({
    work: (body, { signal }) =>
      body === "polite" ? sleep(60_000, undefined, { signal }) : sleep(60_000, undefined, { ref: false }),
  });
  await sleep(10);
  await stop(50);
  expect(queue.hidden.map(({ seconds }) => seconds)).toEqual([0, 0]);
  expect(log.said("a message failed")).toEqual([]);
}, 10_000);

test("a message that fails however often it is tried comes again at once, to be a dead letter soon", async () => {
  queue.send("nonsense");
  start({
    work: async () => {
      throw new HopelessMessage("no such order");
    },
  });
  while (queue.hidden.length < 1) await sleep(5);
  await stop();
  expect(queue.hidden[0]?.seconds).toBe(0);
});

test("each message that is done is told of where that much is wanted, with what it took", async () => {
  queue.send("one");
  start({ work: async () => {} });
  while (queue.deleted.length < 1) await sleep(5);
  await stop();
  expect(log.said("a message is done")).toEqual([
    expect.objectContaining({
      level: "debug",
      messageId: queue.deleted[0]?.id,
      receives: 1,
      seconds: expect.any(Number),
    }),
  ]);
});

test("a message is given back with a delay that grows with its receives, and its failure is logged without its body", async () => {
  queue.send("a secret");
  start({
    work: async (body) => {
      throw new TypeError(`cannot read ${body}`);
    },
  });
  while (queue.hidden.length < 1) await sleep(5);
  await stop();
  expect(queue.hidden[0]?.seconds).toBeGreaterThanOrEqual(2);
  expect(queue.hidden[0]?.seconds).toBeLessThanOrEqual(5);
  expect(log.said("a message failed")).toEqual([
    expect.objectContaining({
      level: "warn",
      receives: 1,
      reason: "TypeError: cannot read (the body)",
      at: expect.stringContaining("consumer.test.ts"),
    }),
  ]);
  expect(queue.deleted).toEqual([]);
});

test.each([
  { type: "FIFO", isFifo: true, what: "is aborted, because its group goes on elsewhere" },
  { type: "standard", isFifo: false, what: "goes on, because it may be done before another worker asks" },
])("work of a $type queue whose message is lost $what", async ({ isFifo }) => {
  queue.send("lost");
  queue.refuse = (call) => (call === "hide" ? { reason: "MessageNotInflight", isFinal: true } : undefined);
  let isAborted = false;
  start({
    isFifo,
    visibilityTimeoutSeconds: 1,
    work: async (_, { signal }) => {
      await sleep(1_000, undefined, { signal }).catch(() => {});
      isAborted = signal.aborted;
    },
  });
  await sleep(900);
  await stop();
  expect(isAborted).toBe(isFifo);
});

describe("a rest", () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick"] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test("waits for the work in hand, ends the protection, and then messages are received again", async () => {
    const events: string[] = [];
    let finish = () => {};
    queue.send("long");
    start({
      messagesAtOnce: 1,
      protection: { ...noProtection, end: async () => void events.push("unprotected") },
      work: (body) =>
        new Promise((resolve) => {
          events.push(`begins ${body}`);
          finish = () => resolve();
        }),
    });
    await jest.advanceTimersByTimeAsync(10);
    const rest = consumer.rest();
    queue.send("next");
    await jest.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual(["begins long"]);
    finish();
    await jest.advanceTimersByTimeAsync(9_000);
    expect(events).toEqual(["begins long", "unprotected"]);
    await jest.advanceTimersByTimeAsync(2_000);
    await rest;
    expect(events).toEqual(["begins long", "unprotected", "begins next"]);
    finish();
    await jest.advanceTimersByTimeAsync(1_000);
    await stop();
  });

  test("is given up where one long message would keep the other places empty", async () => {
    const events: string[] = [];
    let finish = () => {};
    queue.send("long");
    start({
      messagesAtOnce: 2,
      protection: { ...noProtection, end: async () => void events.push("unprotected") },
      work: (body) => {
        events.push(`begins ${body}`);
        if (body !== "long") return Promise.resolve();
        return new Promise((resolve) => {
          finish = () => resolve();
        });
      },
    });
    await jest.advanceTimersByTimeAsync(10);
    const rest = consumer.rest();
    await jest.advanceTimersByTimeAsync(61_000);
    await rest;
    queue.send("next");
    await jest.advanceTimersByTimeAsync(100);
    expect(events).toEqual(["begins long", "begins next"]);
    finish();
    await jest.advanceTimersByTimeAsync(1_000);
    await stop();
  });
});

test("what the work is given logs with the message's id", async () => {
  queue.send("one");
  let child: { getPersistentLogAttributes(): object } | undefined;
  start({
    work: async (_, context) => {
      child = context.logger;
    },
  });
  while (queue.deleted.length < 1) await sleep(5);
  await stop();
  expect(child?.getPersistentLogAttributes()).toEqual({ messageId: queue.deleted[0]?.id });
});

test("thousands of messages are worked on and deleted to the last", async () => {
  // It throws when one is missing. How fast that is, the benchmark says.
  await loopRate({ messages: 5_000, messagesAtOnce: 10 });
});
