import { setTimeout } from "node:timers/promises";
import { until } from "../../../../shared/testing/until";
import { QueueRefusal } from "./queue-model.fixture";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers, send, empty } = workersAndAws();

test("the worker goes on asking a queue that is missing, says so once, and works when it is there", async () => {
  send(3, 0);
  let failures = 0;
  aws.fault = (operation) =>
    operation === "ReceiveMessage" && failures++ < 3 ? new QueueRefusal("QueueDoesNotExist", "no") : undefined;
  const worker = workers.start();
  await empty();
  await worker.end();
  expect(worker.said("receiving failed")).toEqual([
    expect.objectContaining({
      level: "ERROR",
      reason: expect.stringMatching(/^there is no such queue in this account/),
    }),
  ]);
  expect(worker.said("receiving works again")).toEqual([expect.objectContaining({ failures: 3 })]);
});

test("a worker that cannot reach SQS stays, and tries again", async () => {
  const worker = workers.start({ AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
  await until(() => worker.said("receiving failed").length === 1, "it says so");
  await setTimeout(700);
  expect(worker.process.exitCode).toBe(null);
  expect(await worker.end()).toBe(0);
});

test("a metric that cannot be published is said, and disturbs nothing", async () => {
  send(5, 0);
  aws.fault = (operation) =>
    operation === "PutMetricData" ? new QueueRefusal("AccessDeniedException", "no") : undefined;
  const worker = workers.start();
  await empty();
  expect(await worker.end()).toBe(0);
  expect(worker.said("publishing durations failed")).toEqual([
    expect.objectContaining({ reason: expect.stringMatching(/^the task role does not allow it; /) }),
  ]);
});
