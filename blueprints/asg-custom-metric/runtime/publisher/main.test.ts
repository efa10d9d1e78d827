import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program } from "../../../../shared/compute/program";
import { ApplicationFixture } from "./application.fixture";
import { ServerFixture } from "./server.fixture";

const publisher = program(join(__dirname, "main.ts"));
const MINUTE = 60_000;

let server: ServerFixture;
let application: ApplicationFixture;
beforeEach(async () => {
  server = new ServerFixture(publisher);
  application = new ApplicationFixture();
  await server.start();
  server.config = { ...server.config, port: await application.listen() };
});
afterEach(() => {
  application.close();
  server.remove();
});
const onlyMeasuring = () => {
  server.config = { ...server.config, policyName: null };
};

describe("connections", () => {
  beforeEach(onlyMeasuring);

  test("are counted exactly, be there none, one or five hundred, and by their application's end only", async () => {
    for (const count of [0, 1, 500]) {
      await application.clients(count);
      expect(await server.run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    }
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([0, 1, 500]);
  });

  test("are none where nothing listens, which is published", async () => {
    application.close();
    expect((await server.run()).status).toBe(0);
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([0]);
    expect(server.values("ScaleOutRequests")).toEqual([0]);
  });

  test("are not published as zero where there is no ss, which is said", async () => {
    server.command("ss", undefined);
    const { status, stderr } = await server.run();
    expect(stderr).toMatch(/ss is in the package iproute: ss is not on the PATH \//);
    expect(status).toBe(1);
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([]);
    expect(server.values("ScaleOutRequests")).toEqual([0]);
  });
});

describe("data points", () => {
  beforeEach(onlyMeasuring);
  const times = () =>
    server.published.filter((one) => one.metric === "ScaleOutRequests" && one.server).map((one) => one.time);

  test("are the group's and this server's, in the stack's namespace and Region", async () => {
    await application.clients(2);
    await server.run();
    const time = expect.any(Number);
    const id = "i-0123456789abcdef0";
    expect(server.published).toEqual([
      { metric: "TcpConnectionNumberOnPort", value: 2, time, server: undefined },
      { metric: "TcpConnectionNumberOnPort", value: 2, time, server: id },
      { metric: "ScaleOutRequests", value: 0, time, server: undefined },
      { metric: "ScaleOutRequests", value: 0, time, server: id },
    ]);
    expect(server.calls).toEqual([
      expect.stringMatching(
        /^cloudwatch put-metric-data --cli-input-json \{"Namespace":"AsgCustomMetric\/test",.* --region eu-west-1$/,
      ),
    ]);
  });

  test("that CloudWatch refuses arrive once each, when it accepts again, with the time of their measurement", async () => {
    server.refuse("put-metric-data", "Throttling");
    const runs = [await server.run(), await server.run()];
    expect(runs[1]).toMatchObject({ status: 1, stdout: "" });
    expect(runs[1]?.stderr).toMatch(
      /Z publisher: 2 data points are left to the next run: An error occurred \(Throttling\) .*\n$/,
    );

    server.accept("put-metric-data");
    runs.push(await server.run(), await server.run());
    expect(times().length).toBe(4);
    times().forEach((time, index) => {
      expect(time).toBeGreaterThanOrEqual(runs[index]!.began);
      expect(time).toBeLessThanOrEqual(runs[index]!.ended);
    });
  });

  test("of a day's outage go out in several calls, and those that were accepted do not go out again", async () => {
    const day = Array.from({ length: 1440 }, (_, index) => Date.now() - (1440 - index) * MINUTE);
    server.memory = { request: { phase: "armed" }, points: day.map((time) => ({ time, connections: 1, requests: 0 })) };
    server.whenAccepted(
      "put-metric-data",
      "mapfile -t all <put-metric-data.accepted; ((${#all[@]} != 2)) || printf 'exit 254' >put-metric-data.before",
    );
    const { stderr } = await server.run();
    expect(stderr).toMatch(/publisher: dropped 1 data points, which are too old or too many\n/);
    expect(server.accepted("put-metric-data").length).toBe(2);

    server.accept("put-metric-data");
    expect((await server.run()).status).toBe(0);
    expect(times().slice(0, 1439)).toEqual(day.slice(1));
    expect(times().length).toBe(1441);
  });

  test("wait until the server knows who it is", async () => {
    server.instanceId = undefined;
    const { status, stderr } = await server.run();
    expect(stderr).toMatch(
      /no instance metadata, so that nothing is published before the next run: \/latest\/api\/token answers 401/,
    );
    expect(status).toBe(1);
    expect(server.calls).toEqual([]);

    server.instanceId = "i-0fedcba9876543210";
    expect((await server.run()).status).toBe(0);
    expect(new Set(server.published.map((one) => one.server))).toEqual(new Set([undefined, "i-0fedcba9876543210"]));
    expect(times().length).toBe(2);
  });

  test("need no metadata again in the same boot", async () => {
    await server.run();
    server.instanceId = undefined;
    expect((await server.run()).status).toBe(0);
    expect(times().length).toBe(2);
  });

  test("of a server that an image was made of are not those of the image's servers, nor is its request", async () => {
    const points = [{ time: Date.now() - MINUTE, connections: 9, requests: 0 }];
    server.memory = { instanceId: "i-of-the-image", bootId: "another boot", request: { phase: "pending" }, points };
    server.config = { ...server.config, policyName: "one-more" };
    await server.run();
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([0]);
    expect(server.published.map((one) => one.server)).not.toContain("i-of-the-image");
    expect(server.accepted("execute-policy")).toEqual([]);
  });

  test("survive a reboot of their server", async () => {
    const points = [{ time: Date.now() - MINUTE, connections: 9, requests: 0 }];
    server.memory = { instanceId: server.instanceId, bootId: "another boot", request: { phase: "armed" }, points };
    await server.run();
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([9, 0]);
  });
});

describe("a server that is full", () => {
  beforeEach(() => application.clients(3));

  test("asks for one more by the group's policy, whatever its cooldown, and publishes that it was accepted", async () => {
    expect(await server.run()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\S+Z publisher: asked orders for one more server, 2 -> 3: 3 connections\n$/),
    });
    expect(server.accepted("execute-policy")).toEqual([
      { AutoScalingGroupName: "orders", PolicyName: "one-more", HonorCooldown: false },
    ]);
    expect(server.calls[0]).toMatch(/^autoscaling execute-policy --cli-input-json \{.*\} --region eu-west-1$/);
    await server.run();
    expect(server.accepted("execute-policy").length).toBe(1);
    expect(server.values("ScaleOutRequests")).toEqual([1, 0]);
  });

  test("asks again when it was empty meanwhile", async () => {
    for (const count of [3, 1, 3, 3]) {
      await application.clients(count);
      await server.run();
    }
    expect(server.values("ScaleOutRequests")).toEqual([1, 0, 1, 0]);
    expect(server.accepted("execute-policy").length).toBe(2);
  });

  test("does not ask where another signal scales the group", async () => {
    onlyMeasuring();
    expect((await server.run()).status).toBe(0);
    expect(server.accepted("execute-policy")).toEqual([]);
    expect(server.values("ScaleOutRequests")).toEqual([0]);
  });

  test("goes on asking while AWS refuses, with fewer connections too, until it is accepted once", async () => {
    server.refuse("execute-policy", "ScalingActivityInProgress");
    const first = await server.run();
    expect(first.status).toBe(1);
    expect(first.stderr).toMatch(
      /orders is asked for one more server again in the next run: An error occurred \(ScalingActivityInProgress\)/,
    );
    await application.clients(0);
    await server.run();
    server.accept("execute-policy");
    await server.run();
    await server.run();
    expect(server.calls.filter((call) => call.startsWith("autoscaling")).length).toBe(3);
    expect(server.accepted("execute-policy").length).toBe(1);
    expect(server.values("ScaleOutRequests")).toEqual([0, 0, 1, 0]);
  });

  test("goes on asking a group at its largest, which takes the call and does nothing, until that may grow", async () => {
    server.largest = 2;
    const first = await server.run();
    expect([first.status, server.desired]).toEqual([1, 2]);
    expect(first.stderr).toMatch(/asked for one more server again in the next run: it still wants 2 servers/);
    server.largest = 9;
    await server.run();
    await server.run();
    expect(server.desired).toBe(3);
    expect(server.values("ScaleOutRequests")).toEqual([0, 1, 0]);
  });

  test("asks a group at its largest no more when its clients have gone: it needs no other server then", async () => {
    server.largest = 2;
    await server.run();
    await application.clients(0);
    server.largest = 9;
    expect((await server.run()).status).toBe(0);
    expect(server.desired).toBe(2);
    await application.clients(3);
    await server.run();
    expect(server.desired).toBe(3);
  });

  test("asks once all the same where it may not read the group's size", async () => {
    server.refuse("describe-auto-scaling-groups", "AccessDenied");
    expect((await server.run()).stdout).toMatch(/one more server, \? -> \?: 3 connections/);
    await server.run();
    expect(server.desired).toBe(3);
  });

  test("goes on asking when it can no longer count", async () => {
    server.refuse("execute-policy", "Throttling");
    await server.run();
    server.accept("execute-policy");
    server.command("ss", undefined);
    expect((await server.run()).status).toBe(1);
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([3]);
    expect(server.values("ScaleOutRequests")).toEqual([0, 1]);
  });

  test("asks a second time rather than not at all, when it was killed before it could note that it was accepted", async () => {
    server.whenAccepted("execute-policy", "kill -9 $PPID");
    expect((await server.run()).status).toBeNull();
    expect(server.memory.request).toEqual({ phase: "pending" });
    server.accept("execute-policy");
    await application.clients(0);
    await server.run();
    await server.run();
    expect(server.accepted("execute-policy").length).toBe(2);
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([3, 0, 0]);
  });

  test("does not ask what it cannot remember: each run would ask again", async () => {
    writeFileSync(dirname(server.config.stateFile), "a file, where the folder should be");
    const { status, stderr } = await server.run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/the state cannot be saved, and no server is asked for: E/);
    expect(server.accepted("execute-policy")).toEqual([]);
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([3]);
  });

  test("neither asks nor publishes again and again what is on a full disk, but always what it measures", async () => {
    const older = { time: Date.now() - MINUTE, connections: 9, requests: 0 };
    server.memory = { request: { phase: "pending" }, points: [older] };
    const full = 'require("node:fs").writeFileSync = () => { throw new Error("ENOSPC: no space left on device"); };';
    writeFileSync(server.path("full.cjs"), full);
    const runs = [await server.run("--require", server.path("full.cjs"))];
    runs.push(await server.run("--require", server.path("full.cjs")));
    expect(runs.map(({ status }) => status)).toEqual([1, 1]);
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([3, 3]);
    expect(server.accepted("execute-policy")).toEqual([]);

    await server.run();
    expect(server.values("TcpConnectionNumberOnPort")).toEqual([3, 3, 9, 3]);
    expect(server.accepted("execute-policy").length).toBe(1);
  });

  test("begins no call that its time is too short for, and leaves it to the next run", async () => {
    writeFileSync(
      server.path("late.cjs"),
      "const { now } = performance; performance.now = () => 43_000 + now.call(performance);",
    );
    const { status, stderr } = await server.run("--require", server.path("late.cjs"));
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /again in the next run: no time is left\n.*1 data points are left to the next run: no time is left\n$/,
    );
    await server.run();
    expect(server.values("ScaleOutRequests")).toEqual([0, 1]);
  });
});

describe("the state", () => {
  test("that makes no sense is told of, set aside, and begun anew", async () => {
    server.writeState('{"request":{"pha');
    await application.clients(3);
    const { status, stderr } = await server.run();
    expect(stderr).toContain(`${server.config.stateFile} is set aside as ${server.config.stateFile}.corrupt`);
    expect(status).toBe(1);
    expect(readFileSync(`${server.config.stateFile}.corrupt`, "utf8")).toBe('{"request":{"pha');
    expect(server.accepted("execute-policy").length).toBe(1);
    expect(await server.run()).toMatchObject({ status: 0, stderr: "" });
  });

  test("is whole after runs at the same time, and nothing else is left in its folder", async () => {
    await Promise.all([server.run(), server.run(), server.run()]);
    expect(server.memory).toMatchObject({ request: { phase: "armed" }, instanceId: "i-0123456789abcdef0" });
    expect(readdirSync(dirname(server.config.stateFile))).toEqual(["publisher.json"]);
    expect((await server.run()).stderr).toBe("");
  });
});

describe("a configuration", () => {
  test("that is wrong is one message with all mistakes, and nothing is done", async () => {
    server.config = {
      ...server.config,
      port: 70_000,
      threshold: 5,
      rearmBelow: 6,
      region: "",
      policyName: undefined as never,
    };
    const { status, stderr } = await server.run();
    expect(status).toBe(1);
    expect(stderr.replace(/^\S+ publisher: /, "")).toBe(
      `stopped: ${server.path("config.json")}: region must be text that is not empty, got ""; ` +
        "policyName must be a name or null, got undefined; port must be a whole number from 1 to 65535, got 70000; " +
        "rearmBelow must be a whole number from 1 to 5, got 6\n",
    );
    expect(existsSync(server.config.stateFile)).toBe(false);
    expect(server.calls).toEqual([]);
  });

  test.each([
    [
      "is missing",
      undefined,
      /stopped: \S+config\.json cannot be read: ENOENT.*It is a JSON object that the stack writes\.\n$/,
    ],
    ["is no JSON", "{", /stopped: \S+config\.json cannot be read: .*JSON/],
  ])("that %s is one message", async (_what, text, message) => {
    const { status, stderr } = await server.runWith(text);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.match(/\n/g)?.length).toBe(1);
  });

  test("names metric and dimension", async () => {
    server.config = { ...server.config, metricName: "Clients", dimensionName: "Tier", dimensionValue: "first" };
    await server.run();
    expect(server.accepted("put-metric-data")).toMatchObject([
      { MetricData: [{ MetricName: "Clients", Dimensions: [{ Name: "Tier", Value: "first" }] }, {}, {}, {}] },
    ]);
  });
});
