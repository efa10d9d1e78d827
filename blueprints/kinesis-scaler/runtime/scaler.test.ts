import { join } from "node:path";
import { AwsStub, Refusal } from "../../../shared/testing/aws-stub";
import { BundledHandler } from "../../../shared/testing/bundled-handler";

const aws = new AwsStub();
let scaler: BundledHandler;

const startScaler = (variables: Record<string, string>) =>
  new BundledHandler({
    entry: join(__dirname, "scaler.ts"),
    files: { "streams.json": JSON.stringify([{ streamName: "orders", minShards: 1, maxShards: 10 }]) },
    environment: {
      ...variables,
      TABLE_NAME: "memory",
      UPDATES_PER_DAY: "10",
      UPDATES_RESERVED_FOR_SCALE_OUT: "5",
      SCALE_IN: "true",
    },
  });
let variables: Record<string, string>;
beforeAll(async () => {
  variables = await aws.start();
  scaler = startScaler(variables);
});
afterAll(async () => {
  scaler.close();
  await aws.stop();
});

/** The table's one item, as DynamoDB keeps it. */
let item: Record<string, unknown> | undefined;
let stream: { status: string; shards: number };
beforeEach(() => {
  item = undefined;
  stream = { status: "ACTIVE", shards: 2 };
  aws.reset();
  aws
    .on("DescribeStreamSummary", () => ({
      StreamDescriptionSummary: {
        StreamName: "orders",
        StreamStatus: stream.status,
        OpenShardCount: stream.shards,
        StreamModeDetails: { StreamMode: "PROVISIONED" },
      },
    }))
    .on("UpdateShardCount", () => ({}))
    .on("GetItem", () => (item ? { Item: item } : {}))
    .on("PutItem", (input) => {
      item = input.Item as Record<string, unknown>;
      return {};
    });
});

const call = async (httpMethod: string, body?: unknown, id = "orders") => {
  const { statusCode, body: text } = (await scaler.invoke({
    httpMethod,
    pathParameters: { scalableTargetDimensionId: id },
    body: body === undefined ? null : JSON.stringify(body),
  })) as { statusCode: number; body: string };
  return { statusCode, ...JSON.parse(text) };
};
const updates = () =>
  aws.calls.filter(({ operation }) => operation === "UpdateShardCount").map(({ input }) => input.TargetShardCount);
const savedUpdates = () => ((item?.updates as { L: unknown[] } | undefined)?.L ?? []).length;

describe("the scaler", () => {
  test("a PATCH calls UpdateShardCount once and answers InProgress", async () => {
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject({
      statusCode: 200,
      actualCapacity: 2,
      desiredCapacity: 3,
      scalingStatus: "InProgress",
    });
    expect(aws.calls.find(({ operation }) => operation === "UpdateShardCount")?.input).toEqual({
      StreamName: "orders",
      TargetShardCount: 3,
      ScalingType: "UNIFORM_SCALING",
    });
  });

  test("the target under way survives between calls", async () => {
    await call("PATCH", { desiredCapacity: 3 });
    stream = { status: "UPDATING", shards: 2 };
    expect(await call("GET")).toMatchObject({ actualCapacity: 2, desiredCapacity: 3, scalingStatus: "InProgress" });
    stream = { status: "ACTIVE", shards: 3 };
    expect(await call("GET")).toMatchObject({ actualCapacity: 3, desiredCapacity: 3, scalingStatus: "Successful" });
    expect(updates()).toEqual([3]);
  });

  test("the same PATCH twice calls UpdateShardCount once", async () => {
    await call("PATCH", { desiredCapacity: 3 });
    stream.status = "UPDATING";
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject({
      desiredCapacity: 3,
      scalingStatus: "InProgress",
    });
    expect(updates()).toEqual([3]);
  });

  test("a GET of a quiet stream writes nothing", async () => {
    expect(await call("GET")).toMatchObject({ statusCode: 200, scalingStatus: "Successful" });
    expect(aws.count("PutItem")).toBe(0);
  });

  test("a stream that this stack does not scale is not found, and nobody is asked about it", async () => {
    expect(await call("GET", undefined, "others")).toEqual({
      statusCode: 404,
      message: "others is not one of the streams that this stack scales",
    });
    expect(aws.calls).toEqual([]);
  });

  test("a stream that was deleted is not found", async () => {
    aws.on(
      "DescribeStreamSummary",
      () => new Refusal("ResourceNotFoundException", "Stream orders under account 1 not found."),
    );
    expect(await call("GET")).toEqual({
      statusCode: 404,
      message: "Kinesis: Stream orders under account 1 not found.",
    });
  });

  test("a stream that is deleted between the look and the change is not found, and the call is not counted", async () => {
    aws.on("UpdateShardCount", () => new Refusal("ResourceNotFoundException", "gone"));
    expect(await call("PATCH", { desiredCapacity: 3 })).toEqual({ statusCode: 404, message: "Kinesis: gone" });
    expect(savedUpdates()).toBe(0);
  });

  test("a resharding that somebody else began in between is in progress, and the request is carried on after it", async () => {
    aws.on("UpdateShardCount", () => new Refusal("ResourceInUseException"));
    expect(await call("PATCH", { desiredCapacity: 4 })).toMatchObject({
      statusCode: 200,
      desiredCapacity: 4,
      scalingStatus: "InProgress",
    });
    expect(savedUpdates()).toBe(0);
    aws.on("UpdateShardCount", () => ({}));
    expect(await call("GET")).toMatchObject({ desiredCapacity: 4, scalingStatus: "InProgress" });
    expect(updates()).toEqual([4, 4]);
  });

  test("a quota that Kinesis finds spent is not tried again: the scaling failed, and the call is not counted", async () => {
    aws.on("UpdateShardCount", () => new Refusal("LimitExceededException", "10 in 24 hours"));
    const answer = {
      statusCode: 200,
      desiredCapacity: 2,
      scalingStatus: "Failed",
      failureReason: "Kinesis: 10 in 24 hours",
    };
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject(answer);
    expect(aws.count("UpdateShardCount")).toBe(1);
    expect(savedUpdates()).toBe(0);
    expect(await call("GET")).toMatchObject(answer);
    expect(aws.count("UpdateShardCount")).toBe(1);
  });

  test("a scale-out that is not honoured is told to the log in the words that the metric filter looks for", async () => {
    stream.shards = 10;
    await call("PATCH", { desiredCapacity: 12 });
    expect(scaler.logLines.join("\n")).toContain('"scaleOutFailed":true');
  });

  test("a scale-in that the day's reserve does not allow is not told as a failed scale-out", async () => {
    const before = scaler.logLines.length;
    const used = Array.from({ length: 5 }, (_, hour) => ({ N: String(Date.now() - hour * 1000) }));
    item = { streamName: { S: "orders" }, version: { N: "1" }, updates: { L: used } };
    expect(await call("PATCH", { desiredCapacity: 1 })).toMatchObject({ scalingStatus: "Failed" });
    expect(scaler.logLines.slice(before).join("\n")).toContain('"scaleOutFailed":false');
  });

  test("access that is denied is the scaler's own error, with AWS's words", async () => {
    aws.on(
      "UpdateShardCount",
      () => new Refusal("AccessDeniedException", "not authorized to perform: kinesis:UpdateShardCount"),
    );
    expect(await call("PATCH", { desiredCapacity: 3 })).toEqual({
      statusCode: 500,
      message: "AccessDeniedException: not authorized to perform: kinesis:UpdateShardCount",
    });
    expect(savedUpdates()).toBe(0);
  });

  test("a failure that leaves open whether Kinesis did it stays counted, once", async () => {
    aws.on("UpdateShardCount", () => new Refusal("InternalFailure", "no idea", 500));
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject({ statusCode: 500 });
    expect(aws.count("UpdateShardCount")).toBe(1);
    expect(savedUpdates()).toBe(1);
  });

  test("a request that meets another is thought over again on what the other left", async () => {
    let conflicts = 1;
    aws.on("PutItem", (input) => {
      if (conflicts-- > 0) {
        stream.status = "UPDATING";
        return new Refusal("ConditionalCheckFailedException");
      }
      item = input.Item as Record<string, unknown>;
      return {};
    });
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject({
      statusCode: 200,
      desiredCapacity: 3,
      scalingStatus: "InProgress",
    });
    expect(updates()).toEqual([]);
  });

  test("a request that meets others again and again is asked to come back", async () => {
    aws.on("PutItem", () => new Refusal("ConditionalCheckFailedException"));
    expect(await call("PATCH", { desiredCapacity: 3 })).toEqual({
      statusCode: 429,
      message: "Other requests for orders are being handled; ask again",
    });
    expect(updates()).toEqual([]);
  });

  test("a state of another version's making is an error, not a guess", async () => {
    item = { streamName: { S: "orders" }, updates: { S: "yesterday" } };
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject({ statusCode: 500 });
    expect(updates()).toEqual([]);
  });

  test("what is not understood is a client's error and reaches no service", async () => {
    expect(await call("PATCH", { desiredCapacity: "many" })).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("with a number"),
    });
    expect(aws.calls).toEqual([]);
  });
});

describe("a throttled scaler", () => {
  // Each in a process of its own: a client that was throttled once goes slower for a while.
  beforeEach(() => {
    scaler.close();
    scaler = startScaler(variables);
  });

  test("throttling is tried again before it is answered with 429", async () => {
    aws.on("DescribeStreamSummary", () => new Refusal("ThrottlingException", "Rate exceeded"));
    expect(await call("GET")).toEqual({ statusCode: 429, message: "ThrottlingException: Rate exceeded" });
    expect(aws.count("DescribeStreamSummary")).toBeGreaterThan(1);
  });

  test("throttling that passes is not noticed", async () => {
    const described = aws.answerOf("DescribeStreamSummary");
    let first = true;
    aws.on("DescribeStreamSummary", (input) => {
      if (!first) return described(input);
      first = false;
      return new Refusal("ThrottlingException");
    });
    expect(await call("PATCH", { desiredCapacity: 3 })).toMatchObject({ statusCode: 200, scalingStatus: "InProgress" });
  });

  test("a throttled UpdateShardCount is not tried again, not counted, and answered with 429", async () => {
    aws.on("UpdateShardCount", () => new Refusal("ThrottlingException", "Rate exceeded"));
    expect(await call("PATCH", { desiredCapacity: 3 })).toEqual({
      statusCode: 429,
      message: "ThrottlingException: Rate exceeded",
    });
    expect(aws.count("UpdateShardCount")).toBe(1);
    expect(savedUpdates()).toBe(0);
  });
});
