import { join } from "node:path";
import { BundledHandler } from "../../../../shared/testing/bundled-handler";
import { StubAws } from "./aws.fixture";
import { GroupModel } from "./group-model.fixture";

const aws = new StubAws();
const WEEK = { min: 1, desired: 2, max: 4 };
const WEEKEND = { min: 0, desired: 1, max: 1 };
let environment: Record<string, string>;
let weekend: BundledHandler;
let orders: GroupModel;
let engines: GroupModel;

beforeAll(async () => {
  environment = {
    ...(await aws.start()),
    GROUPS: JSON.stringify(["orders", "engines"].map((groupName) => ({ groupName, week: WEEK, weekend: WEEKEND }))),
  };
});
afterAll(() => aws.stop());

beforeEach(() => {
  aws.reset();
  orders = new GroupModel("orders", WEEK).with(2);
  engines = new GroupModel("engines", WEEK).with(5).with(2);
  engines.servers = engines.servers.slice(5);
  aws.serve(orders, engines);
});

const HOUR_MS = 60 * 60 * 1000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();
/** With 15 seconds that are kept back, the time is up during the first pause. */
const ONE_PASS_MS = 16_000;

describe.each([
  { entry: "handler.ts", terminationProtection: false },
  { entry: "handler-with-termination-protection.ts", terminationProtection: true },
])("the function of $entry", ({ entry, terminationProtection }) => {
  beforeAll(() => {
    weekend = new BundledHandler({ entry: join(__dirname, entry), files: {}, environment });
  });
  afterAll(() => weekend.close());

  test("sees to every group, and tells of each", async () => {
    expect(await weekend.invoke({ time: hoursAgo(0), period: "week" })).toEqual({
      period: "week",
      groups: ["orders", "engines"].map((groupName) => ({
        groupName,
        sizes: WEEK,
        inService: 2,
        standby: [],
        changes: 0,
        passes: 1,
      })),
    });
    expect(aws.changes).toEqual([]);
  });

  test("looks again after a pause, and ends when the groups are as asked", async () => {
    aws.before("DescribeAutoScalingGroups", () => {
      orders.tick();
      engines.tick();
    });
    expect(await weekend.invoke({ time: hoursAgo(0), period: "weekend" })).toMatchObject({
      groups: [
        { groupName: "orders", sizes: WEEKEND, inService: 1 },
        { groupName: "engines", sizes: WEEKEND, inService: 1 },
      ],
    });
    const lifted = aws.changes.filter((change) => /^ModifyInstanceAttribute .* off$/.test(change));
    expect(lifted).toHaveLength(terminationProtection ? 2 : 0);
    expect(aws.of("DescribeInstanceAttribute").length > 0).toBe(terminationProtection);
  });

  test("a group that fails does not keep the other from being done, and the error names it", async () => {
    aws.serve(engines);
    engines.sizes = { ...WEEKEND };
    await expect(weekend.invoke({ time: hoursAgo(0), period: "week" })).rejects.toThrow(
      "week: orders: there is no such Auto Scaling group in this account and Region; deploy the stack",
    );
    expect(engines.sizes).toEqual(WEEK);
  });

  test("one error names every group that is not as asked when the time is up", async () => {
    await expect(weekend.invoke({ time: hoursAgo(0), period: "weekend" }, ONE_PASS_MS)).rejects.toThrow(
      /weekend: orders: not as asked when the time was up, .* \| engines: not as asked when the time was up, /,
    );
  });

  test.each(["weekend", "week"])(
    "a %s that is more than six hours late is refused, and changes nothing",
    async (period) => {
      const summary = await weekend.invoke({ time: hoursAgo(6.01), period });
      expect(summary).toEqual({
        period,
        refused: expect.stringMatching(/^due at .*Z, more than 6 hours ago$/),
        groups: [],
      });
      expect(aws.calls).toEqual([]);
    },
  );

  test("one that is less late is not refused", async () => {
    expect(await weekend.invoke({ time: hoursAgo(5.9), period: "week" })).not.toHaveProperty("refused");
  });

  test.each([
    undefined,
    {},
    { time: hoursAgo(0) },
    { time: "today", period: "week" },
    { time: hoursAgo(0), period: "day" },
  ])("an event that is not the schedule's, %j, is refused before any call", async (event) => {
    await expect(weekend.invoke(event)).rejects.toThrow();
    expect(aws.calls).toEqual([]);
  });
});
