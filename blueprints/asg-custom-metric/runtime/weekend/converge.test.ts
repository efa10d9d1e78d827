import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { QueryRefusal } from "../../../../shared/testing/query-stub";
import { idsOf, StubAws } from "./aws.fixture";
import type { Period } from "./configuration";
import { converge } from "./converge";
import { GroupModel } from "./group-model.fixture";
import { Pace } from "./pace";
import { ServerGroup } from "./server-group";
import { TerminationProtection } from "./termination-protection";

const aws = new StubAws();
let autoScaling: AutoScalingClient;
let ec2: EC2Client;

beforeAll(async () => {
  const { AWS_ENDPOINT_URL: endpoint } = await aws.start();
  const client = { ...clientConfig(), endpoint, region: "us-east-1" };
  const credentials = { accessKeyId: "stub", secretAccessKey: "stub" };
  autoScaling = new AutoScalingClient({ ...client, credentials });
  ec2 = new EC2Client({ ...client, credentials });
});
afterAll(async () => {
  autoScaling.destroy();
  ec2.destroy();
  await aws.stop();
});

const WEEK = { min: 2, desired: 4, max: 8 };
const WEEKEND = { min: 1, desired: 2, max: 3 };
let group: GroupModel;
let time: AbortController;
let logged: { message: string; groupName?: string }[];

beforeEach(() => {
  aws.reset();
  group = new GroupModel("orders", WEEK).with(4);
  aws.serve(group);
  time = new AbortController();
  logged = [];
});

/** Each pause lets the group go on; after `passes` of them the time is up. */
function run(period: Period, { passes = 10, terminationProtection = true } = {}) {
  const log = (message: string, details: object) => logged.push({ message, ...details });
  const logger = { info: log, warn: log } as never;
  const { signal } = time;
  const unpaced = new Pace(Number.POSITIVE_INFINITY);
  const protection = new TerminationProtection(ec2, { reads: unpaced, changes: unpaced });
  const services = { autoScaling, logger, signal, ...(terminationProtection && { terminationProtection: protection }) };
  const asked = { period, sizes: period === "week" ? WEEK : WEEKEND };
  const pause = async (pass: number) => {
    group.tick();
    if (pass >= passes) time.abort();
  };
  return converge(new ServerGroup("orders", services), asked, { signal, logger, pause });
}

const inServiceIds = () => group.inService.map(({ instanceId }) => instanceId);

describe("at the weekend's beginning", () => {
  test("the servers that go lose both protections, then the group shrinks to those that stay", async () => {
    expect(await run("weekend")).toEqual({
      groupName: "orders",
      sizes: WEEKEND,
      inService: 2,
      standby: [],
      changes: 4,
      passes: 2,
    });
    expect(aws.changes).toEqual([
      "ModifyInstanceAttribute i-0002 off",
      "ModifyInstanceAttribute i-0003 off",
      "SetInstanceProtection i-0002,i-0003 off",
      "UpdateAutoScalingGroup 1/2/3",
    ]);
    expect(inServiceIds()).toEqual(["i-0000", "i-0001"]);
  });

  test("those that stay are protected before anything is released", async () => {
    Object.assign(group.find("i-0000") ?? {}, { scaleInProtected: false, terminationProtected: false });
    // Of the same worth otherwise, a server that is still protected would stay instead.
    for (const { instanceId } of group.servers.slice(1))
      Object.assign(group.find(instanceId) ?? {}, { healthy: false });
    group.protectsNewServers = false;
    await run("weekend");
    expect(aws.changes.slice(0, 3)).toEqual([
      "UpdateAutoScalingGroup  on",
      "SetInstanceProtection i-0000 on",
      "ModifyInstanceAttribute i-0000 on",
    ]);
  });

  test("nothing is released and nothing shrinks as long as one that stays could not be protected", async () => {
    Object.assign(group.find("i-0000") ?? {}, { terminationProtected: false });
    aws.before("ModifyInstanceAttribute", () => {
      throw new QueryRefusal("IncorrectInstanceState");
    });
    await expect(run("weekend", { passes: 2 })).rejects.toThrow(
      "not as asked when the time was up, after 2 passes: i-0000 without termination protection; " +
        "min/desired/max are 2/4/8 instead of 1/2/3; i-0002, i-0003 still to go; last problem: IncorrectInstanceState",
    );
    expect(new Set(aws.changes)).toEqual(new Set(["ModifyInstanceAttribute i-0000 on"]));
    expect(group.inService).toHaveLength(4);
  });

  test("run twice, the second run changes nothing", async () => {
    await run("weekend");
    aws.calls.length = 0;
    expect(await run("weekend")).toMatchObject({ changes: 0, passes: 1 });
    expect(aws.changes).toEqual([]);
  });

  test("a server that comes into service meanwhile is waited for, and then goes as well", async () => {
    group.with(1, { state: "Pending:Wait", scaleInProtected: false });
    group.sizes.desired = 5;
    aws.before("UpdateAutoScalingGroup", () => {
      Object.assign(group.find("i-0004") ?? {}, { state: "InService", scaleInProtected: true });
    });
    await run("weekend");
    expect(inServiceIds()).toEqual(["i-0000", "i-0001"]);
    expect(aws.changes).toContain("SetInstanceProtection i-0004 off");
  });

  test("one that goes by itself in the middle does not hold up the others of its call", async () => {
    group = new GroupModel("orders", { min: 2, desired: 60, max: 60 }).with(60);
    aws.reset();
    aws.serve(group);
    aws.before("ModifyInstanceAttribute", ({ InstanceId }) => {
      if (InstanceId === "i-0059") Object.assign(group.find("i-0040") ?? {}, { state: "Terminating:Wait" });
    });
    const released = () => aws.changes.filter((one) => one.startsWith("SetInstanceProtection"));
    expect(await run("weekend")).toMatchObject({ inService: 2, passes: 2 });
    // The call of fifty, and its halves down to the one: a call of each half that is refused, and of the other.
    expect(released().length).toBeLessThanOrEqual(2 + 2 * 6);
    expect(released()).toContain("SetInstanceProtection i-0040 off");
  });

  test("a hundred and twenty servers are released in calls of fifty at most", async () => {
    group = new GroupModel("orders", { min: 2, desired: 120, max: 120 }).with(120);
    aws.reset();
    aws.serve(group);
    await run("weekend", { terminationProtection: false });
    expect(aws.of("SetInstanceProtection").map((input) => idsOf(input).length)).toEqual([50, 50, 18]);
    expect(group.inService).toHaveLength(2);
  });

  test("a server whose termination protection cannot be lifted keeps its other one until it can", async () => {
    let refusals = 1;
    aws.before("ModifyInstanceAttribute", ({ InstanceId }) => {
      if (InstanceId === "i-0002" && refusals-- > 0) throw new QueryRefusal("IncorrectInstanceState");
    });
    await run("weekend");
    expect(aws.changes).toEqual([
      "ModifyInstanceAttribute i-0002 off",
      "ModifyInstanceAttribute i-0003 off",
      "SetInstanceProtection i-0003 off",
      "UpdateAutoScalingGroup 1/2/3",
      "ModifyInstanceAttribute i-0002 off",
      "SetInstanceProtection i-0002 off",
    ]);
  });

  test("EC2 is not called at all where the servers have no termination protection", async () => {
    await run("weekend", { terminationProtection: false });
    expect(aws.calls.filter(({ action }) => action.includes("InstanceAttribute"))).toEqual([]);
    expect(group.inService).toHaveLength(2);
  });

  test("EC2 is asked once a run of each server, because it takes one a call", async () => {
    await run("weekend");
    expect(aws.of("DescribeInstanceAttribute").map(({ InstanceId }) => InstanceId)).toEqual([
      "i-0000",
      "i-0001",
      "i-0002",
      "i-0003",
    ]);
  });

  test("the group is looked at again when EC2 was asked: that takes long, and servers come and go", async () => {
    aws.before("DescribeInstanceAttribute", ({ InstanceId }) => {
      if (InstanceId === "i-0003") Object.assign(group.find("i-0002") ?? {}, { state: "Terminating:Wait" });
    });
    await run("weekend");
    expect(aws.changes.join()).not.toContain("i-0002");
    expect(logged.filter(({ message }) => message.startsWith("not done"))).toEqual([]);
  });

  test("servers in standby are left alone, and told", async () => {
    group.with(1, { state: "Standby" });
    expect(await run("weekend")).toMatchObject({ inService: 2, standby: ["i-0004"] });
    expect(aws.changes.join()).not.toContain("i-0004");
    expect(logged).toContainEqual({
      message: "servers in standby were left alone",
      groupName: "orders",
      instanceIds: ["i-0004"],
    });
  });

  test("each change is one line of the log, with its group", async () => {
    await run("weekend");
    expect(logged).toEqual([
      { message: "termination protection lifted", groupName: "orders", instanceId: "i-0002" },
      { message: "termination protection lifted", groupName: "orders", instanceId: "i-0003" },
      { message: "scale-in protection lifted", groupName: "orders", instanceIds: ["i-0002", "i-0003"] },
      { message: "sizes set", groupName: "orders", MinSize: 1, DesiredCapacity: 2, MaxSize: 3 },
      expect.objectContaining({ message: "as asked", groupName: "orders" }),
    ]);
  });
});

describe("at the week's beginning", () => {
  beforeEach(() => {
    group = new GroupModel("orders", WEEKEND).with(2);
    aws.reset();
    aws.serve(group);
  });

  test("the sizes are restored, and new servers are waited for until they are in service", async () => {
    expect(await run("week")).toMatchObject({ sizes: WEEK, inService: 4, changes: 1, passes: 3 });
    expect(aws.changes).toEqual(["UpdateAutoScalingGroup 2/4/8"]);
    expect(group.inService.every(({ scaleInProtected }) => scaleInProtected)).toBe(true);
  });

  test("they are restored even if a server cannot be protected", async () => {
    Object.assign(group.find("i-0001") ?? {}, { terminationProtected: false });
    aws.before("ModifyInstanceAttribute", () => {
      throw new QueryRefusal("IncorrectInstanceState");
    });
    await expect(run("week", { passes: 3 })).rejects.toThrow("i-0001 without termination protection");
    expect(group.sizes).toEqual(WEEK);
  });

  test("what a server asks for between two calls is not undone", async () => {
    group.sizes = { min: 1, desired: 5, max: 5 };
    aws.before("UpdateAutoScalingGroup", () => {
      group.sizes.desired = 6;
    });
    await run("week");
    expect(group.sizes).toEqual({ min: 2, desired: 6, max: 8 });
  });

  test("a server that never gets into service is told of when the time is up", async () => {
    jest.spyOn(group, "tick").mockImplementation(() => {
      if (group.servers.length < 3) group.with(1, { state: "Pending:Wait" });
    });
    await expect(run("week", { passes: 4 })).rejects.toThrow(
      "not as asked when the time was up, after 4 passes: 2 of 4 servers in service; i-0002 starting",
    );
  });
});

describe("when AWS does not do what it is asked", () => {
  test("a throttled call is tried again", async () => {
    let throttled = 1;
    aws.before("SetInstanceProtection", () => {
      if (throttled-- > 0) throw new QueryRefusal("Throttling", "Rate exceeded");
    });
    expect(await run("weekend")).toMatchObject({ inService: 2, passes: 2 });
    expect(aws.of("SetInstanceProtection")).toHaveLength(2);
  });

  test("a group that cannot be changed at the moment is changed by a later pass", async () => {
    let busy = 2;
    aws.before("UpdateAutoScalingGroup", () => {
      if (busy-- > 0) throw new QueryRefusal("ScalingActivityInProgress");
    });
    expect(await run("weekend")).toMatchObject({ inService: 2 });
    expect(logged.filter(({ message }) => message === "not done: sizes set")).toHaveLength(2);
  });

  test("a group that cannot be described at the moment is described by a later pass", async () => {
    let broken = 1;
    aws.before("DescribeAutoScalingGroups", () => {
      if (broken-- > 0) throw new QueryRefusal("ValidationError", "not now");
    });
    expect(await run("weekend")).toMatchObject({ inService: 2, passes: 3 });
  });

  test("a server that is gone before EC2 is asked about it costs a pass, no more", async () => {
    aws.before("DescribeInstanceAttribute", ({ InstanceId }) => {
      if (InstanceId === "i-0003") group.servers = group.servers.filter(({ instanceId }) => instanceId !== "i-0003");
    });
    expect(await run("weekend")).toMatchObject({ inService: 2 });
    expect(inServiceIds()).toEqual(["i-0000", "i-0001"]);
  });

  test("a group that does not exist fails at once, and says so", async () => {
    aws.serve();
    await expect(run("weekend")).rejects.toThrow(
      "there is no such Auto Scaling group in this account and Region; deploy the stack",
    );
    expect(aws.calls).toHaveLength(1);
  });

  test("a group that is being deleted fails at once", async () => {
    aws.on("DescribeAutoScalingGroups", () => ({ AutoScalingGroups: [{ Status: "Delete in progress" }] }));
    await expect(run("weekend")).rejects.toThrow("the Auto Scaling group is being deleted (Delete in progress)");
    expect(aws.calls).toHaveLength(1);
  });

  test.each(["DescribeAutoScalingGroups", "DescribeInstanceAttribute", "ModifyInstanceAttribute"])(
    "what the role may not do, %s, fails at once: waiting does not help",
    async (action) => {
      aws.before(action, () => {
        throw new QueryRefusal("UnauthorizedOperation", "You are not authorized", 403);
      });
      await expect(run("weekend")).rejects.toThrow("UnauthorizedOperation: You are not authorized");
      expect(aws.of(action)).toHaveLength(1);
      expect(group.inService).toHaveLength(4);
    },
  );
});
