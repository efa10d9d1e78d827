import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { BuildProject } from "./build-project";
import { PipelineBucket } from "./pipeline-bucket";

const folder = mkdtempSync(join(tmpdir(), "build-project-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly script: string;
  readonly commands?: readonly string[];
  readonly exports?: readonly string[];
  readonly docker?: boolean;
}

function made({ script, ...more }: Given) {
  const file = join(folder, "script.sh");
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  const stack = new TestStack();
  const project = new BuildProject(stack, "build", {
    description: "Builds.",
    architecture: "arm64",
    script: file,
    environment: { NAME: "value" },
    timeoutMinutes: 30,
    bucket: new PipelineBucket(stack, "bucket", "pipeline"),
    ...more,
  });
  const template = Template.of(stack);
  return { stack, project, template, attributes: template.only("aws_codebuild_project").attributes };
}

/** The text that Terraform gives to AWS. */
const rendered = (text: string) => text.replace(/([$%])\1\{/g, "$1{");

test("what bash runs is the script, whatever Terraform would take for a template in it", () => {
  const script = [
    "# A comment that nobody needs.",
    "NAME=${NAME:-none}; echo \"${NAME} %{http_code} $((1 + 1))\" '$${it}'",
    "cat <<END",
    'a "quoted" \\ line of ${NAME}',
    "END",
  ].join("\n");
  const { buildspec } = made({ script }).attributes.source;
  const [command] = JSON.parse(rendered(buildspec)).phases.build.commands;

  expect(buildspec).not.toMatch(/(?<![$%])[$%]\{/);
  expect(command).not.toContain("comment");
  const { stdout } = spawnSync("bash", ["-c", command], { encoding: "utf8", env: {} });
  expect(stdout).toBe('none %{http_code} 2 $${it}\na "quoted" \\ line of none\n');
});

test("the script of a build without commands is its only phase", () => {
  const { buildspec } = made({ script: "true" }).attributes.source;

  expect(JSON.parse(buildspec)).toEqual({
    version: 0.2,
    env: { shell: "bash" },
    phases: { build: { commands: ["#!/bin/bash\ntrue\n"] } },
  });
});

test("its role serves builds of this project only, and exists with its permissions before it", () => {
  const { template, attributes } = made({ script: "true" });
  const trust = JSON.parse(template.only("aws_iam_role").attributes.assume_role_policy).Statement[0];

  expect(trust).toMatchObject({
    Principal: { Service: "codebuild.amazonaws.com" },
    Condition: {
      StringEquals: { "aws:SourceAccount": expect.any(String) },
      ArnLike: { "aws:SourceArn": [expect.stringMatching(/:project\/test-build$/)] },
    },
  });
  expect(attributes.depends_on).toContain(template.only("aws_iam_role_policy").address);
});

test("its log is kept for as long as the stack keeps logs, and nobody else's can be written", () => {
  const { template, attributes } = made({ script: "true" });
  const { address, attributes: logGroup } = template.only("aws_cloudwatch_log_group");

  expect(logGroup).toMatchObject({ name: "/aws/codebuild/test-build", retention_in_days: 30 });
  expect(attributes.logs_config.cloudwatch_logs.group_name).toBe(`\${${address}.name}`);
  expect(template.policyStatements(template.only("aws_iam_role").address)[0]?.Resource).toEqual([
    `\${${address}.arn}:*`,
  ]);
});

test("its machine is privileged only where Docker is needed, and then the baseline is told why", () => {
  const without = made({ script: "true" });
  const withDocker = made({ script: "true", docker: true });
  const exceptions = ({ stack }: typeof without) => stack.baselineExceptions.map(({ rule }) => rule);

  expect(without.attributes.environment.privileged_mode).toBe(false);
  expect(exceptions(without)).not.toContain("61.privileged");
  expect(withDocker.attributes.environment.privileged_mode).toBe(true);
  expect(exceptions(withDocker)).toContain("61.privileged");
});

test("its hash changes with the script and the commands, and with nothing else", () => {
  const hash = (given: Given) => made(given).project.hash;

  expect(hash({ script: "true" })).toBe(hash({ script: "# With a comment.\ntrue" }));
  expect(hash({ script: "false" })).not.toBe(hash({ script: "true" }));
  expect(hash({ script: "true", commands: ["make"] })).not.toBe(hash({ script: "true" }));
});
