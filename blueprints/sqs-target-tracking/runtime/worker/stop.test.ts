import { until } from "../../../../shared/testing/until";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers, send } = workersAndAws();

const inFlight = (count: number) => until(() => aws.queue.inFlight.length === count, `${count} in flight`);

test.each(["SIGTERM", "SIGINT"] as const)(
  "at %s a worker finishes what it holds, receives nothing more, publishes and ends with 0",
  async (signal) => {
    send(5, 0.5);
    const worker = workers.start({ MESSAGES_AT_ONCE: "2" });
    await inFlight(2);
    expect(await worker.end(signal)).toBe(0);
    expect(aws.queue.deleted).toEqual(["m0", "m1"]);
    expect(aws.queue.deliveries.length).toBe(2);
    expect(aws.values.length).toBe(2);
    expect(worker.said("stopping")).toEqual([expect.objectContaining({ signal })]);
  },
);

test("a worker that waits for messages ends at once, and takes none with it", async () => {
  const worker = workers.start();
  await until(() => aws.polls === 1, "it waits");
  const began = performance.now();
  expect(await worker.end()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  send(1, 0);
  await until(() => aws.polls === 0, "the call was aborted");
  expect(aws.queue.deliveries).toEqual([]);
});

test("what is not done when the time is up is given to other workers at once, and what is done is deleted", async () => {
  aws.queue.send(JSON.stringify({ id: "short", duration: 0.3 }));
  send(11, 60);
  const worker = workers.start({
    MESSAGES_AT_ONCE: "20",
    STOP_TIMEOUT_SECONDS: "6",
    VISIBILITY_TIMEOUT_SECONDS: "600",
  });
  await inFlight(12);
  const began = performance.now();
  expect(await worker.end()).toBe(0);
  expect(performance.now() - began).toBeLessThan(6_000);
  expect(aws.queue.deleted).toEqual(["m0"]);
  expect(aws.queue.inFlight).toEqual([]);
  expect(aws.queue.left.length).toBe(11);
  expect(worker.said("messages")).toEqual([
    expect.objectContaining({ received: 12, succeeded: 1, failed: 0, givenBack: 11, inHand: 0 }),
  ]);
  expect(aws.values.length).toBe(1);

  expect(workers.start({ MESSAGES_AT_ONCE: "20" })).toBeDefined();
  await inFlight(11);
});

test("a worker stops while SQS does not answer", async () => {
  aws.fault = (operation) => (operation === "ReceiveMessage" ? "hang" : undefined);
  const worker = workers.start();
  await until(() => aws.of("ReceiveMessage").length === 1, "it asks");
  const began = performance.now();
  expect(await worker.end()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
});
