import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { compactScript } from "../compute/compact-script";
import type { Architecture } from "../compute/instance-type";
import { ServiceRole } from "../security/service-role";
import type { PipelineBucket } from "./pipeline-bucket";

export interface BuildProjectProps {
  /** What it does, in the account's list of projects. At most 255 characters. */
  readonly description: string;
  /** Of the machine that builds, and so of what it builds. */
  readonly architecture: Architecture;
  /** Absolute path of the bash script that it runs: `join(__dirname, "build-image.sh")`. */
  readonly script: string;
  /** Commands that bash runs before the script, in the root of the source and with Node.js 22. @default - none */
  readonly commands?: readonly string[];
  /** What the script reads, by name. No secrets: everybody who may see the project reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of the script that later actions of the pipeline may use. @default - none */
  readonly exports?: readonly string[];
  /** Whether the script needs Docker, and so a privileged machine. @default false */
  readonly docker?: boolean;
  /** After which a build is stopped, 5..2160. */
  readonly timeoutMinutes: number;
  /** Where its source comes from. */
  readonly bucket: PipelineBucket;
}

/**
 * CodeBuild's own images of Amazon Linux 2023, with bash, Docker, Node.js and the AWS CLI:
 * docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
 */
const MACHINES = {
  arm64: { type: "ARM_CONTAINER", image: "aws/codebuild/amazonlinux-aarch64-standard:3.0" },
  x86_64: { type: "LINUX_CONTAINER", image: "aws/codebuild/amazonlinux-x86_64-standard:5.0" },
} as const satisfies Record<Architecture, { type: string; image: string }>;
/** The smallest: 2 processors, and 4 GB for Arm or 3 for x86. */
const COMPUTE_TYPE = "BUILD_GENERAL1_SMALL";
const QUEUED_TIMEOUT_MINUTES = 60;
const NODEJS = 22;

/** A script that CodePipeline has CodeBuild run, with a role and a log of its own. */
export class BuildProject extends Construct {
  readonly arn: string;
  /** As Terraform knows it. */
  readonly id: string;
  /** Known before the deployment. */
  readonly projectName: string;
  /** A reference to the name, for who has to come after the project. */
  readonly name: string;
  readonly logGroupName: string;
  readonly role: ServiceRole;
  /** Changes with the script, the commands and the machine. */
  readonly hash: string;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.projectName = stack.nameOf("buildProject", this);
    const machine = MACHINES[props.architecture];
    const buildspec = buildspecOf(props);
    this.hash = createHash("sha256").update(JSON.stringify({ machine, buildspec })).digest("hex");

    this.role = new ServiceRole(this, "role", {
      service: "codebuild.amazonaws.com",
      description: `Role of the builds of ${this.projectName}`,
      // docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
      sourceArns: [stack.arnOf("codebuild", `project/${this.projectName}`)],
    });
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/aws/codebuild/${this.projectName}`,
      retentionInDays: stack.parameters.logRetentionDays,
    });
    this.logGroupName = logGroup.name;
    this.role.grant({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${logGroup.arn}:*`],
      uncalled: "CodeBuild writes a build's log under the project's role.",
    });
    props.bucket.grantRead(this.role);

    const project = new CodebuildProject(this, "project", {
      name: this.projectName,
      description: props.description,
      serviceRole: this.role.arn,
      source: { type: "CODEPIPELINE", buildspec: literally(buildspec) },
      artifacts: { type: "CODEPIPELINE" },
      environment: {
        ...machine,
        computeType: COMPUTE_TYPE,
        privilegedMode: props.docker ?? false,
        environmentVariable: Object.entries(props.environment).map(([name, value]) => ({ name, value })),
      },
      logsConfig: { cloudwatchLogs: { groupName: logGroup.name } },
      buildTimeout: props.timeoutMinutes,
      queuedTimeout: QUEUED_TIMEOUT_MINUTES,
    });
    this.arn = project.arn;
    this.id = project.id;
    this.name = project.name;
    this.role.grantBefore(project);
    if (props.docker) {
      stack.exceptFromBaseline({
        rule: "61.privileged",
        resource: `aws_codebuild_project.${project.friendlyUniqueId}`,
        reason: "It builds images with Docker, which CodeBuild starts on privileged machines only.",
      });
    }
  }
}

/** docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, written as JSON, which is YAML. */
function buildspecOf({ script, commands = [], exports = [] }: BuildProjectProps): string {
  return JSON.stringify({
    version: 0.2,
    env: { shell: "bash", ...(exports.length > 0 && { "exported-variables": exports }) },
    phases: {
      ...(commands.length > 0 && {
        install: { "runtime-versions": { nodejs: NODEJS } },
        // A build whose preparation fails goes no further.
        pre_build: { commands },
      }),
      build: { commands: [compactScript(readFileSync(script, "utf8"))] },
    },
  });
}

/** Text in which Terraform finds no template. */
function literally(text: string): string {
  return text.replace(/[$%]\{/g, (opening) => `${opening[0]}${opening}`);
}
