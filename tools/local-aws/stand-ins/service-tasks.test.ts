import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "../../../shared/testing/scenario";
import { scratchFolder } from "../../../shared/testing/scratch-folder";
import { LocalAwsStub } from "./local-aws-stub.fixture";
import { ServiceTasks } from "./service-tasks";

const WORKER = `
const say = (content) => console.log(JSON.stringify(content));
const agent = process.env.ECS_AGENT_URI + "/task-protection/v1/state";
const ask = (method, body) => fetch(agent, { method, body: body && JSON.stringify(body) });
const { PATH, ...environment } = process.env;
process.on("SIGTERM", () => {
  say({ stopped: true });
  if (process.env.STAYS !== "yes") process.exit(0);
});
(async () => {
  if (process.env.PROTECTS) say({ answer: await (await ask("PUT", JSON.parse(process.env.PROTECTS))).json() });
  say({ state: await (await ask("GET")).json() });
  say({ environment, argv: process.argv.slice(2), cwd: process.cwd(), ready: true });
  setInterval(() => {}, 1000);
})();
`;
const IMAGE = "registry/workers:one";
const DEFINITION = "arn:aws:ecs:us-east-1:123456789012:task-definition/workers:2";

const stub = new LocalAwsStub();
const folder = scratchFolder("service-tasks");
const images = join(folder, "images");
let tasks: ServiceTasks;

beforeAll(async () => {
  await stub.start();
  mkdirSync(join(folder, "root/app"), { recursive: true });
  mkdirSync(images);
  writeFileSync(join(folder, "root/app/worker.js"), WORKER);
  const image = {
    root: join(folder, "root"),
    entrypoint: ["node", "/app/worker.js"],
    command: ["--all"],
    workingDirectory: "/app",
    environment: { NODE_ENV: "production" },
    platform: "linux/arm64",
  };
  writeFileSync(join(images, `${encodeURIComponent(IMAGE)}.json`), JSON.stringify(image));
});
beforeEach(() => {
  stub.reset();
  stub.running.length = 0;
  tasks = new ServiceTasks({ clientConfig: stub.clientConfig, node: process.execPath, images });
  serve({ desiredCount: 1 });
});
afterEach(() => tasks.close());
afterAll(async () => {
  await stub.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Served {
  readonly desiredCount: number;
  readonly revision?: string;
  readonly environment?: Record<string, string>;
  readonly container?: object;
  readonly architecture?: string;
}

function serve({ desiredCount, revision = DEFINITION, environment = {}, container, architecture = "ARM64" }: Served) {
  stub.on("DescribeServices", () => ({
    services: [{ serviceName: "workers", desiredCount, taskDefinition: revision }],
  }));
  stub.on("DescribeTaskDefinition", ({ taskDefinition }) => ({
    taskDefinition: {
      taskDefinitionArn: taskDefinition,
      taskRoleArn: "arn:aws:iam::123456789012:role/worker-role",
      runtimePlatform: { cpuArchitecture: architecture },
      containerDefinitions: [
        {
          name: "worker",
          image: IMAGE,
          stopTimeout: 1,
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          ...container,
        },
      ],
    },
  }));
}

const runTasks = () => tasks.runTasks("cluster", "workers");

/** What the worker said, once it is ready. */
async function said(task: Task): Promise<Record<string, unknown>> {
  for (;;) {
    const lines = task.logLines.map((line) => JSON.parse(line));
    if (lines.some(({ ready }) => ready)) return Object.assign({}, ...lines);
    if (task.exitCode !== undefined) throw new Error(`It ended: ${task.logLines.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a task gets the container's variables, the image's and those of ECS, and nothing else", async () => {
  serve({ desiredCount: 1, environment: { QUEUE_URL: "http://queue" } });
  const [task] = (await runTasks()) as [Task];
  const { environment, argv, cwd, state } = await said(task);
  expect(environment).toEqual({
    NODE_ENV: "production",
    QUEUE_URL: "http://queue",
    ECS_AGENT_URI: expect.stringMatching(new RegExp(`^http://127.0.0.1:\\d+/api/${task.id}$`)),
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: stub.clientConfig.endpoint,
    AWS_ACCESS_KEY_ID: "worker-role",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  expect({ argv, cwd }).toEqual({ argv: ["--all"], cwd: join(folder, "root/app") });
  const TaskArn = `arn:aws:ecs:us-east-1:123456789012:task/cluster/${task.id}`;
  expect(state).toEqual({ protection: { ProtectionEnabled: false, TaskArn } });
  expect(tasks.roleNames).toEqual(["worker-role"]);
});

test("as many tasks run as are desired: those that are missing start, and those that are too many stop", async () => {
  serve({ desiredCount: 3 });
  const three = await runTasks();
  await Promise.all(three.map(said));
  expect(await runTasks()).toEqual(three);
  expect(tasks.running("cluster", "workers")).toBe(3);
  serve({ desiredCount: 1 });
  const left = await runTasks();
  const stopped = left.filter(({ stopping }) => stopping);
  expect(stopped).toHaveLength(2);
  expect(await Promise.all(stopped.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(stopped.every(({ logLines }) => logLines.at(-1) === '{"stopped":true}')).toBe(true);
  expect(await runTasks()).toHaveLength(1);
  expect(stub.running).toEqual([3, 3, 1, 1].map((count) => ["cluster/workers", count]));
});

test("a task that was killed is replaced", async () => {
  const [first] = (await runTasks()) as [Task];
  await first.kill();
  expect(first).toMatchObject({ exitCode: null, stopping: true });
  const [second] = (await runTasks()) as [Task];
  expect(second.id).not.toBe(first.id);
  expect(() => process.kill(first.pid, 0)).toThrow("ESRCH");
});

test("a task that does not end when it is told to is ended after its time", async () => {
  serve({ desiredCount: 1, environment: { STAYS: "yes" } });
  const [task] = (await runTasks()) as [Task];
  await said(task);
  const began = Date.now();
  await tasks.stopTasks();
  expect(Date.now() - began).toBeGreaterThanOrEqual(900);
  expect(task.exitCode).toBeNull();
  expect(task.logLines).toContain('{"stopped":true}');
  expect(stub.running.at(-1)).toEqual(["cluster/workers", 0]);
});

test("a protected task survives scaling in and a deployment, until it is told to stop", async () => {
  serve({ desiredCount: 1, environment: { PROTECTS: '{"ProtectionEnabled":true,"ExpiresInMinutes":5}' } });
  const [task] = (await runTasks()) as [Task];
  const { answer } = (await said(task)) as { answer: { protection: { ExpirationDate: string } } };
  const minutes = (Date.parse(answer.protection.ExpirationDate) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(4.9);
  expect(minutes).toBeLessThanOrEqual(5);
  serve({ desiredCount: 0 });
  expect((await runTasks()).map(({ protected: isProtected, stopping }) => [isProtected, stopping])).toEqual([
    [true, false],
  ]);

  stub.running.length = 0;
  serve({ desiredCount: 1, revision: `${DEFINITION}0` });
  const both = await runTasks();
  expect(both.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([DEFINITION, `${DEFINITION}0`]);
  expect(both[0]?.stopping).toBe(false);
  // The deployment is not over, and nobody was told so.
  expect(stub.running).toEqual([]);
  await tasks.stopTasks();
  expect(await task.ended).toBe(0);
});

test("a deployment starts tasks with the new task definition, and stops those with the old one", async () => {
  const [before] = (await runTasks()) as [Task];
  await said(before);
  serve({ desiredCount: 1, revision: `${DEFINITION}0` });
  const [old, current] = (await runTasks()) as [Task, Task];
  expect([old.stopping, current.stopping]).toEqual([true, false]);
  expect(current.taskDefinitionArn).toBe(`${DEFINITION}0`);
  expect(await old.ended).toBe(0);
  expect(stub.running.at(-1)).toEqual(["cluster/workers", 1]);
});

test.each([
  ['{"ProtectionEnabled":"yes"}', "ProtectionEnabled has to be true or false"],
  ['{"ProtectionEnabled":true,"ExpiresInMinutes":0}', "ExpiresInMinutes has to be a whole number of 1..2880"],
  ['{"ProtectionEnabled":true,"ExpiresInMinutes":2881}', "ExpiresInMinutes has to be a whole number of 1..2880"],
])("the agent refuses to protect by %s", async (body, Message) => {
  serve({ desiredCount: 1, environment: { PROTECTS: body } });
  const [task] = (await runTasks()) as [Task];
  const { answer } = await said(task);
  expect(answer).toMatchObject({ error: { Code: "InvalidParameterException", Message } });
  expect(task.protected).toBe(false);
});

test("while more tasks are protected than the service wants, none is protected for longer", async () => {
  serve({ desiredCount: 1, environment: { PROTECTS: '{"ProtectionEnabled":true,"ExpiresInMinutes":5}' } });
  const [task] = (await runTasks()) as [Task];
  const { environment } = (await said(task)) as { environment: Record<string, string> };
  const put = async (ProtectionEnabled: boolean) => {
    const body = JSON.stringify({ ProtectionEnabled });
    return (await fetch(`${environment.ECS_AGENT_URI}/task-protection/v1/state`, { method: "PUT", body })).json();
  };
  expect(await put(true)).toMatchObject({ protection: { ProtectionEnabled: true } });
  serve({ desiredCount: 0 });
  await runTasks();
  expect(await put(true)).toMatchObject({ failure: { Reason: "DEPLOYMENT_BLOCKED" } });
  expect(task.protected).toBe(true);
  expect(await put(false)).toMatchObject({ protection: { ProtectionEnabled: false } });
});

test("protection ends when it expires, and when it is taken back", async () => {
  jest.useFakeTimers({ doNotFake: ["setTimeout", "setInterval", "setImmediate", "nextTick", "queueMicrotask"] });
  try {
    serve({ desiredCount: 1, environment: { PROTECTS: '{"ProtectionEnabled":true}' } });
    const [task] = (await runTasks()) as [Task];
    const { environment } = (await said(task)) as { environment: Record<string, string> };
    jest.setSystemTime(Date.now() + 119 * 60_000);
    expect(task.protected).toBe(true);
    jest.setSystemTime(Date.now() + 2 * 60_000);
    expect(task.protected).toBe(false);
    const uri = `${environment.ECS_AGENT_URI}/task-protection/v1/state`;
    const put = (ProtectionEnabled: boolean) =>
      fetch(uri, { method: "PUT", body: JSON.stringify({ ProtectionEnabled }) });
    await put(true);
    expect(task.protected).toBe(true);
    await put(false);
    expect(task.protected).toBe(false);
  } finally {
    jest.useRealTimers();
  }
});

test("what ECS could not start does not start", async () => {
  serve({ desiredCount: 1, container: { image: "registry/workers:none" } });
  await expect(runTasks()).rejects.toThrow("CannotPullContainerError: no pipeline has pushed registry/workers:none");
  serve({ desiredCount: 1, architecture: "X86_64" });
  await expect(runTasks()).rejects.toThrow("exec format error");
  serve({ desiredCount: 1, container: { command: ["--none"], entryPoint: ["java"] } });
  await expect(runTasks()).rejects.toThrow("runs node, and no java");
  serve({ desiredCount: 0, container: { image: "registry/workers:none" } });
  expect(await runTasks()).toEqual([]);
});

test("services are followed while their deployment is in progress", async () => {
  stub.on("ListClusters", () => ({ clusterArns: ["arn:aws:ecs:us-east-1:123456789012:cluster/cluster"] }));
  stub.on("ListServices", () => ({ serviceArns: ["arn:aws:ecs:us-east-1:123456789012:service/cluster/workers"] }));
  const answer = { serviceName: "workers", desiredCount: 1, taskDefinition: DEFINITION };
  const rollout = (rolloutState: string) =>
    stub.on("DescribeServices", () => ({ services: [{ ...answer, deployments: [{ rolloutState }] }] }));
  rollout("COMPLETED");
  await tasks.followDeployments();
  expect(tasks.running("cluster", "workers")).toBe(0);
  rollout("IN_PROGRESS");
  await tasks.followDeployments();
  expect(tasks.running("cluster", "workers")).toBe(1);
});
