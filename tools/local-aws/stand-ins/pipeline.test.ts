import { rmSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { scratchFolder } from "../../../shared/testing/scratch-folder";
import { LocalAwsStub } from "./local-aws-stub.fixture";
import { actionVariables, Pipelines } from "./pipeline";

const stub = new LocalAwsStub();
const folder = scratchFolder("pipeline");
const meanwhile = jest.fn(async () => {});
let pipelines: Pipelines;

beforeAll(async () => {
  await stub.start();
  stub.objects.set(
    "/sources/source.zip",
    zipSync({ Dockerfile: strToU8("FROM node\n"), src: { "a.js": strToU8("1\n") } }),
  );
});
beforeEach(() => {
  stub.reset();
  meanwhile.mockClear();
  pipelines = new Pipelines({
    clientConfig: stub.clientConfig,
    node: process.execPath,
    temporary: join(folder, "builds"),
    images: join(folder, "images"),
    meanwhile,
  });
});
afterAll(async () => {
  await stub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const source = {
  name: "Source",
  actionTypeId: { category: "Source", provider: "S3" },
  configuration: { S3Bucket: "sources", S3ObjectKey: "source.zip" },
  outputArtifacts: [{ name: "source" }],
  namespace: "source",
};
const build = (name: string, variables: object[] = []) => ({
  name,
  actionTypeId: { category: "Build", provider: "CodeBuild" },
  configuration: { ProjectName: `${name}-project`, EnvironmentVariables: JSON.stringify(variables) },
  inputArtifacts: [{ name: "source" }],
  namespace: name,
});

function deploy(actions: object[], commands: Record<string, string[]>, exported: string[] = [], minutes = 1) {
  const stages = actions.map((action, index) => ({ name: `stage-${index}`, actions: [action] }));
  stub.on("GetPipeline", () => ({ pipeline: { name: "delivery", stages } }));
  stub.on("BatchGetProjects", ({ names }) => {
    const [name = ""] = names as string[];
    return {
      projects: [
        {
          name,
          arn: `arn:aws:codebuild:us-east-1:123456789012:project/${name}`,
          serviceRole: `arn:aws:iam::123456789012:role/${name}-role`,
          timeoutInMinutes: minutes,
          environment: {
            type: "ARM_CONTAINER",
            environmentVariables: [
              { name: "FROM_PROJECT", value: "project" },
              { name: "OVERRIDDEN", value: "project" },
            ],
          },
          source: {
            buildspec: JSON.stringify({
              version: 0.2,
              env: { shell: "bash", "exported-variables": exported },
              phases: { build: { commands: commands[name] } },
            }),
          },
        },
      ],
    };
  });
}

test("each action runs its project's commands in the source, and hands its variables to the next", async () => {
  deploy(
    [
      source,
      build("build", [{ name: "OVERRIDDEN", value: "action" }]),
      build("deploy", [{ name: "IMAGE", value: "#{build.IMAGE}" }]),
    ],
    {
      "build-project": [
        "cat Dockerfile src/a.js",
        'export IMAGE="$FROM_PROJECT-$OVERRIDDEN-$CODEBUILD_RESOLVED_SOURCE_VERSION"',
        "touch new",
      ],
      "deploy-project": [
        "ls",
        'echo "$AWS_ACCESS_KEY_ID deploys $IMAGE in $CODEBUILD_INITIATOR, ${CODEBUILD_BUILD_ID%:*}"',
      ],
    },
    ["IMAGE"],
  );
  const { variables, logLines } = await pipelines.run("delivery");
  expect(variables).toEqual({
    build: { IMAGE: "project-action-v1" },
    deploy: { IMAGE: "project-action-v1" },
  });
  expect(logLines).toEqual([
    "FROM node",
    "1",
    "Dockerfile",
    "src",
    "deploy-project-role deploys project-action-v1 in codepipeline/delivery, deploy-project",
  ]);
  expect(pipelines.roleNames).toEqual(["build-project-role", "deploy-project-role"]);
  expect(meanwhile).toHaveBeenCalled();
});

test("a command finds the stand-ins for the AWS CLI and Docker, and nothing of the user's variables", async () => {
  process.env.OF_THE_USER = "secret";
  try {
    const commands = [
      "command -v aws docker sleep",
      "sleep 60",
      "aws nothing at-all || echo status $?",
      'echo "[${OF_THE_USER-}] $HOME"',
    ];
    deploy([source, build("build")], { "build-project": commands });
    const { logLines } = await pipelines.run("delivery");
    expect(logLines.filter((line) => line.startsWith(join(folder, "builds")))).toHaveLength(3);
    expect(logLines).toContain("status 252");
    expect(logLines.at(-1)).toMatch(new RegExp(`^\\[\\] ${folder}`));
  } finally {
    delete process.env.OF_THE_USER;
  }
});

test("a command that fails ends the pipeline, with what was printed", async () => {
  deploy([source, build("build"), build("deploy")], { "build-project": ["echo before", "echo why >&2; exit 3"] });
  await expect(pipelines.run("delivery")).rejects.toThrow(
    /^build-project: a command failed with status 3\. What its commands printed:\nbefore\nwhy\n$/,
  );
  expect(pipelines.roleNames).toEqual(["build-project-role"]);
});

test("a build that takes too long is ended, with all that it started", async () => {
  deploy([source, build("build")], { "build-project": ["echo before; /bin/sleep 20 & wait"] }, [], 0.005);
  const began = Date.now();
  await expect(pipelines.run("delivery")).rejects.toThrow(
    "it took longer than the project's 0.005 minutes. What its commands printed:\nbefore\n",
  );
  // Were the second one left, the output would stay open until it ends.
  expect(Date.now() - began).toBeLessThan(10_000);
});

test("a build is ended when the deployment is closed", async () => {
  deploy([source, build("build")], { "build-project": ["/bin/sleep 20"] });
  meanwhile.mockImplementationOnce(async () => pipelines.close());
  await expect(pipelines.run("delivery")).rejects.toThrow("it was ended");
});

test("an action that this stand-in cannot run is refused", async () => {
  deploy([{ ...source, actionTypeId: { category: "Source", provider: "CodeStarSourceConnection" } }], {});
  await expect(pipelines.run("delivery")).rejects.toThrow("does not run Source, which is CodeStarSourceConnection");
  deploy([build("build")], {});
  await expect(pipelines.run("delivery")).rejects.toThrow("build: no source action has made source, its input");
});

test("a variable that no action has exported fails the action, as does one that would have to be looked up", () => {
  const variables = (value: string, type?: string) =>
    actionVariables("deploy", JSON.stringify([{ name: "A", value, type }]), { build: { IMAGE: "a:1" } });
  expect(variables("x#{build.IMAGE}/#{build.IMAGE}")).toEqual({ A: "xa:1/a:1" });
  expect(() => variables("#{build.OTHER}")).toThrow("deploy: no earlier action has exported #{build.OTHER}");
  expect(() => variables("#{other.IMAGE}")).toThrow("no earlier action has exported");
  expect(() => variables("name", "SECRETS_MANAGER")).toThrow("does not look up A, which is SECRETS_MANAGER");
});
