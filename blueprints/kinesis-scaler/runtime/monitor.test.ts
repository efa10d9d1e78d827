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

const minute = (clock: string) => Date.parse(`2030-01-01T${clock}:00Z`) / 1000;
/** CloudWatch's answer: sums by metric and stream, newest first. */
const sums = (bySeries: Record<string, [clock: string, value: number][]>) => () => ({
  MetricDataResults: Object.entries(bySeries).map(([series, points]) => {
    const [kind, stream] = series.split(" ");
    return {
      Id: `${kind}_${names.indexOf(stream as string)}`,
      StatusCode: "Complete",
      Timestamps: points.map(([clock]) => minute(clock)),
      Values: points.map(([, value]) => value),
    };
  }),
});
const utilizationsOf = (stream: string) =>
  published()
    .filter((one) => one.MetricName === "StreamUtilization" && one.Dimensions?.[0]?.Value === stream)
    .map(({ Timestamp, Value }) => [Timestamp, Value]);

describe("the monitor", () => {
  test("publishes utilisation, shards and budget of every stream", async () => {
    aws.on("GetMetricData", sums({ "bytes clicks": [["10:03", 60 * 1024 * 1024]] }));
    aws.on("Scan", () => ({
      Items: [{ streamName: { S: "clicks" }, updates: { L: [{ N: String(Date.parse(TIME) - 1000) }] } }],
    }));
    expect(await run()).toEqual({ measured: 3, unmeasured: 0 });
    expect(valueFor("StreamUtilization", "clicks")).toBe(50);
    expect(valueFor("OpenShards", "audit")).toBe(4);
    expect(valueFor("RemainingUpdates", "clicks")).toBe(9);
    expect(valueFor("RemainingUpdates", "audit")).toBe(10);
    expect(valueFor("UnmeasuredStreams")).toBe(0);
  });

  test("publishes each of the last three complete minutes under its own time, as far as CloudWatch knows it", async () => {
    const shard = 60_000;
    aws.on(
      "GetMetricData",
      sums({
        "records orders": [
          ["10:03", shard],
          ["10:02", shard / 2],
          ["10:01", shard / 4],
        ],
      }),
    );
    await run();
    expect(utilizationsOf("orders")).toEqual([
      [minute("10:03"), 100],
      [minute("10:02"), 50],
      [minute("10:01"), 25],
    ]);
  });

  test("takes a minute without data for idle only when it is too old to get any: what is late is not a zero", async () => {
    aws.on("GetMetricData", sums({ "records orders": [["10:02", 30_000]] }));
    await run();
    expect(utilizationsOf("orders")).toEqual([
      [minute("10:02"), 50],
      [minute("10:01"), 0],
    ]);
    expect(utilizationsOf("audit")).toEqual([[minute("10:01"), 0]]);
  });

  test("asks CloudWatch for whole minutes of three sums a stream, and publishes with as few calls as there are", async () => {
    await run();
    expect(aws.count("PutMetricData")).toBe(1);
    const input = aws.calls.find(({ operation }) => operation === "GetMetricData")?.input ?? {};
    expect(input).toMatchObject({ StartTime: minute("10:01"), EndTime: minute("10:04") });
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

  test("a stream whose metrics CloudWatch cannot tell is not taken for an idle one", async () => {
    aws.on("GetMetricData", () => ({ MetricDataResults: [{ Id: "bytes_0", StatusCode: "InternalError" }] }));
    expect(await run()).toEqual({ measured: 2, unmeasured: 1 });
    expect(valueFor("StreamUtilization", "orders")).toBeUndefined();
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

  test("when the scaler's memory cannot be read, only the budget is missing", async () => {
    aws.on("Scan", () => new Refusal("AccessDeniedException"));
    expect(await run()).toEqual({ measured: 3, unmeasured: 0 });
    expect(valueFor("StreamUtilization", "orders")).toBe(0);
    expect(valueFor("RemainingUpdates", "orders")).toBeUndefined();
  });

  test("GetMetricData is read to its last page", async () => {
    const page = (clock: string, value: number) => sums({ "records orders": [[clock, value]] })();
    aws.on("GetMetricData", ({ NextToken }) =>
      NextToken ? page("10:02", 30_000) : { ...page("10:03", 45_000), NextToken: "more" },
    );
    await run();
    expect(utilizationsOf("orders").slice(0, 2)).toEqual([
      [minute("10:03"), 75],
      [minute("10:02"), 50],
    ]);
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
