import { QueueRefusal } from "./queue-model.fixture";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers, empty } = workersAndAws();

const send = (count: number) =>
  Array.from({ length: count }, (_, id) => aws.queue.send(JSON.stringify({ id, duration: 0 })));

describe("deletions", () => {
  test("that fail are tried again one by one, and the messages do not come again meanwhile", async () => {
    send(10);
    const failed = new Set<unknown>();
    aws.fault = (operation, { ReceiptHandle }) => {
      if (operation !== "DeleteMessageBatch entry" || failed.has(ReceiptHandle)) return undefined;
      failed.add(ReceiptHandle);
      return "throttle";
    };
    const worker = workers.start();
    await empty();
    await worker.end();
    expect(aws.queue.deliveries.length).toBe(10);
    const sizes = aws.of("DeleteMessageBatch").map(({ Entries }) => (Entries as object[]).length);
    expect(sizes).toEqual([10, ...Array<number>(10).fill(1)]);
    expect(worker.lines.filter(({ level }) => level === "ERROR")).toEqual([]);
  });

  test("whose answers are lost delete nothing twice, and lose nothing", async () => {
    send(25);
    let calls = 0;
    aws.fault = (operation) => (operation === "DeleteMessageBatch" && calls++ % 2 === 0 ? "lose" : undefined);
    const worker = workers.start();
    await empty();
    expect(await worker.end()).toBe(0);
    expect(aws.queue.deliveries.length).toBe(25);
    expect(worker.said("messages")).toEqual([expect.objectContaining({ succeeded: 25, deleted: 25 })]);
  });

  test("that take longer than the visibility timeout do not let the message come again", async () => {
    send(3);
    const began = performance.now();
    aws.fault = (operation) =>
      operation === "DeleteMessageBatch entry" && performance.now() - began < 2500 ? "throttle" : undefined;
    workers.start();
    await empty();
    expect(performance.now() - began).toBeGreaterThan(2500);
    expect(aws.queue.deliveries.length).toBe(3);
  });

  test("that SQS refuses for good are logged with the message's id, and the message comes again", async () => {
    const [first] = send(3) as [string];
    aws.fault = (operation, { ReceiptHandle }) =>
      operation === "DeleteMessageBatch entry" && ReceiptHandle === `${first}-0`
        ? new QueueRefusal("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        : undefined;
    const worker = workers.start();
    await empty();
    await worker.end();
    expect(aws.queue.deliveries.map(({ id }) => id)).toEqual(["m0", "m1", "m2", "m0"]);
    expect(worker.said("a message that is done could not be deleted: it will come again")).toEqual([
      expect.objectContaining({
        level: "ERROR",
        messageId: first,
        receives: 1,
        reason: "ReceiptHandleIsInvalid: The input receipt handle is invalid.",
      }),
    ]);
  });
});
