import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readParameters } from "../../shared/blueprint/parameters";
import { parametersFilesOf } from "../../shared/testing/parameters-files";
import schema from "./parameters";

const read = (value: unknown) =>
  readParameters(typeof value === "string" ? value : JSON.stringify(value), schema, {
    stackName: "work",
    file: "p.json",
  });
const OWN_FOLDER = `blueprints/${basename(__dirname)}/runtime/worker`;
const GITHUB = { from: "github", repository: "acme/blueprints" };
const CONNECTION = "arn:aws:codeconnections:us-east-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef";

describe("the parameters of sqs-target-tracking", () => {
  test.each(parametersFilesOf(__dirname))("%s, which comes with the blueprint, is right", (file) => {
    expect(read(readFileSync(join(__dirname, file), "utf8")).mistakes).toBeUndefined();
  });

  test("none is needed", () => {
    expect(read({})).toMatchObject({
      parameters: {
        retainData: true,
        latencySeconds: 60,
        queue: { type: "standard", retentionDays: 4, maxReceives: 5 },
        worker: {
          cpu: 256,
          memoryMiB: 512,
          architecture: "arm64",
          messagesAtOnce: 1,
          expectedSeconds: 5,
          minTasks: 0,
          maxTasks: 10,
          spotPercent: 0,
        },
        tracking: { mode: "backlog-per-task", scaleOutCooldownSeconds: 240, scaleInCooldownSeconds: 240 },
        producer: { enabled: false, messagesPerRun: 50, messageSeconds: 5 },
        source: { from: "upload" },
      },
    });
  });

  test("a fork on GitHub needs no more than its name", () => {
    expect(read({ source: GITHUB })).toMatchObject({
      parameters: {
        source: {
          from: "github",
          repository: "acme/blueprints",
          branch: "main",
          folder: OWN_FOLDER,
          buildCommands: ["npm ci --ignore-scripts", expect.stringMatching(`^npx esbuild ${OWN_FOLDER}/main.ts `)],
        },
      },
    });
  });

  test("a folder of one's own is not built by this project's commands", () => {
    expect(read({ source: { ...GITHUB, folder: "app" } })).toMatchObject({
      parameters: { source: { buildCommands: [] } },
    });
  });

  test.each<[string, unknown]>([
    ["a folder that is built in its own way", { source: { ...GITHUB, folder: "app" } }],
    ["an existing connection", { source: { ...GITHUB, connectionArn: CONNECTION } }],
    [
      "a repository of one's own layout",
      { source: { ...GITHUB, branch: "release/1", folder: ".", buildCommands: [] } },
    ],
    ["durations of a fraction of a second", { worker: { expectedSeconds: 0.02 } }],
    ["a target between bounds", { tracking: { minTarget: 2, maxTarget: 2 } }],
    ["groups of a FIFO queue", { queue: { type: "fifo" }, producer: { messageGroups: 100 } }],
    ["tasks that always run", { worker: { minTasks: 10, maxTasks: 10 } }],
    ["the namespace of old", { metricNamespace: "ECS-SQS-BPI" }],
    [
      "an existing VPC",
      { vpc: { id: "vpc-0123456789abcdef0", privateSubnetIds: ["subnet-01234567", "subnet-89abcdef"] } },
    ],
  ])("%s is allowed", (_, parameters) => {
    expect(read(parameters).mistakes).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    [
      "fewer tasks at most than at least",
      { worker: { minTasks: 3, maxTasks: 2 } },
      "worker.maxTasks must be at least minTasks (3), got 2",
    ],
    [
      "a higher lowest target than the default highest",
      { tracking: { minTarget: 20_000 } },
      "tracking.maxTarget must be at least minTarget (20000)",
    ],
    [
      "a target that nobody moves",
      { tracking: { mode: "drain-time", lookBackHours: 5 } },
      'tracking.lookBackHours must be left out where mode is "drain-time"',
    ],
    [
      "groups of a standard queue",
      { producer: { messageGroups: 5 } },
      'producer.messageGroups must be left out where queue.type is "standard"',
    ],
    [
      "GitHub without a repository",
      { source: { from: "github" } },
      "source.repository must be the repository to build, as owner/name",
    ],
    [
      "a repository's URL",
      { source: { from: "github", repository: "https://github.com/acme/x" } },
      "source.repository must be a repository as owner/name",
    ],
    ["a branch of an upload", { source: { branch: "main" } }, 'source.branch must be left out where from is "upload"'],
    [
      "a way out of the repository",
      { source: { ...GITHUB, folder: "../other" } },
      "source.folder must be a folder of the repository",
    ],
    [
      "messages kept as long as dead letters",
      { queue: { retentionDays: 14 } },
      "queue.retentionDays must be a whole number, 1..13, got 14",
    ],
    [
      "memory that Fargate does not have with the cpu",
      { worker: { cpu: 256, memoryMiB: 8192 } },
      "worker.memoryMiB must be what Fargate has with 256 CPU units (512, 1024, 2048), got 8192",
    ],
    ["a target for nobody", { worker: { maxTasks: 0 } }, "worker.maxTasks must be"],
    ["durations of zero", { worker: { expectedSeconds: 0 } }, "worker.expectedSeconds must be"],
    [
      "a namespace of AWS",
      { metricNamespace: "AWS/SQS" },
      "metricNamespace must be a namespace of CloudWatch that does not begin with AWS/",
    ],
    [
      "one subnet",
      { vpc: { id: "vpc-0123456789abcdef0", privateSubnetIds: ["subnet-01234567"] } },
      "vpc.privateSubnetIds must be the ids of at least 2 subnets",
    ],
  ])("%s is refused", (_, parameters, message) => {
    expect(read(parameters).mistakes?.[0]).toContain(`work: ${message}`);
  });

  test("all mistakes come at once", () => {
    const { mistakes = [] } = read({
      latencySeconds: 0,
      worker: { minTasks: 5, maxTasks: 2, memory: 512, memoryMiB: 700 },
      tracking: { mode: "drain-time", minTarget: 5, speed: "high" },
      source: { from: "github" },
    });
    expect(mistakes.map((mistake) => mistake.split(" ")[1])).toEqual(
      expect.arrayContaining([
        "latencySeconds",
        "worker.memory",
        "tracking.speed",
        "tracking.minTarget",
        "source.repository",
      ]),
    );
  });
});
