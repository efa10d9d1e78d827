import { deliveryRules } from "./delivery";
import { resources, testRules } from "./examples";

const project = (attributes: object) => resources({ "aws_codebuild_project.build": attributes });
const variable = (attributes: object) => project({ environment: { environment_variable: [attributes] } });
const pipeline = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_codepipeline.p": attributes, ...others });
const action = (attributes: object) => pipeline({ stage: [{ name: "s", action: [{ name: "get", ...attributes }] }] });
const credential = (auth_type: string) => resources({ "aws_codebuild_source_credential.c": { auth_type } });
const s3Source = (configuration: object) => action({ category: "Source", owner: "AWS", provider: "S3", configuration });
const target = (attributes: object) =>
  pipeline({}, { "aws_cloudwatch_event_target.t": { arn: "${aws_codepipeline.p.arn}", ...attributes } });

testRules(deliveryRules, {
  "61.privileged": {
    violating: {
      "a build that runs Docker": [
        project({ environment: { privileged_mode: true } }),
        /^aws_codebuild_project.build is privileged/,
      ],
      "an expression": [project({ environment: [{ privileged_mode: "${var.docker}" }] }), /is privileged/],
    },
    conforming: {
      "no word on it": project({ environment: {} }),
      "a build without rights": project({ environment: { privileged_mode: false } }),
    },
  },
  "61.logs": {
    violating: {
      "logs that are off": [
        project({ logs_config: { cloudwatch_logs: { status: "DISABLED" } } }),
        /^aws_codebuild_project.build keeps no log/,
      ],
      "a log in the clear": [
        project({ logs_config: { s3_logs: { status: "ENABLED", encryption_disabled: true } } }),
        /has its log in S3 in the clear/,
      ],
    },
    conforming: {
      "the default": project({}),
      "S3 alone": project({
        logs_config: [{ cloudwatch_logs: [{ status: "DISABLED" }], s3_logs: [{ status: "ENABLED" }] }],
      }),
    },
  },
  "61.secrets": {
    violating: {
      "a secret by its name": [
        variable({ name: "NPM_TOKEN", value: "${var.t}" }),
        /^aws_codebuild_project.build environment variable NPM_TOKEN holds what its name calls a secret/,
      ],
      "a key of AWS, by its name": [variable({ name: "AWS_ACCESS_KEY_ID", value: "${var.k}" }), /AWS_ACCESS_KEY_ID/],
      "a secret by its form, said to be plain": [
        variable({ name: "REMOTE", value: "https://me:hunter22@example.com", type: "PLAINTEXT" }),
        /variable REMOTE holds a password in a URL/,
      ],
      "a secret in the buildspec": [
        project({ source: { buildspec: "phases: {build: {commands: ['curl https://me:hunter22@example.com']}}" } }),
        /the buildspec holds a password in a URL/,
      ],
      "a secret that a pipeline gives": [
        action({
          configuration: { EnvironmentVariables: '[{"name":"API_KEY","value":"${var.k}","type":"PLAINTEXT"}]' },
        }),
        /^aws_codepipeline.p environment variable API_KEY holds/,
      ],
    },
    conforming: {
      "where a secret is": variable({ name: "NPM_TOKEN", value: "${var.arn}", type: "SECRETS_MANAGER" }),
      "no secrets": project({
        environment: { environment_variable: [{ name: "REPOSITORY", value: "${local.url}" }] },
        source: { buildspec: "phases: {build: {commands: ['docker login --password-stdin']}}" },
      }),
      "what a pipeline gives": action({ configuration: { EnvironmentVariables: '[{"name":"A","value":"#{s.B}"}]' } }),
    },
  },
  "61.artifacts": {
    violating: {
      "artifacts in the clear": [project({ artifacts: { encryption_disabled: true } }), /artifacts that are not/],
      "others in the clear": [
        project({ secondary_artifacts: [{ encryption_disabled: true }] }),
        /artifacts that are not/,
      ],
    },
    conforming: { "the default": project({ artifacts: { type: "CODEPIPELINE" } }) },
  },
  "61.source": {
    violating: {
      "a password in the location": [
        project({ source: { location: "https://me:hunter2@bitbucket.org/a/b" } }),
        /^aws_codebuild_project.build reaches its source without TLS/,
      ],
      "a token in the location": [
        project({ secondary_sources: [{ location: "https://token@github.com/a/b" }] }),
        /reaches its source/,
      ],
      "no TLS": [project({ source: { insecure_ssl: true } }), /reaches its source without TLS/],
      "somebody's account": [project({ source: { auth: { type: "OAUTH" } } }), /by somebody's password or token/],
      "a token that is stored": [
        credential("PERSONAL_ACCESS_TOKEN"),
        /^aws_codebuild_source_credential.c holds a token of somebody's/,
      ],
      "a pipeline with a token": [
        action({ owner: "AWS", configuration: { OAuthToken: "${var.t}" } }),
        /^aws_codepipeline.p action get reaches its source by somebody's token/,
      ],
      "a pipeline by the first action for GitHub": [
        action({ owner: "ThirdParty", provider: "GitHub" }),
        /by somebody's/,
      ],
    },
    conforming: {
      "a pipeline's source": project({ source: { type: "CODEPIPELINE" } }),
      "a connection": project({ source: { location: "https://github.com/a/b", auth: { type: "CODECONNECTIONS" } } }),
      "a connection that is stored": credential("CODECONNECTIONS"),
      "a pipeline with a connection": action({
        owner: "AWS",
        provider: "CodeStarSourceConnection",
        configuration: { ConnectionArn: "${aws_codeconnections_connection.c.arn}", FullRepositoryId: "a/b" },
      }),
    },
  },
  "61.public": {
    violating: {
      "a public project": [project({ project_visibility: "PUBLIC_READ" }), /shows its builds to everybody/],
    },
    conforming: { "the default": project({}), "a private one": project({ project_visibility: "PRIVATE" }) },
  },
  "61.store": {
    violating: {
      "a bucket from elsewhere": [
        pipeline({ artifact_store: [{ location: "somewhere" }] }, { "aws_s3_bucket.b": { bucket: "here" } }),
        /^aws_codepipeline.p keeps its artifacts in a bucket that is not the stack's/,
      ],
    },
    conforming: {
      "a bucket of the stack": pipeline(
        { artifact_store: [{ location: "${aws_s3_bucket.b.bucket}" }] },
        { "aws_s3_bucket.b": { bucket: "here" } },
      ),
      "a bucket by its name": pipeline(
        { artifact_store: { location: "here" } },
        { "aws_s3_bucket.b": { bucket: "here" } },
      ),
    },
  },
  "61.polling": {
    violating: {
      "the default": [s3Source({ S3ObjectKey: "source.zip" }), /^aws_codepipeline.p action get asks for changes/],
      "polling that is on": [s3Source({ PollForSourceChanges: "true" }), /asks for changes every minute/],
    },
    conforming: {
      "a source that does not": s3Source({ PollForSourceChanges: "false" }),
      "a connection, which tells": action({
        category: "Source",
        provider: "CodeStarSourceConnection",
        configuration: { DetectChanges: "true" },
      }),
      "a deployment to S3": action({ category: "Deploy", provider: "S3", configuration: {} }),
    },
  },
  "61.trigger": {
    violating: { "no role": [target({}), /^aws_cloudwatch_event_target.t starts nothing: it has no role/] },
    conforming: {
      "a role": target({ role_arn: "${aws_iam_role.events.arn}" }),
      "a topic, whose policy allows it": resources({
        "aws_cloudwatch_event_target.t": { arn: "${aws_sns_topic.t.arn}" },
        "aws_sns_topic.t": {},
      }),
    },
  },
});
