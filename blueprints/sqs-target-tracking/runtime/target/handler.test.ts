import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AwsStub, Refusal } from "../../../../shared/testing/aws-stub";
import { BundledHandler } from "../../../../shared/testing/bundled-handler";

const SERVICE = "service/work/workers";
const TIME = "2030-01-02T10:02:30Z";
const seconds = (text: string) => Date.parse(text) / 1000;

const aws = new AwsStub();
let target: BundledHandler;
beforeAll(async () => {
  target = new BundledHandler({
    entry: join(__dirname, "handler.ts"),
    files: {},
    environment: {
      ...(await aws.start()),
      POLICY_NAME: "backlog",
      RESOURCE_ID: SERVICE,
      QUEUE_NAME: "work.fifo",
      METRIC_NAMESPACE: "Test",
      LATENCY_SECONDS: "60",
      MESSAGES_AT_ONCE: "1",
      LOOK_BACK_HOURS: "24",
      MIN_TARGET: "0.1",
      MAX_TARGET: "1000",
      CHANGE_PERCENT: "10",
    },
  });
});
afterAll(async () => {
  target.close();
  await aws.stop();
});

const stat = (Namespace: string, MetricName: string, Name: string, Value: string) => ({
  Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] },
  Stat: "Average",
});
/** With every kind of field that a configuration has. */
const CONFIGURATION = {
  TargetValue: 12,
  CustomizedMetricSpecification: {
    Metrics: [
      {
        Id: "visible",
        Label: "waiting",
        MetricStat: stat("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "work.fifo"),
        ReturnData: false,
      },
      {
        Id: "running",
        MetricStat: { ...stat("ECS/ContainerInsights", "RunningTaskCount", "ServiceName", "workers"), Unit: "Count" },
        ReturnData: false,
      },
      { Id: "backlog", Expression: "visible / running", ReturnData: true },
    ],
  },
  ScaleOutCooldown: 240,
  ScaleInCooldown: 0,
  DisableScaleIn: false,
};
const policy = (more: object = {}) => ({
  PolicyARN: "arn",
  PolicyName: "backlog",
  ServiceNamespace: "ecs",
  ResourceId: SERVICE,
  ScalableDimension: "ecs:service:DesiredCount",
  PolicyType: "TargetTrackingScaling",
  CreationTime: 0,
  TargetTrackingScalingPolicyConfiguration: CONFIGURATION,
  ...more,
});

interface MetricAnswer {
  readonly status?: string;
  readonly points?: [time: string, sum: number, count: number][];
}
const metrics = ({ status = "Complete", points = [] }: MetricAnswer, Ids = ["sum", "count"]) => ({
  MetricDataResults: Ids.map((Id) => ({
    Id,
    StatusCode: status,
    Timestamps: points.map(([time]) => seconds(`2030-01-02T${time}:00Z`)),
    Values: points.map(([, sum, count]) => (Id === "sum" ? sum : count)),
  })),
});
/** Messages of 2 s, so that the target would be 30. */
const TWO_SECONDS: MetricAnswer = { points: [["09:55", 200, 100]] };

beforeEach(() => {
  aws.reset();
  aws
    .on("DescribeScalingPolicies", () => ({ ScalingPolicies: [policy()] }))
    .on("GetMetricData", () => metrics(TWO_SECONDS))
    .on("PutScalingPolicy", () => ({ PolicyARN: "arn" }))
    .on("PutMetricData", () => ({}));
});
const run = () => target.invoke({ time: TIME });
const inputsOf = (operation: string) =>
  aws.calls.filter((one) => one.operation === operation).map(({ input }) => input);

describe("the target function", () => {
  test("changes the policy's target, and nothing else of its configuration", async () => {
    expect(await run()).toEqual({
      target: 30,
      changed: true,
      reason: "30 instead of 12, for messages of 2.00 s",
      messages: 100,
      meanSeconds: 2,
    });
    expect(inputsOf("PutScalingPolicy")).toEqual([
      {
        PolicyName: "backlog",
        ServiceNamespace: "ecs",
        ResourceId: SERVICE,
        ScalableDimension: "ecs:service:DesiredCount",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration: { ...CONFIGURATION, TargetValue: 30 },
      },
    ]);
  });

  test("publishes the target that is in force, changed or not, at the time that the run was due", async () => {
    const datum = (Value: number) => [
      {
        Namespace: "Test",
        MetricData: [
          {
            MetricName: "TargetBacklogPerTask",
            Dimensions: [
              { Name: "Type", Value: "Single-Queue" },
              { Name: "QueueName", Value: "work.fifo" },
            ],
            Timestamp: seconds(TIME),
            Value,
            Unit: "Count",
          },
        ],
      },
    ];
    await run();
    expect(inputsOf("PutMetricData")).toEqual(datum(30));

    aws.calls.length = 0;
    aws.on("GetMetricData", () => metrics({ points: [] }));
    await run();
    expect(inputsOf("PutMetricData")).toEqual(datum(12));
  });

  test("run again for the same hour, changes nothing and publishes the same", async () => {
    await run();
    const published = inputsOf("PutMetricData");
    const [put] = inputsOf("PutScalingPolicy");
    aws.on("DescribeScalingPolicies", () => ({ ScalingPolicies: [policy(put)] }));
    aws.calls.length = 0;
    expect(await run()).toMatchObject({ target: 30, changed: false });
    expect(aws.count("PutScalingPolicy")).toBe(0);
    expect(inputsOf("PutMetricData")).toEqual(published);
  });

  test("says in its log what it did and why", async () => {
    aws.on("GetMetricData", () => metrics({ points: [["09:55", 400, 100]] }));
    await run();
    const told = () =>
      target.logLines.filter((line) => line.includes('"reason":"15 instead of 12, for messages of 4.00 s"'));
    // The log comes by another way than the answer, and may come after it.
    for (const began = performance.now(); told().length === 0 && performance.now() - began < 2000; )
      await setImmediate();
    expect(told()).toHaveLength(1);
  });

  test("leaves the policy as it is when no message was measured", async () => {
    aws.on("GetMetricData", () => metrics({ points: [] }));
    expect(await run()).toMatchObject({ target: 12, changed: false, messages: 0 });
    expect(aws.count("PutScalingPolicy")).toBe(0);
  });
});

describe("the durations", () => {
  test("are asked for in periods of five minutes, which CloudWatch still has for the whole window", async () => {
    await run();
    const Metric = {
      Namespace: "Test",
      MetricName: "MsgProcessingDuration",
      Dimensions: [
        { Name: "Type", Value: "Single-Queue" },
        { Name: "QueueName", Value: "work.fifo" },
      ],
    };
    expect(inputsOf("GetMetricData")).toEqual([
      {
        MetricDataQueries: [
          { Id: "sum", MetricStat: { Metric, Stat: "Sum", Period: 300 } },
          { Id: "count", MetricStat: { Metric, Stat: "SampleCount", Period: 300 } },
        ],
        StartTime: seconds("2030-01-01T10:00:00Z"),
        EndTime: seconds("2030-01-02T10:00:00Z"),
      },
    ]);
  });

  test("are those of all points, weighted by their messages: the newest does not decide", async () => {
    const points: MetricAnswer["points"] = [
      ["09:55", 40, 10],
      ["09:50", 200, 190],
    ];
    aws.on("GetMetricData", () => metrics({ points }));
    expect(await run()).toMatchObject({ meanSeconds: 1.2, target: 50 });
  });

  test("are read to the last page, however the sums and counts are cut into pages", async () => {
    const pages = [
      { ...metrics({ status: "PartialData", points: [["09:55", 100, 50]] }, ["sum"]), NextToken: "1" },
      { ...metrics({ points: [["09:50", 200, 50]] }, ["sum"]), NextToken: "2" },
      metrics(
        {
          points: [
            ["09:55", 100, 50],
            ["09:50", 200, 50],
          ],
        },
        ["count"],
      ),
    ];
    aws.on("GetMetricData", ({ NextToken }) => pages[Number(NextToken ?? 0)]);
    expect(await run()).toMatchObject({ meanSeconds: 3, target: 20 });
  });

  test("that come in part are asked for again", async () => {
    let calls = 0;
    aws.on("GetMetricData", () => (calls++ === 0 ? metrics({ status: "PartialData" }) : metrics(TWO_SECONDS)));
    expect(await run()).toMatchObject({ target: 30 });
  });

  test.each([
    ["PartialData", 3],
    ["InternalError", 3],
    ["Forbidden", 1],
  ])("that stay %s are no truth: the run fails, and the policy stays as it is", async (status, calls) => {
    aws.on("GetMetricData", () => metrics({ ...TWO_SECONDS, status }));
    await expect(run()).rejects.toThrow(
      `CloudWatch does not tell all of Test MsgProcessingDuration of work.fifo, and the target stays as it is: Sum is ${status}, SampleCount is ${status}`,
    );
    expect(aws.count("GetMetricData")).toBe(calls);
    expect(aws.count("PutScalingPolicy")).toBe(0);
  });

  test("are not there when a statistic is not in the answer", async () => {
    aws.on("GetMetricData", () => metrics(TWO_SECONDS, ["sum"]));
    await expect(run()).rejects.toThrow("SampleCount is missing");
  });
});

describe("the policy", () => {
  test("is the one of the service, not of another one that has a policy of the same name", async () => {
    const other = policy({ ResourceId: "service/work/others" });
    aws.on("DescribeScalingPolicies", () => ({ ScalingPolicies: [other, policy()] }));
    await run();
    expect(inputsOf("DescribeScalingPolicies")).toEqual([
      {
        PolicyNames: ["backlog"],
        ServiceNamespace: "ecs",
        ResourceId: SERVICE,
        ScalableDimension: "ecs:service:DesiredCount",
      },
    ]);
    expect(inputsOf("PutScalingPolicy")).toMatchObject([{ ResourceId: SERVICE }]);
  });

  test("is found on the last page, too", async () => {
    aws.on("DescribeScalingPolicies", ({ NextToken }) =>
      NextToken ? { ScalingPolicies: [policy()] } : { ScalingPolicies: [], NextToken: "more" },
    );
    expect(await run()).toMatchObject({ target: 30, changed: true });
  });

  test.each([
    ["none", [], 0],
    ["one of another service only", [policy({ ResourceId: "service/work/others" })], 0],
    ["one of another name only", [policy({ PolicyName: "other" })], 0],
    ["two", [policy(), policy()], 2],
  ])("when there is %s, the run fails and changes nothing", async (_, ScalingPolicies, count) => {
    aws.on("DescribeScalingPolicies", () => ({ ScalingPolicies }));
    await expect(run()).rejects.toThrow(
      `${SERVICE} has ${count} scaling policies backlog, and must have one. Deploy the stack.`,
    );
    expect(aws.calls.map(({ operation }) => operation)).toEqual(["DescribeScalingPolicies"]);
  });

  test("that does not track a target is left as it is", async () => {
    aws.on("DescribeScalingPolicies", () => ({ ScalingPolicies: [policy({ PolicyType: "StepScaling" })] }));
    await expect(run()).rejects.toThrow(
      `The scaling policy backlog of ${SERVICE} is of the type StepScaling, and only TargetTrackingScaling has a target. It is left as it is.`,
    );
    expect(aws.calls.map(({ operation }) => operation)).toEqual(["DescribeScalingPolicies"]);
  });

  test("that cannot be set fails the run, and no target is published", async () => {
    aws.on("PutScalingPolicy", () => new Refusal("ValidationException", "cloudwatch:PutMetricAlarm is missing"));
    await expect(run()).rejects.toThrow("cloudwatch:PutMetricAlarm is missing");
    expect(aws.count("PutMetricData")).toBe(0);
  });

  test("that is being updated, or throttled, is tried again", async () => {
    const refusals = [new Refusal("ConcurrentUpdateException", "busy", 500), new Refusal("ThrottlingException")];
    aws.on("PutScalingPolicy", () => refusals.pop() ?? { PolicyARN: "arn" });
    expect(await run()).toMatchObject({ changed: true });
    expect(aws.count("PutScalingPolicy")).toBe(3);
  });
});

test.each([undefined, {}, { time: "yesterday" }])(
  "an event that is not the schedule's, %j, is refused before any call",
  async (event) => {
    await expect(target.invoke(event)).rejects.toThrow();
    expect(aws.calls).toEqual([]);
  },
);
