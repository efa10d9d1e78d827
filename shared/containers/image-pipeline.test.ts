import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import { mistakesOf } from "../testing/load-balanced-stack";
import { type Attributes, Template } from "../testing/template";
import { testNetwork } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { Cluster } from "./cluster";
import { FargateService } from "./fargate-service";
import { ImagePipeline, type ImagePipelineProps } from "./image-pipeline";
import { ImageRepository } from "./image-repository";
import type { GithubSource, UploadedSource } from "./pipeline-source";
import { ServiceScaling } from "./service-scaling";

const folder = mkdtempSync(join(tmpdir(), "image-pipeline-"));
const file = join(folder, "source.zip");
writeFileSync(file, "a zip");
afterAll(() => rmSync(folder, { recursive: true }));

const upload: UploadedSource = {
  from: "upload",
  zip: { file, hash: createHash("sha256").update("a zip").digest("hex") },
};
const github: GithubSource = {
  from: "github",
  repository: "Ada/engine",
  branch: "main",
  folder: "services/worker",
  buildCommands: ["npm ci", 'echo "${HOME}"'],
};

interface Given extends Partial<Pick<ImagePipelineProps, "source" | "architecture" | "rolloutMinutes">> {
  readonly minTasks?: number;
  readonly cpu?: number;
}

function made({ source = upload, architecture = "arm64", minTasks = 2, cpu = 256, ...more }: Given = {}) {
  const stack = new TestStack();
  const image = new ImageRepository(stack, "images");
  const service = new FargateService(stack, "workers", {
    cluster: new Cluster(stack, "tasks"),
    network: testNetwork,
    subnetIds: testNetwork.privateSubnetIds,
    image,
    containerName: "worker",
    cpu,
    memoryMiB: 512,
    architecture,
    spotPercent: 0,
    environment: {},
    healthCheck: ["CMD", "true"],
    stopTimeoutSeconds: 120,
  });
  const scaling = new ServiceScaling(stack, "scaling", { service, minTasks, maxTasks: 10 });
  const props = { service, scaling, repository: image, source, architecture, alarmTopic: stack.alarmTopic, ...more };
  const pipeline = new ImagePipeline(stack, "delivery", props);
  return { stack, pipeline };
}

function synthesized(given?: Given) {
  const { stack, pipeline } = made(given);
  const template = Template.of(stack);
  const project = (name: string) => template.find("aws_codebuild_project", { name: `test-delivery-${name}` });
  return { stack, pipeline, template, project, release: template.find("aws_s3_object", { key: "release.json" }) };
}

const uploading = synthesized();
const onGithub = synthesized({ source: github });
const statementsOf = (template: Template, name: string) =>
  template
    .policyStatements(template.find("aws_iam_role", { name: `${name}-eu-central-1` }).address)
    .filter(({ Action = [] }) => !Action.includes("logs:PutLogEvents"));
const actionsOf = (template: Template) =>
  template.only("aws_codepipeline").attributes.stage.map(({ action }: Attributes) => action[0]);
const RESOLVER = new DefaultTokenResolver(new StringConcat());
const resourceOf = (reference: string) => /^\$\{(.*)\.[a-z_]+\}$/.exec(reference)?.[1] ?? reference;

describe("the pipeline", () => {
  const { template, project } = uploading;
  const [source, build, deploy] = actionsOf(template);

  test("builds what was uploaded, and hands the image's name on to the deployment", () => {
    expect(template.only("aws_codepipeline").attributes).toMatchObject({
      name: "test-delivery",
      pipeline_type: "V2",
      execution_mode: "SUPERSEDED",
    });
    expect(source).toMatchObject({
      provider: "S3",
      configuration: {
        PollForSourceChanges: "false",
        S3ObjectKey: expect.stringMatching(/^\$\{aws_s3_object\..*\.key\}$/),
      },
    });
    expect(build).toMatchObject({
      namespace: "build",
      input_artifacts: source.output_artifacts,
      configuration: { ProjectName: `\${${project("build").address}.name}` },
    });
    expect(deploy.configuration.ProjectName).toBe(`\${${project("deployment").address}.name}`);
    expect(JSON.parse(deploy.configuration.EnvironmentVariables)).toEqual([
      { name: "IMAGE_URI", value: "#{build.IMAGE_URI}", type: "PLAINTEXT" },
    ]);
    expect(JSON.parse(project("build").attributes.source.buildspec).env).toEqual({
      shell: "bash",
      "exported-variables": ["IMAGE_URI"],
    });
  });

  test("is made when all that its first run needs is there: that run begins at once", () => {
    const needed = template.only("aws_codepipeline").attributes.depends_on;
    const policies = ["test-delivery", "test-delivery-build", "test-delivery-deployment"].map((name) => {
      const role = template.find("aws_iam_role", { name: `${name}-eu-central-1` }).address;
      return template.resources("aws_iam_role_policy").find(({ attributes }) => attributes.role === `\${${role}.name}`)
        ?.address;
    });
    expect(needed).toEqual(
      expect.arrayContaining([
        template.only("aws_ecs_service").address,
        template.only("aws_appautoscaling_target").address,
        ...policies,
      ]),
    );
    expect(source.configuration.S3ObjectKey).toBe(
      `\${${template.find("aws_s3_object", { key: "source.zip" }).address}.key}`,
    );
  });

  test("that fails is an alarm", () => {
    expect(template.only("aws_cloudwatch_metric_alarm").attributes).toMatchObject({
      namespace: "AWS/CodePipeline",
      metric_name: "FailedPipelineExecutions",
      dimensions: { PipelineName: "test-delivery" },
      statistic: "Sum",
      threshold: 1,
      treat_missing_data: "notBreaching",
      alarm_actions: [expect.stringContaining("aws_sns_topic")],
    });
  });
});

describe("a release", () => {
  test("comes after the pipeline, which runs by itself, and before the rule: the first deployment runs it once", () => {
    const { template, release } = uploading;

    expect(release.attributes.depends_on).toContain(template.only("aws_codepipeline").address);
    const rule = template.only("aws_cloudwatch_event_rule");
    expect(rule.attributes.depends_on).toContain(release.address);
    expect(rule.attributes.depends_on).toContain(template.only("aws_s3_bucket_notification").address);
  });

  test("starts the pipeline, and nothing else that is put does", () => {
    const { template, pipeline } = uploading;

    expect(template.only("aws_s3_bucket_notification").attributes.eventbridge).toBe(true);
    expect(JSON.parse(template.only("aws_cloudwatch_event_rule").attributes.event_pattern)).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [`\${${template.only("aws_s3_bucket").address}.bucket}`] },
        object: { key: ["release.json"] },
      },
    });
    const target = template.only("aws_cloudwatch_event_target").attributes;
    expect(target.arn).toBe(`\${${template.only("aws_codepipeline").address}.arn}`);
    expect(statementsOf(template, "test-delivery-trigger-role")).toEqual([
      { Effect: "Allow", Action: ["codepipeline:StartPipelineExecution"], Resource: [pipelineArn] },
    ]);
    expect(resourceOf(target.role_arn)).toBe(
      template.find("aws_iam_role", { name: "test-delivery-trigger-role-eu-central-1" }).address,
    );
    expect(pipeline.triggerRuleArn).toBeDefined();
  });

  const content = (given?: Given) => JSON.parse(synthesized(given).release.attributes.content);

  test("is another when the source, the template, the fewest tasks or the way to build have changed", () => {
    const before = content();

    expect(before).toMatchObject({ minTasks: 2, source: { sha256: upload.zip.hash } });
    expect(before.template).toMatch(/^\$\{aws_ecs_task_definition\..*\.arn\}$/);
    expect(content()).toEqual(before);
    const zip = { ...upload.zip, hash: "0".repeat(64) };
    const changed = [
      content({ source: { ...upload, zip } }),
      content({ minTasks: 3 }),
      content({ architecture: "x86_64" }),
      content({ source: github }),
      content({ source: { ...github, branch: "next" } }),
      content({ source: { ...github, buildCommands: ["make"] } }),
    ].map((one) => JSON.stringify(one));
    expect(new Set([...changed, JSON.stringify(before)]).size).toBe(changed.length + 1);
  });
});

describe("the build", () => {
  test("runs on a machine of the service's architecture, privileged because Docker needs it, and says so", () => {
    const { stack, project } = uploading;
    expect(project("build").attributes.environment).toMatchObject({
      type: "ARM_CONTAINER",
      image: "aws/codebuild/amazonlinux-aarch64-standard:3.0",
      privileged_mode: true,
    });
    expect(synthesized({ architecture: "x86_64" }).project("build").attributes.environment).toMatchObject({
      type: "LINUX_CONTAINER",
      image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    });
    expect(stack.baselineExceptions.filter(({ rule }) => rule === "61.privileged")).toEqual([
      { rule: "61.privileged", resource: project("build").address, reason: expect.stringContaining("Docker") },
    ]);
  });

  test("may have its source and push to the one repository", () => {
    const { template } = uploading;
    const bucket = template.only("aws_s3_bucket").address;
    const repository = template.only("aws_ecr_repository").address;

    expect(statementsOf(template, "test-delivery-build")).toEqual([
      {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion"],
        Resource: [`\${${bucket}.arn}/*`],
      },
      { Effect: "Allow", Action: ["s3:GetBucketAcl", "s3:GetBucketLocation"], Resource: [`\${${bucket}.arn}`] },
      {
        Effect: "Allow",
        Action: expect.arrayContaining(["ecr:UploadLayerPart"]),
        Resource: [`\${${repository}.arn}`],
      },
      { Effect: "Allow", Action: ["ecr:PutImage"], Resource: [`\${${repository}.arn}`] },
      { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
    ]);
  });
});

describe("the deployment", () => {
  const { template, project } = synthesized({ rolloutMinutes: 90 });
  const { attributes } = project("deployment");

  test("knows the service, the template and the fewest tasks, and has no Docker", () => {
    const variables = attributes.environment.environment_variable.map(({ name, value }: Attributes) => [name, value]);

    expect(Object.fromEntries(variables)).toEqual({
      TEMPLATE_ARN: `\${${template.only("aws_ecs_task_definition").address}.arn}`,
      CLUSTER: "test-tasks",
      SERVICE: "test-workers",
      CONTAINER: "worker",
      RESOURCE_ID: "service/test-tasks/test-workers",
      MIN_TASKS: "2",
      ROLLOUT_SECONDS: "5400",
    });
    expect(attributes.environment.privileged_mode).toBe(false);
  });

  test("has more time than the script waits: the script's error says more than a timeout", () => {
    expect(attributes.build_timeout).toBe(100);
  });

  test("may do what its script does, to the one service, family and target, with the service's two roles", () => {
    const role = (name: string) =>
      `\${${template.find("aws_iam_role", { name: `test-workers-${name}-eu-central-1` }).address}.arn}`;
    const revisions = ecsArn("task-definition/test-workers:*");

    expect(statementsOf(template, "test-delivery-deployment").slice(2)).toEqual([
      {
        Effect: "Allow",
        Action: ["application-autoscaling:RegisterScalableTarget"],
        Resource: [`\${${template.only("aws_appautoscaling_target").address}.arn}`],
      },
      {
        Effect: "Allow",
        Action: ["ecs:DescribeServices", "ecs:UpdateService"],
        Resource: [ecsArn("service/test-tasks/test-workers")],
      },
      // What Application Auto Scaling asks of its callers: see ServiceScaling.
      { Effect: "Allow", Action: ["cloudwatch:DescribeAlarms"], Resource: [arn("cloudwatch", "alarm:*")] },
      {
        Effect: "Allow",
        Action: ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"],
        Resource: [
          arn("cloudwatch", "alarm:"),
          arn("cloudwatch", "alarm:TargetTracking-service/test-tasks/test-workers-*"),
        ],
      },
      {
        Effect: "Allow",
        Action: ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "ecs:DescribeServices", "ecs:UpdateService"],
        Resource: [arn("cloudwatch", "alarm:*"), ecsArn("service/*")],
        Condition: { Bool: { "aws:ViaAWSService": ["true"] } },
      },
      { Effect: "Allow", Action: ["ecs:DescribeTaskDefinition"], Resource: ["*"] },
      {
        Effect: "Allow",
        Action: ["ecs:RegisterTaskDefinition"],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:RequestTag/Stack": ["test"] } },
      },
      {
        Effect: "Allow",
        Action: ["ecs:TagResource"],
        Resource: [revisions],
        Condition: { StringEquals: { "ecs:CreateAction": ["RegisterTaskDefinition"] } },
      },
      {
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: [role("task-role"), role("execution-role")],
        Condition: { StringEquals: { "iam:PassedToService": ["ecs-tasks.amazonaws.com"] } },
      },
    ]);
  });
});

describe("the pipeline's role", () => {
  test("may use the bucket and run the two projects", () => {
    const { template } = uploading;
    const bucket = `\${${template.only("aws_s3_bucket").address}.arn}`;

    expect(statementsOf(template, "test-delivery")).toEqual([
      {
        Effect: "Allow",
        Action: expect.arrayContaining(["s3:GetObjectVersion", "s3:PutObject"]),
        Resource: [`${bucket}/*`],
      },
      {
        Effect: "Allow",
        Action: ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
        Resource: [bucket],
      },
      {
        Effect: "Allow",
        Action: ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
        Resource: ["build", "deployment"].map((name) => arn("codebuild", `project/test-delivery-${name}`)),
      },
    ]);
  });
});

describe("the bucket", () => {
  test("goes with the stack, keeps artifacts for a month, and the source and the release for good", () => {
    const { template } = uploading;

    expect(template.only("aws_s3_bucket").attributes).toMatchObject({
      bucket: expect.stringMatching(/^test-delivery-/),
      force_destroy: true,
    });
    const [all, some] = template.only("aws_s3_bucket_lifecycle_configuration").attributes.rule;
    expect(all).toMatchObject({ filter: [{}], abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }] });
    expect(all).not.toHaveProperty("expiration");
    expect(some).toEqual({
      id: "expire-some",
      status: "Enabled",
      filter: [{ prefix: "test-delivery" }],
      expiration: [{ days: 30 }],
    });
  });
});

describe("GitHub", () => {
  const connectionArn = "arn:aws:codestar-connections:eu-central-1:123456789012:connection/a-1";

  test("is reached by a connection that is made, and whose ARN is told, because somebody has to authorise it", () => {
    const { template, pipeline, stack } = onGithub;
    const { address, attributes } = template.only("aws_codeconnections_connection");

    expect(attributes).toMatchObject({ name: "test-delivery", provider_type: "GitHub" });
    expect(Tokenization.resolve(pipeline.connectionArn, { scope: stack, resolver: RESOLVER })).toBe(
      `\${${address}.arn}`,
    );
    expect(actionsOf(template)[0]).toMatchObject({
      provider: "CodeStarSourceConnection",
      configuration: {
        ConnectionArn: `\${${address}.arn}`,
        FullRepositoryId: "Ada/engine",
        BranchName: "main",
        DetectChanges: "true",
      },
    });
    expect(template.resources("aws_s3_object").map(({ attributes }) => attributes.key)).toEqual(["release.json"]);
  });

  test("or by one that is given, which the pipeline's role alone may use", () => {
    const { template, pipeline } = synthesized({ source: { ...github, connectionArn } });

    expect(template.resourceCount("aws_codeconnections_connection")).toBe(0);
    expect(pipeline.connectionArn).toBe(connectionArn);
    expect(statementsOf(template, "test-delivery")).toContainEqual({
      Effect: "Allow",
      Action: ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
      Resource: [connectionArn],
    });
  });

  test("is built in the folder, after the commands, whose failure ends the build", () => {
    const { attributes } = onGithub.project("build");

    expect(attributes.environment.environment_variable).toContainEqual({ name: "FOLDER", value: "services/worker" });
    expect(JSON.parse(attributes.source.buildspec).phases).toMatchObject({
      install: { "runtime-versions": { nodejs: 22 } },
      pre_build: { commands: ["npm ci", 'echo "$${HOME}"'] },
    });
  });

  test.each<[string, Partial<GithubSource>, RegExp]>([
    [
      "an address instead of a name",
      { repository: "https://github.com/Ada/engine" },
      /source.repository: must be owner/,
    ],
    ["no branch", { branch: "" }, /source.branch: must be the name of a branch/],
    ["a folder outside", { folder: "../other" }, /source.folder: must be a path from the root/],
    ["an absolute folder", { folder: "/worker" }, /source.folder/],
    ["the ARN of something else", { connectionArn: "arn:aws:s3:::x" }, /source.connectionArn: must be the ARN/],
  ])("%s is refused", (_, wrong, message) => {
    expect(mistakesOf(() => made({ source: { ...github, ...wrong } }))).toEqual([expect.stringMatching(message)]);
  });

  test("takes the root of the repository as a folder", () => {
    expect(() => made({ source: { ...github, folder: "." } })).not.toThrow();
    expect(() => made({ source: { ...github, folder: "a..b/c" } })).not.toThrow();
  });
});

test("mistakes are told all at once", () => {
  const source: UploadedSource = { ...upload, zip: { file, hash: "ABC" } };
  expect(mistakesOf(() => made({ source, rolloutMinutes: 5 }))).toEqual([
    'test: delivery.source.zip.hash: must be a SHA-256 in 64 hexadecimal digits, got "ABC"; take that of the zip',
    "test: delivery.rolloutMinutes: must be a whole number of 10..450, got 5; take 10 or more",
  ]);
});

const arn = (service: string, resource: string) =>
  `arn:\${data.aws_partition.partition.partition}:${service}:\${data.aws_region.region.id}:\${data.aws_caller_identity.caller.account_id}:${resource}`;
const ecsArn = (resource: string) => arn("ecs", resource);
const pipelineArn = arn("codepipeline", "test-delivery");
