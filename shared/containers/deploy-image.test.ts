import { join } from "node:path";
import { installAwsCli } from "../testing/aws-cli";
import { AwsStub } from "../testing/aws-stub";
import { argsOf, pausesOf } from "../testing/script-runs";
import { awsCalls, type ScriptRun, ScriptSandbox, type StubAnswer, type StubRule } from "../testing/script-sandbox";
import { lintScripts } from "../testing/shell-lint";

const SCRIPT = join(__dirname, "deploy-image.sh");
const REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/test-images";
const IMAGE = `${REPOSITORY}:new`;
const revision = (number: number) => `arn:aws:ecs:eu-central-1:123456789012:task-definition/test-workers:${number}`;
const TEMPLATE = revision(1);

type Definition = { readonly cpu: string; readonly image: string; readonly tags?: readonly object[] };
const TAGS = [{ key: "Stack", value: "test" }];

/** A revision with all that ECS adds to it and takes back from nobody. */
const described = (taskDefinitionArn: string, { cpu, image, tags = TAGS }: Definition) => ({
  taskDefinition: {
    family: "test-workers",
    cpu,
    containerDefinitions: [
      { name: "worker", image, environment: [{ name: "HOME", value: "${HOME} $(id) 'ü'" }] },
      { name: "other", image: "other:1" },
    ],
    taskDefinitionArn,
    revision: Number(taskDefinitionArn.split(":").at(-1)),
    status: "ACTIVE",
    requiresAttributes: [{ name: "com.amazonaws.ecs.capability.ecr-auth" }],
    compatibilities: ["EC2", "FARGATE"],
    registeredAt: 1_700_000_000,
    registeredBy: "arn:aws:sts::123456789012:assumed-role/deployer/session",
  },
  tags,
});
const template = described(TEMPLATE, { cpu: "512", image: `${REPOSITORY}:none` });

type Deployment = {
  readonly taskDefinition: string;
  readonly rolloutState: string;
  readonly rolloutStateReason?: string;
};
const service = (taskDefinition: string, ...deployments: Deployment[]) => ({
  services: [
    {
      status: "ACTIVE",
      taskDefinition,
      desiredCount: 3,
      deployments: deployments.map((one) => ({ runningCount: 1, desiredCount: 2, failedTasks: 3, ...one })),
    },
  ],
});

const sandbox = new ScriptSandbox();
const aws = new AwsStub();
beforeAll(async () => {
  const { AWS_ENDPOINT_URL: endpoint = "" } = await aws.start();
  const credentials = { accessKeyId: "build", secretAccessKey: "local" };
  sandbox.install("aws", installAwsCli(sandbox.path("/cli"), { endpoint, region: "eu-central-1", credentials }));
  sandbox.install("node", process.execPath);
});
afterAll(async () => {
  await aws.stop();
  sandbox.remove();
});

const VARIABLES = {
  IMAGE_URI: IMAGE,
  TEMPLATE_ARN: TEMPLATE,
  CLUSTER: "test-cluster",
  SERVICE: "test-workers",
  CONTAINER: "worker",
  RESOURCE_ID: "service/test-cluster/test-workers",
  MIN_TASKS: "2",
  ROLLOUT_SECONDS: "60",
};
const SLEEP: StubRule = { command: "sleep" };
const RESUMED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

/** What AWS answers, where a test says nothing else: the service runs revision 7, and the next is 8. */
interface Answers {
  readonly running?: ReturnType<typeof described>;
  /** What describing the service gives, first before the update and then poll after poll. */
  readonly services?: readonly object[];
  readonly template?: ReturnType<typeof described>;
  readonly failing?: string;
  readonly variables?: Readonly<Record<string, string>>;
}
const RUNNING = described(revision(7), { cpu: "256", image: `${REPOSITORY}:old` });
const COMPLETED = service(revision(8), { taskDefinition: revision(8), rolloutState: "COMPLETED" });

function deploy({ running = RUNNING, services, failing, variables, ...given }: Answers = {}): ScriptRun {
  const runs = running.taskDefinition.taskDefinitionArn;
  const answer = (operation: string, ...outputs: readonly object[]): StubRule => ({
    command: "aws",
    with: [operation],
    answers: outputs.map((output): StubAnswer => {
      const refusal = `An error occurred (ClientException) when calling ${operation}`;
      return operation === failing ? { exit: 254, stderr: refusal } : { stdout: JSON.stringify(output) };
    }),
  });
  const describe = (taskDefinition: string) => `{"taskDefinition":"${taskDefinition}","include":["TAGS"]}`;
  return sandbox.run(
    SCRIPT,
    [
      SLEEP,
      answer("describe-services", ...(services ?? [service(runs), COMPLETED])),
      { ...answer("describe-task-definition", given.template ?? template), with: [describe(TEMPLATE)] },
      { ...answer("describe-task-definition", running), with: [describe(runs)] },
      answer("register-task-definition", described(revision(8), { cpu: "512", image: IMAGE })),
      answer("update-service", {}),
      answer("register-scalable-target", {}),
    ],
    [],
    { ...VARIABLES, ...variables },
  );
}

const operations = (run: ScriptRun) => awsCalls(run.calls).map(({ action }) => action.split(":")[1]);
const inputs = (run: ScriptRun, operation: string) =>
  argsOf(run, "aws")
    .filter(([, name]) => name === operation)
    .map((words) => JSON.parse(words.at(-1) ?? ""));

test("ShellCheck likes it", () => {
  expect(lintScripts([SCRIPT])).toEqual([]);
});

test("the first image is registered and deployed, lets scaling begin, and is not deployed once more by a second run", async () => {
  const revisions = [template];
  let running = TEMPLATE;
  aws
    .on("DescribeServices", () => service(running, { taskDefinition: running, rolloutState: "COMPLETED" }))
    .on(
      "DescribeTaskDefinition",
      ({ taskDefinition }) => revisions[Number(String(taskDefinition).split(":").at(-1)) - 1],
    )
    .on("RegisterTaskDefinition", (input) => {
      const { cpu, tags, containerDefinitions } = input as (typeof template)["taskDefinition"] & Definition;
      const image = containerDefinitions[0]?.image ?? "";
      revisions.push(described(revision(revisions.length + 1), { cpu, image, tags }));
      return revisions.at(-1);
    })
    .on("UpdateService", ({ taskDefinition }) => {
      running = String(taskDefinition);
      return {};
    })
    .on("RegisterScalableTarget", () => ({ ScalableTargetARN: "arn" }));
  const run = () => sandbox.runBeside(SCRIPT, [SLEEP], [], VARIABLES);

  expect(await run()).toMatchObject({ status: 0, output: expect.stringContaining("the first image") });
  expect(running).toBe(revision(2));
  expect(revisions[1]?.taskDefinition).toMatchObject({ cpu: "512", containerDefinitions: [{ image: IMAGE }, {}] });
  const target = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" };
  expect(aws.calls.filter(({ operation }) => operation === "RegisterScalableTarget").map(({ input }) => input)).toEqual(
    [
      { ...target, ResourceId: VARIABLES.RESOURCE_ID, SuspendedState: RESUMED },
      { ...target, ResourceId: VARIABLES.RESOURCE_ID, MinCapacity: 2 },
    ],
  );

  aws.calls.length = 0;
  expect(await run()).toMatchObject({ status: 0, output: expect.stringContaining("already") });
  expect([running, revisions.length]).toEqual([revision(2), 2]);
  expect(aws.calls.filter(({ input }) => "SuspendedState" in input)).toEqual([]);
});

describe("a later image", () => {
  test("takes all but itself from the template, also what has changed there since the last deployment", () => {
    const run = deploy();

    expect(run).toMatchObject({ status: 0, unanswered: [] });
    expect(inputs(run, "register-task-definition")).toEqual([
      {
        family: "test-workers",
        cpu: "512",
        containerDefinitions: [
          { ...template.taskDefinition.containerDefinitions[0], image: IMAGE },
          template.taskDefinition.containerDefinitions[1],
        ],
        tags: TAGS,
      },
    ]);
    expect(inputs(run, "update-service")).toEqual([
      { cluster: "test-cluster", service: "test-workers", taskDefinition: revision(8), desiredCount: 3 },
    ]);
  });

  test("is tried by a task also where none is wanted: without one, ECS calls every rollout completed", () => {
    const idle = { services: [{ ...service(revision(7)).services[0], desiredCount: 0 }] };
    expect(inputs(deploy({ services: [idle, COMPLETED] }), "update-service")[0]).toMatchObject({ desiredCount: 1 });
  });

  test("sets the fewest tasks, and leaves suspended what somebody has suspended", () => {
    const scaling = inputs(deploy({ variables: { MIN_TASKS: "0" } }), "register-scalable-target");

    expect(scaling).toEqual([
      {
        ServiceNamespace: "ecs",
        ScalableDimension: "ecs:service:DesiredCount",
        ResourceId: VARIABLES.RESOURCE_ID,
        MinCapacity: 0,
      },
    ]);
  });

  test("is registered without tags where the template has none: ECS refuses an empty list", () => {
    const run = deploy({ template: { ...template, tags: [] } });

    expect(inputs(run, "register-task-definition")[0]).not.toHaveProperty("tags");
  });
});

test("what runs an older template, which Terraform has replaced before any image came, still waits for its first", () => {
  const older = described(revision(7), { cpu: "256", image: `${REPOSITORY}:none` });

  expect(inputs(deploy({ running: older }), "register-scalable-target")).toContainEqual(
    expect.objectContaining({ SuspendedState: RESUMED }),
  );
});

test("scaling begins before the service is updated: a run that breaks off there is tried again as the first", () => {
  const run = deploy({
    running: described(revision(7), { cpu: "256", image: `${REPOSITORY}:none` }),
    failing: "update-service",
  });

  expect(run).toMatchObject({ status: 1, output: expect.stringContaining(`cannot be updated to ${revision(8)}`) });
  expect(operations(run)).toEqual([
    "DescribeServices",
    "DescribeTaskDefinition",
    "DescribeTaskDefinition",
    "RegisterScalableTarget",
    "RegisterTaskDefinition",
    "UpdateService",
  ]);
});

describe("the rollout", () => {
  const before = service(revision(7));
  const inProgress = service(revision(8), { taskDefinition: revision(8), rolloutState: "IN_PROGRESS" });

  test("is waited for, and only then are the fewest tasks set", () => {
    const run = deploy({ services: [before, inProgress, inProgress, COMPLETED] });

    expect(run).toMatchObject({ status: 0, output: expect.stringContaining("1 of 2 tasks run, 3 failed.") });
    expect(pausesOf(run)).toEqual([15, 15, 15]);
    expect(operations(run).slice(-2)).toEqual(["DescribeServices", "RegisterScalableTarget"]);
  });

  test("says what it waits for, but not the same again and again", () => {
    const { output } = deploy({ services: [before, inProgress, inProgress, COMPLETED] });

    expect(output.match(/1 of 2 tasks run/g)).toHaveLength(1);
  });

  test("that fails is an error with ECS's reason", () => {
    const rolloutStateReason = "ECS deployment circuit breaker: tasks failed to start.";
    const failed = { taskDefinition: revision(8), rolloutState: "FAILED", rolloutStateReason };
    const run = deploy({ services: [before, service(revision(8), failed)] });

    expect(run).toMatchObject({ status: 1, output: expect.stringContaining(rolloutStateReason) });
    expect(operations(run)).not.toContain("RegisterScalableTarget");
  });

  test("that was rolled back, or overtaken by somebody's deployment, is an error that says what runs", () => {
    const back = service(revision(7), { taskDefinition: revision(7), rolloutState: "IN_PROGRESS" });
    const run = deploy({ services: [before, inProgress, back] });

    expect(run).toMatchObject({
      status: 1,
      output: expect.stringContaining(`the service runs ${revision(7)} instead of ${revision(8)}`),
    });
    expect(operations(run)).not.toContain("RegisterScalableTarget");
  });

  test.each([
    ["fails", service(revision(8), { taskDefinition: revision(8), rolloutState: "FAILED" })],
    ["is rolled back", service(TEMPLATE, { taskDefinition: TEMPLATE, rolloutState: "IN_PROGRESS" })],
  ])("of a first image that %s leaves the service waiting for one, as before", (_, end) => {
    const older = described(revision(7), { cpu: "256", image: `${REPOSITORY}:none` });
    const run = deploy({ running: older, services: [before, inProgress, end] });

    expect(run.status).toBe(1);
    expect(operations(run).slice(-2)).toEqual(["RegisterScalableTarget", "UpdateService"]);
    expect(inputs(run, "register-scalable-target").at(-1).SuspendedState).toEqual({
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: true,
      ScheduledScalingSuspended: true,
    });
    expect(inputs(run, "update-service").at(-1)).toEqual({
      cluster: "test-cluster",
      service: "test-workers",
      taskDefinition: TEMPLATE,
      desiredCount: 0,
    });
  });

  test("that is not over in time is an error that names what may hold it up, and says that a retry waits on", () => {
    const run = deploy({ services: [before, inProgress] });

    expect(run.status).toBe(1);
    expect(run.output).toMatch(/still in progress after 1 minutes.*Tasks that protect themselves.*retry this action/);
    expect(pausesOf(run)).toEqual([15, 15, 15, 15]);
  });
});

describe("an error says what is wrong", () => {
  test.each([
    ["IMAGE_URI is empty", { variables: { IMAGE_URI: "" } }],
    ["has no active service test-workers", { services: [{ services: [] }] }],
    [
      "has no active service test-workers",
      { services: [{ services: [{ status: "INACTIVE", taskDefinition: TEMPLATE }] }] },
    ],
    [`the template ${TEMPLATE} has no container web`, { variables: { CONTAINER: "web" } }],
    ["the service test-workers of the cluster test-cluster cannot be described", { failing: "describe-services" }],
    [`${IMAGE} cannot be registered`, { failing: "register-task-definition" }],
    ["2 cannot be set as the fewest tasks", { failing: "register-scalable-target" }],
  ] satisfies [string, Answers][])("%s", (message, answers) => {
    expect(deploy(answers)).toMatchObject({ status: 1, output: expect.stringContaining(message) });
  });
});
