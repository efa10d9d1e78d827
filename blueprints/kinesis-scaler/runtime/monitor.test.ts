import { join } from "node:path";
import { AwsStub, Refusal } from "../../../shared/testing/aws-stub";
import { BundledHandler } from "../../../shared/testing/bundled-handler";

const aws = new AwsStub();
const names = ["orders", "clicks", "audit"];
let monitor: BundledHandler;

beforeAll(async () => {
  monitor = new BundledHandler({
    entry: join(__dirname, "monitor.ts"),
    files: { "streams.json": JSON.stringify(names.map((streamName) => ({ streamName, minShards: 1, maxShards: 10 }))) },
    environment: {
      ...(await aws.start()),
      METRIC_NAMESPACE: "Test",
      TABLE_NAME: "memory",
      UPDATES_PER_DAY: "10",
      METRIC_DELAY_SECONDS: "60",
    },
  });
});
afterAll(async () => {
  monitor.close();
  await aws.stop();
});

const shards: Record<string, number> = { orders: 1, clicks: 2, audit: 4 };
beforeEach(() => {
  aws.reset();
  aws
    .on("DescribeStreamSummary", ({ StreamName }) => ({
      StreamDescriptionSummary: { StreamStatus: "ACTIVE", OpenShardCount: shards[StreamName as string] },
    }))
    .on("GetMetricData", () => ({ MetricDataResults: [] }))
    .on("PutMetricData", () => ({}))
    .on("Scan", () => ({ Items: [] }));
});

const TIME = "2030-01-01T10:05:00Z";
const run = (remainingMs = 58_000) => monitor.invoke({ time: TIME }, remainingMs);
interface Datum {
  MetricName: string;
  Value: number;
  Timestamp: number;
  Unit: string;
  Dimensions?: { Name: string; Value: string }[];
}
const published = () =>
  aws.calls
    .filter(({ operation }) => operation === "PutMetricData")
    .flatMap(({ input }) => input.MetricData as Datum[]);
const valueFor = (metric: string, stream?: string) =>
  published().find((one) => one.MetricName === metric && one.Dimensions?.[0]?.Value === stream)?.Value;

describe("the monitor", () => {
  test("publishes utilisation, shards and budget of every stream for the minute that is complete", async () => {
    aws.on("GetMetricData", ({ MetricDataQueries }) => ({
      MetricDataResults: (MetricDataQueries as { Id: string }[]).map(({ Id }) => ({
        Id,
        Values: Id === "bytes_1" ? [60 * 1024 * 1024] : [],
      })),
    }));
    aws.on("Scan", () => ({
      Items: [{ streamName: { S: "clicks" }, updates: { L: [{ N: String(Date.parse(TIME) - 1000) }] } }],
    }));
    expect(await run()).toEqual({ measured: 3, unmeasured: 0 });
    expect(valueFor("StreamUtilization", "clicks")).toBe(50);
    expect(valueFor("StreamUtilization", "orders")).toBe(0);
    expect(valueFor("OpenShards", "audit")).toBe(4);
    expect(valueFor("RemainingUpdates", "clicks")).toBe(9);
    expect(valueFor("RemainingUpdates", "audit")).toBe(10);
    expect(valueFor("UnmeasuredStreams")).toBe(0);
    expect(new Set(published().map((one) => one.Timestamp))).toEqual(
      new Set([Date.parse("2030-01-01T10:03:00Z") / 1000]),
    );
  });

  test("asks CloudWatch for whole minutes of three sums a stream, and publishes with as few calls as there are", async () => {
    await run();
    expect(aws.count("PutMetricData")).toBe(1);
    const input = aws.calls.find(({ operation }) => operation === "GetMetricData")?.input ?? {};
    expect(input).toMatchObject({
      StartTime: Date.parse("2030-01-01T10:03:00Z") / 1000,
      EndTime: Date.parse("2030-01-01T10:04:00Z") / 1000,
    });
    expect(input.MetricDataQueries).toHaveLength(9);
    expect((input.MetricDataQueries as unknown[])[0]).toEqual({
      Id: "bytes_0",
      MetricStat: {
        Metric: {
          Namespace: "AWS/Kinesis",
          MetricName: "IncomingBytes",
          Dimensions: [{ Name: "StreamName", Value: "orders" }],
        },
        Stat: "Sum",
        Period: 60,
      },
    });
  });

  test("run twice for the same minute, publishes the same", async () => {
    await run();
    const first = published();
    aws.calls.length = 0;
    await run();
    expect(published()).toEqual(first);
  });

  test("a stream that is gone does not stop the others, and is counted", async () => {
    aws.on("DescribeStreamSummary", ({ StreamName }) =>
      StreamName === "clicks"
        ? new Refusal("ResourceNotFoundException")
        : { StreamDescriptionSummary: { StreamStatus: "ACTIVE", OpenShardCount: 1 } },
    );
    expect(await run()).toEqual({ measured: 2, unmeasured: 1 });
    expect(valueFor("StreamUtilization", "orders")).toBe(0);
    expect(valueFor("StreamUtilization", "clicks")).toBeUndefined();
    expect(valueFor("UnmeasuredStreams")).toBe(1);
  });

  test("a stream that is only being created is not measured: it has no shards to divide by", async () => {
    aws.on("DescribeStreamSummary", () => ({
      StreamDescriptionSummary: { StreamStatus: "CREATING", OpenShardCount: 0 },
    }));
    expect(await run()).toEqual({ measured: 0, unmeasured: 3 });
    expect(published()).toHaveLength(1);
  });

  test("when time runs out, what was measured is published all the same", async () => {
    expect(await run(10_100)).toEqual({ measured: 2, unmeasured: 1 });
    expect(valueFor("UnmeasuredStreams")).toBe(1);
  });

  test("values of several pages of GetMetricData are added up", async () => {
    aws.on("GetMetricData", ({ NextToken }) =>
      NextToken
        ? { MetricDataResults: [{ Id: "records_0", Values: [30_000] }] }
        : { MetricDataResults: [{ Id: "records_0", Values: [15_000] }], NextToken: "more" },
    );
    await run();
    expect(valueFor("StreamUtilization", "orders")).toBe(75);
  });

  test("fails when CloudWatch cannot be read: no utilisation is better than a wrong one", async () => {
    aws.on("GetMetricData", () => new Refusal("AccessDeniedException", "not allowed"));
    await expect(run()).rejects.toThrow("not allowed");
    expect(aws.count("PutMetricData")).toBe(0);
  });

  test.each([undefined, {}, { time: "yesterday" }, { time: 5 }])(
    "an event that is not the schedule's, %j, is refused before any call",
    async (event) => {
      await expect(monitor.invoke(event)).rejects.toThrow();
      expect(aws.calls).toEqual([]);
    },
  );
});
