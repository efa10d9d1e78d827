import { WorkerAws } from "./aws.fixture";
import { Durations } from "./durations";
import { QueueRefusal } from "./queue-model.fixture";
import { RecordingLog } from "./recording-log.fixture";

const aws = new WorkerAws();
const before = { ...process.env };
beforeAll(async () => {
  Object.assign(process.env, await aws.start());
});
afterEach(() => aws.reset());
afterAll(async () => {
  process.env = before;
  await aws.stop();
});

let log: RecordingLog;
let durations: Durations;
beforeEach(() => {
  log = new RecordingLog();
  durations = new Durations(
    { QUEUE_NAME: "work", METRIC_NAMESPACE: "SqsTargetTracking/test", EXPECTED_SECONDS: 5 },
    log.logger,
  );
});
const refuse = () => {
  aws.fault = () => new QueueRefusal("AccessDeniedException", "no");
};

test("durations are counted by value, and published once", async () => {
  for (const seconds of [1, 2, 2, 0.5]) durations.add(seconds);
  await durations.publish();
  await durations.publish();
  expect(aws.values.sort()).toEqual([0.5, 1, 2, 2]);
});

test("what a message is expected to take is published each minute, whether or not one was done", async () => {
  await durations.publish();
  for (const seconds of [1, 3]) durations.add(seconds);
  await durations.publish();
  await durations.publish();
  const estimates = aws.published.filter(({ MetricName }) => MetricName === "MsgProcessingEstimate");
  expect(estimates.map(({ Value }) => Value)).toEqual([5, 2, 2]);
});

test("what CloudWatch does not take is kept, with its own time, and comes before what is new", async () => {
  refuse();
  durations.add(1);
  await durations.publish();
  durations.add(2);
  await durations.publish();
  aws.fault = () => undefined;
  durations.add(3);
  await durations.publish();
  expect(aws.values).toEqual([1, 2, 3]);
  expect(log.said("publishing durations failed").length).toBe(1);
  expect(log.said("publishing durations works again").length).toBe(1);
});

test("no more than an hour's are kept, and what is given up is said", async () => {
  refuse();
  for (let minute = 0; minute < 61; minute++) {
    durations.add(minute + 1);
    await durations.publish();
  }
  aws.fault = () => undefined;
  durations.add(62);
  await durations.publish();
  expect(aws.values).toEqual(Array.from({ length: 60 }, (_, index) => index + 3));
  expect(log.said("the durations of a minute are given up: CloudWatch has not taken them for too long").length).toBe(2);
});

test("thousands of different durations go out in one call", async () => {
  for (let index = 0; index < 20_000; index++) durations.add(10 ** (index / 5_000) / 100);
  await durations.publish();
  expect(aws.of("PutMetricData").length).toBe(1);
  expect(aws.values.length).toBe(20_000);
  for (const { Values = [] } of aws.published) expect(Values.length).toBeLessThanOrEqual(150);
});
