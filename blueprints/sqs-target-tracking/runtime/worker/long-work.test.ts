import { until } from "../../../../shared/testing/until";
import type { Fault } from "./aws.fixture";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers } = workersAndAws();

test("work longer than the visibility timeout is done once, though calls are throttled, lost or hang", async () => {
  for (let id = 0; id < 25; id++) aws.queue.send(JSON.stringify({ id, duration: 3.2 }));
  const faults: (Fault | undefined)[] = ["throttle", undefined, undefined, undefined, "lose", "hang", "throttle"];
  aws.fault = (operation) => (operation === "ChangeMessageVisibilityBatch" ? faults.shift() : undefined);
  const worker = workers.start({ MESSAGES_AT_ONCE: "25" });
  await until(() => aws.queue.left.length === 0, "the queue is empty");
  expect(await worker.end()).toBe(0);
  expect(aws.queue.deliveries.length).toBe(25);
  expect(faults).toEqual([]);
});
