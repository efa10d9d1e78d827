import { LocalAwsStub } from "./local-aws-stub.fixture";
import { ServiceScaling } from "./service-scaling";

const stub = new LocalAwsStub();
const NOON = new Date("2026-03-02T12:00:00Z");
const SERVICE = "service/cluster/workers";
const TRACKING = "arn:tracking";
const STEPS = "arn:steps";
let running = 0;
let scaling: ServiceScaling;

/** Values of the newest minutes before noon, the newest last; undefined where there is none. */
let points: Record<string, (number | undefined)[]>;

beforeAll(async () => {
  await stub.start();
});
beforeEach(() => {
  stub.reset();
  running = 0;
  points = {};
  scaling = new ServiceScaling(stub.clientConfig, () => running);
  deploy({ desired: 0 });
});
afterAll(() => stub.stop());

const metric = (id: string) => ({
  Id: id,
  MetricStat: { Metric: { Namespace: "Test", MetricName: id }, Stat: "Average" },
  ReturnData: false,
});

interface Deployed {
  readonly desired: number;
  readonly suspended?: object;
  readonly actions?: string[];
  readonly rolloutState?: string;
}

function deploy({ desired, suspended, actions = [STEPS], rolloutState = "COMPLETED" }: Deployed) {
  stub
    .on("DescribeServices", () => ({ services: [{ desiredCount: desired, deployments: [{ rolloutState }] }] }))
    .on("UpdateService", () => ({}))
    .on("DescribeScalableTargets", () => ({
      ScalableTargets: [{ ResourceId: SERVICE, MinCapacity: 0, MaxCapacity: 8, SuspendedState: suspended }],
    }))
    .on("DescribeScalingPolicies", () => ({
      ScalingPolicies: [
        {
          PolicyName: "backlog",
          PolicyARN: TRACKING,
          PolicyType: "TargetTrackingScaling",
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 10,
            CustomizedMetricSpecification: {
              Metrics: [
                metric("visible"),
                metric("tasks"),
                {
                  Id: "result",
                  Expression: "IF(FILL(tasks, REPEAT) > 0, visible / FILL(tasks, REPEAT), visible)",
                  ReturnData: true,
                },
              ],
            },
          },
        },
        {
          PolicyName: "first",
          PolicyARN: STEPS,
          PolicyType: "StepScaling",
          StepScalingPolicyConfiguration: {
            AdjustmentType: "ChangeInCapacity",
            StepAdjustments: [
              { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 40, ScalingAdjustment: 1 },
              { MetricIntervalLowerBound: 40, ScalingAdjustment: 4 },
            ],
          },
        },
      ],
    }))
    .on("DescribeAlarms", () => ({
      MetricAlarms: [
        {
          AlarmName: "first-needed",
          AlarmActions: actions,
          Threshold: 0,
          ComparisonOperator: "GreaterThanThreshold",
          EvaluationPeriods: 1,
          TreatMissingData: "notBreaching",
          Metrics: [
            { Id: "result", Expression: "visible * (1 - FILL(FILL(tasks, REPEAT), 0))", ReturnData: true },
            { ...metric("visible"), MetricStat: { ...metric("visible").MetricStat, Period: 60 } },
            metric("tasks"),
          ],
        },
      ],
    }))
    .on("GetMetricData", ({ MetricDataQueries, StartTime }) => ({
      MetricDataResults: (MetricDataQueries as { Id: string }[]).map(({ Id }) => {
        const all = (points[Id] ?? []).flatMap((value, index, { length }) =>
          value === undefined ? [] : [{ at: NOON.getTime() / 1000 - (length - index) * 60, value }],
        );
        const inRange = all.filter(({ at }) => at >= Number(StartTime)).reverse();
        return { Id, Timestamps: inRange.map(({ at }) => at), Values: inRange.map(({ value }) => value) };
      }),
    }));
}

const desiredCounts = () =>
  stub.calls.filter(({ operation }) => operation === "UpdateService").map(({ input }) => input.desiredCount);

test("target tracking follows the metric math of the policy that is deployed, point by point", async () => {
  deploy({ desired: 2 });
  running = 2;
  // No point says how many tasks there are now: the last one holds.
  points = { visible: [50, 60, 80], tasks: [2, undefined, undefined] };
  expect(await scaling.trackService(SERVICE, NOON)).toEqual({
    requested: 8,
    reason: "backlog: above 10 for 3 minutes, now 40.0; first: the alarm first-needed is not in ALARM",
  });
  expect(desiredCounts()).toEqual([8]);
});

test("steps start the first tasks, as many as the step for the alarm's value adds", async () => {
  points = { visible: [30], tasks: [0] };
  expect((await scaling.trackService(SERVICE, NOON)).requested).toBe(1);
  points = { visible: [41], tasks: [0] };
  const { requested, reason } = await scaling.trackService(SERVICE, NOON);
  expect(requested).toBe(4);
  expect(reason).toContain("first: the alarm first-needed is in ALARM, now 41");
});

test("it looks at whole minutes before that time, and an alarm at few of them", async () => {
  // Old enough for the alarm not to see it; for target tracking it is one point of three.
  deploy({ desired: 1 });
  running = 1;
  points = { visible: [41, undefined, undefined, undefined], tasks: [0, 0, 0, 0] };
  expect((await scaling.trackService(SERVICE, NOON)).requested).toBeUndefined();
  expect((await scaling.trackService(SERVICE, new Date(NOON.getTime() + 59_000))).requested).toBeUndefined();
  const windows = stub.calls
    .filter(({ operation }) => operation === "GetMetricData")
    .map(({ input }) => [
      Number(input.EndTime) - NOON.getTime() / 1000,
      Number(input.EndTime) - Number(input.StartTime),
    ]);
  expect(windows).toEqual([1200, 180, 1200, 180].map((seconds) => [0, seconds]));
});

test("nothing is set while scaling is suspended, and nothing is taken away during a deployment", async () => {
  deploy({ desired: 0, suspended: { DynamicScalingOutSuspended: true } });
  points = { visible: [41], tasks: [0] };
  expect((await scaling.trackService(SERVICE, NOON)).reason).toMatch(/^scaling out is suspended/);
  deploy({ desired: 2, rolloutState: "IN_PROGRESS" });
  running = 2;
  points = { visible: Array(15).fill(0), tasks: Array(15).fill(2) };
  expect((await scaling.trackService(SERVICE, NOON)).reason).toMatch(/^a deployment is in progress/);
  expect(desiredCounts()).toEqual([]);
  deploy({ desired: 2 });
  expect((await scaling.trackService(SERVICE, NOON)).requested).toBe(0);
});

test("a step policy that no alarm runs does nothing, and says so", async () => {
  deploy({ desired: 0, actions: ["arn:other"] });
  points = { visible: [5], tasks: [0] };
  const { requested, reason } = await scaling.trackService(SERVICE, NOON);
  expect(requested).toBeUndefined();
  expect(reason).toContain("first: no alarm runs it");
});

test("what is not deployed is said", async () => {
  await expect(scaling.trackService("cluster/workers", NOON)).rejects.toThrow("is not service/<cluster>/<service>");
  stub.on("DescribeScalableTargets", () => ({ ScalableTargets: [] }));
  await expect(scaling.trackService(SERVICE, NOON)).rejects.toThrow(`No scalable target is registered for ${SERVICE}`);
  stub.on("DescribeServices", () => ({ services: [] }));
  await expect(scaling.trackService(SERVICE, NOON)).rejects.toThrow(
    "There is no service workers in the cluster cluster",
  );
});
