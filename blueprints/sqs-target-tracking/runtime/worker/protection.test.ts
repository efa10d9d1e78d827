import { TaskProtection } from "./protection";
import { RecordingLog } from "./recording-log.fixture";

const MINUTE_MS = 60_000;
let log: RecordingLog;
let calls: [enabled: boolean, expiresInMinutes: number][];
let answer: (enabled: boolean) => Promise<void>;
let protection: TaskProtection;
const onLong = jest.fn();
beforeEach(() => {
  jest.useFakeTimers();
  log = new RecordingLog();
  calls = [];
  answer = async () => {};
  const agent = {
    protect: (enabled: boolean, minutes: number) => {
      calls.push([enabled, minutes]);
      return answer(enabled);
    },
  };
  protection = new TaskProtection({ agent, log: log.logger, onLong });
  onLong.mockReset();
});
afterEach(() => jest.useRealTimers());
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test("a busy task is protected once, and stays so for some seconds after", async () => {
  await protection.busy();
  await protection.busy();
  protection.idle();
  await pass(4_000);
  await protection.busy();
  protection.idle();
  await pass(4_000);
  expect(calls).toEqual([[true, 780]]);
  await pass(2_000);
  expect(calls).toEqual([
    [true, 780],
    [false, 780],
  ]);
});

test("protection is for longer than any message, because ECS may refuse to prolong it", async () => {
  await protection.busy();
  answer = () => Promise.reject(new Error("DEPLOYMENT_BLOCKED"));
  await pass(12 * 60 * MINUTE_MS);
  expect(calls).toEqual([[true, 780]]);
  expect(log.lines).toEqual([]);
});

test("work waits for the agent a moment, and no longer", async () => {
  answer = () => new Promise(() => {});
  const begun = jest.fn();
  protection.busy().then(begun);
  await pass(900);
  expect(begun).not.toHaveBeenCalled();
  await pass(200);
  expect(begun).toHaveBeenCalled();
});

test("an agent that refuses is asked again, and is in the log once for all its refusals", async () => {
  answer = () => Promise.reject(new Error("DEPLOYMENT_BLOCKED"));
  await protection.busy();
  await pass(2 * MINUTE_MS);
  expect(calls.length).toBe(5);
  expect(log.lines).toEqual([
    expect.objectContaining({ message: "task scale-in protection failed", reason: "Error: DEPLOYMENT_BLOCKED" }),
  ]);
  answer = async () => {};
  await pass(30_000);
  expect(log.said("task scale-in protection works again")).toEqual([expect.objectContaining({ failures: 5 })]);
});

test("an end that the agent refuses is tried again, unless the task is busy by then", async () => {
  await protection.busy();
  answer = () => Promise.reject(new Error("timed out"));
  await protection.end();
  answer = async () => {};
  await pass(30_000);
  expect(calls.map(([enabled]) => enabled)).toEqual([true, false, false]);
  await pass(60 * MINUTE_MS);
  expect(calls.length).toBe(3);
});

test("a beginning waits for an end that is under way, so that the last word is the agent's state", async () => {
  await protection.busy();
  let finish = () => {};
  answer = (enabled) =>
    enabled
      ? Promise.resolve()
      : new Promise((resolve) => {
          finish = resolve;
        });
  const ended = protection.end();
  await pass(1);
  const busy = protection.busy();
  await pass(10);
  expect(calls.map(([enabled]) => enabled)).toEqual([true, false]);
  finish();
  await Promise.all([ended, busy]);
  expect(calls.map(([enabled]) => enabled)).toEqual([true, false, true]);
});

test("a task that is busy for half an hour is told so, every half hour, and one that was idle meanwhile is not", async () => {
  await protection.busy();
  await pass(34 * MINUTE_MS);
  expect(onLong).toHaveBeenCalledTimes(1);
  await pass(34 * MINUTE_MS);
  expect(onLong).toHaveBeenCalledTimes(2);
  await protection.end();
  onLong.mockReset();
  for (let times = 0; times < 4; times++) {
    await protection.busy();
    await pass(20 * MINUTE_MS);
    await protection.end();
  }
  expect(onLong).not.toHaveBeenCalled();
});
