import { QueueModel } from "./queue-model.fixture";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers, empty } = workersAndAws();

const send = (count: number, duration: number, group: (index: number) => string) =>
  Array.from({ length: count }, (_, id) => aws.queue.send(JSON.stringify({ id, duration }), group(id)));

describe("in a FIFO queue", () => {
  test("several groups are worked on at once, each group's messages in order and one a call", async () => {
    aws.queue = new QueueModel({ isFifo: true });
    const group = (index: number) => `g${index % 5}`;
    const ids = send(50, 0.05, group);
    const crew = [workers.start({ QUEUE_TYPE: "fifo" }), workers.start({ QUEUE_TYPE: "fifo" })];
    await empty();
    for (const worker of crew) expect(await worker.end()).toBe(0);

    for (let one = 0; one < 5; one++) {
      const ofGroup = (id: string) => Number(id.slice(1)) % 5 === one;
      expect(aws.queue.deleted.filter(ofGroup)).toEqual(ids.filter(ofGroup));
    }
    expect(aws.queue.mostInFlight).toBe(5);
    for (const { MaxNumberOfMessages } of aws.of("ReceiveMessage")) expect(MaxNumberOfMessages).toBe(1);
  });

  test("a poison message does not take the messages behind it to the dead-letter queue", async () => {
    aws.queue = new QueueModel({ isFifo: true, maxReceives: 3, clockSpeed: 20 });
    const poison = aws.queue.send("poison", "g");
    const behind = send(3, 0, () => "g");
    workers.start({ QUEUE_TYPE: "fifo", VISIBILITY_TIMEOUT_SECONDS: "60" });
    await empty();
    expect(aws.queue.deadLetters.map(({ id }) => id)).toEqual([poison]);
    expect(aws.queue.deleted).toEqual(behind);
    expect(aws.queue.deliveries.length).toBe(6);
  });

  test("a group does not wait for the visibility timeout when the answer with its message is lost", async () => {
    aws.queue = new QueueModel({ isFifo: true });
    send(2, 0, () => "g");
    let calls = 0;
    aws.fault = (operation) => (operation === "ReceiveMessage" && calls++ === 0 ? "lose" : undefined);
    const began = performance.now();
    workers.start({ QUEUE_TYPE: "fifo", VISIBILITY_TIMEOUT_SECONDS: "60" });
    await empty();
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(aws.queue.deliveries.length).toBe(2);
  });
});
