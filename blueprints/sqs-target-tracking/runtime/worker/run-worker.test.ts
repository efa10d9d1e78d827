import { until } from "../../../../shared/testing/until";
import { QueueModel } from "./queue-model.fixture";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers, send, empty } = workersAndAws();

const AGENT = "PUT /agent/task-protection/v1/state";

test("all messages are worked on and deleted in batches, and it is published how long the work took", async () => {
  const ids = send(40, 0.2);
  const worker = workers.start();
  await empty();
  expect(await worker.end()).toBe(0);

  expect(aws.queue.deleted.sort()).toEqual(ids.sort());
  expect(aws.queue.deliveries.length).toBe(40);
  expect(aws.of("DeleteMessageBatch").length).toBeLessThan(20);
  // At the start and at the end.
  const call = expect.objectContaining({ Namespace: "SqsTargetTracking/test" });
  expect(aws.of("PutMetricData")).toEqual([call, call]);
  const datum = {
    Unit: "Seconds",
    Dimensions: [
      { Name: "Type", Value: "Single-Queue" },
      { Name: "QueueName", Value: "work" },
    ],
  };
  const expected = { MetricName: "MsgProcessingEstimate", ...datum };
  expect(aws.published).toEqual([
    expect.objectContaining({ ...expected, Value: 1 }),
    expect.objectContaining({ MetricName: "MsgProcessingDuration", ...datum }),
    expect.objectContaining(expected),
  ]);
  expect(aws.values.length).toBe(40);
  for (const value of aws.values) expect(value).toBeGreaterThanOrEqual(0.199);
  const median = aws.values.sort((one, other) => one - other)[20];
  expect(median).toBeLessThan(0.35);
  expect(worker.lines.map(({ message }) => message)).toEqual([
    "started",
    "not run by ECS: ECS_AGENT_URI is not set, and there is no scale-in protection",
    "stopping",
    "messages",
    "stopped",
  ]);
  expect(worker.said("messages")).toEqual([
    expect.objectContaining({ received: 40, succeeded: 40, failed: 0, deleted: 40, givenBack: 0, inHand: 0 }),
  ]);
});

test("no more messages are asked for than there are free slots", async () => {
  send(12, 0.1);
  workers.start({ MESSAGES_AT_ONCE: "3" });
  await empty();
  const asked = aws.of("ReceiveMessage").map(({ MaxNumberOfMessages }) => MaxNumberOfMessages);
  expect(Math.max(...(asked as number[]))).toBe(3);
});

test("one long poll at a time waits where nothing comes", async () => {
  aws.longestPollSeconds = 0.05;
  send(30, 0.01);
  workers.start({ QUEUE_TYPE: "fifo" });
  await empty();
  const count = aws.of("ReceiveMessage").length;
  await until(() => aws.of("ReceiveMessage").length > count + 12, "polls go on");
  expect(aws.polls).toBeLessThanOrEqual(1);
  expect(aws.of("ReceiveMessage").at(-1)).toMatchObject({ WaitTimeSeconds: 20, VisibilityTimeout: 2 });
});

test("what cannot be worked on reaches the dead-letter queue after its receives, and is logged without its body", async () => {
  aws.queue = new QueueModel({ maxReceives: 3, clockSpeed: 20 });
  const bodies = ['{"password": "hunter2', '{"id": 1}', '{"id": 2, "duration": "hunter2"}', "hunter2"];
  const poison = bodies.map((body) => aws.queue.send(body));
  const good = send(5, 0);
  const worker = workers.start({ VISIBILITY_TIMEOUT_SECONDS: "60" });
  await until(() => aws.queue.deadLetters.length === 4 && aws.queue.left.length === 0, "four dead letters");
  await worker.end();

  expect(aws.queue.deadLetters.map(({ id }) => id).sort()).toEqual(poison);
  expect(aws.queue.deleted.sort()).toEqual(good);
  const failures = worker.said("a message failed");
  for (const id of poison) {
    expect(failures.filter(({ messageId }) => messageId === id).map(({ receives }) => receives)).toEqual([1, 2, 3]);
  }
  expect(failures).toContainEqual(
    expect.objectContaining({ level: "WARN", reason: "HopelessMessage: duration must be a number of seconds" }),
  );
  expect(JSON.stringify(worker.lines)).not.toContain("hunter2");
  expect(aws.values.length).toBe(5);
});

test("the task is protected before the first work is done, and works on though the agent refuses", async () => {
  aws.agent = (enabled) => ({ failure: { Arn: "arn", Reason: "TASK_NOT_VALID", Detail: `${enabled}` } });
  send(20, 0.05);
  const worker = workers.start({ ECS_AGENT_URI: workers.agentUri, MESSAGES_AT_ONCE: "1" });
  await empty();
  await worker.end();
  const [, second] = aws.calls.map(({ operation }) => operation).filter((operation) => operation !== "PutMetricData");
  expect(second).toBe(AGENT);
  expect(aws.of(AGENT)).toEqual([{ ProtectionEnabled: true, ExpiresInMinutes: 780 }]);
  expect(worker.said("task scale-in protection failed")).toEqual([
    expect.objectContaining({ level: "ERROR", reason: "Error: TASK_NOT_VALID: true" }),
  ]);
});

test("what is missing in the environment is said, and ends the worker with code 1", async () => {
  const worker = workers.start({ QUEUE_TYPE: "lifo" });
  expect(await worker.ended()).toBe(1);
  expect(worker.lines).toEqual([
    expect.objectContaining({
      level: "CRITICAL",
      message: "stopped by an error; messages in hand come again when their visibility timeout is over",
      error: expect.objectContaining({
        message:
          'Environment variables are missing or wrong: QUEUE_TYPE: must be "standard" or "fifo". Deploy the stack again.',
        stack: expect.stringContaining("/run-worker.ts:"),
      }),
    }),
  ]);
});
