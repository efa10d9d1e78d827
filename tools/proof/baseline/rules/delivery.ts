import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { parseJsonText } from "../json-text";
import type { Finding, Rule } from "../rule";
import { isSecretName, NAMED_SECRET, secretIn, secretInSetting } from "../secrets";
import { denotes, findingsFor, isFalse, isTrue } from "./findings";

/** Names by which AWS's SDKs look for credentials, though the first does not sound like a secret. */
const CREDENTIALS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** Sources that CodePipeline asks for changes again and again unless it is told not to. */
const POLLED_SOURCES = ["S3", "CodeCommit"];

/** What EventBridge starts only with a role; other targets allow it by a policy of their own. */
const STARTED_WITH_ROLE = ["aws_codepipeline", "aws_codebuild_project"];

const FROM_SECRETS_MANAGER = 'put it into Secrets Manager, and give the variable the type "SECRETS_MANAGER"';

export const deliveryRules: readonly Rule[] = [
  {
    id: "61.privileged",
    title: "no build has the rights of its machine; one that builds images does, and is an exception",
    source: "CodeBuild.5, CKV_AWS_316",
    check: (template) =>
      findingsFor(
        projects(template),
        ({ environment }) =>
          blocks<Attributes>(environment).some(({ privileged_mode = false }) => !isFalse(privileged_mode)),
        "is privileged",
        "leave privileged_mode out, or declare an exception where Docker has to run",
      ),
  },
  {
    id: "61.logs",
    title: "every build's log is kept, and encrypted",
    source: "CodeBuild.3, CodeBuild.4, CKV_AWS_311, CKV_AWS_314",
    check: (template) =>
      projects(template).flatMap(({ address, attributes }) => {
        const [config = {}] = blocks<Attributes>(attributes.logs_config);
        const [cloudWatch = {}] = blocks<Attributes>(config.cloudwatch_logs);
        const [s3 = {}] = blocks<Attributes>(config.s3_logs);
        const isKept = cloudWatch.status !== "DISABLED" || s3.status === "ENABLED";
        return [
          ...(isKept ? [] : [{ address, what: "keeps no log", mend: "set logs_config.cloudwatch_logs" }]),
          ...(isTrue(s3.encryption_disabled)
            ? [{ address, what: "has its log in S3 in the clear", mend: "leave s3_logs.encryption_disabled out" }]
            : []),
        ];
      }),
  },
  {
    id: "61.secrets",
    title: "no secret in a build's variables or commands",
    source: "CodeBuild.2",
    check: (template) => [
      ...projects(template).flatMap(({ address, attributes }) => [
        ...blocks<Attributes>(attributes.environment).flatMap(({ environment_variable }) =>
          openSecrets(address, environment_variable),
        ),
        ...sourcesOf(attributes)
          .map(({ buildspec }) => secretIn(String(buildspec ?? "")))
          .filter((secret) => secret !== undefined)
          .map((secret) => ({ address, what: `the buildspec holds ${secret}`, mend: FROM_SECRETS_MANAGER })),
      ]),
      ...actions(template).flatMap(({ address, action }) =>
        openSecrets(address, parseJsonText(action.configuration?.EnvironmentVariables)),
      ),
    ],
  },
  {
    id: "61.artifacts",
    title: "what builds make is encrypted",
    source: "CKV_AWS_78",
    check: (template) =>
      findingsFor(
        projects(template),
        ({ artifacts, secondary_artifacts }) =>
          [...blocks<Attributes>(artifacts), ...blocks<Attributes>(secondary_artifacts)].some(
            ({ encryption_disabled = false }) => !isFalse(encryption_disabled),
          ),
        "makes artifacts that are not encrypted",
        "leave encryption_disabled out",
      ),
  },
  {
    id: "61.source",
    title: "sources are reached by TLS and a connection, not by somebody's password or token",
    source: "CodeBuild.1; practice: a token is in the state, and ends with the person",
    check: (template) => [
      ...findingsFor(
        projects(template),
        (attributes) =>
          sourcesOf(attributes).some(
            ({ location, insecure_ssl, auth }) =>
              isTrue(insecure_ssl) ||
              /:\/\/[^/\s]*@/.test(String(location ?? "")) ||
              blocks<Attributes>(auth).some(({ type }) => type === "OAUTH"),
          ),
        "reaches its source without TLS, or by somebody's password or token",
        'use a connection: auth with the type "CODECONNECTIONS", or a pipeline\'s source',
      ),
      ...findingsFor(
        template.resources("aws_codebuild_source_credential"),
        ({ auth_type }) => !["CODECONNECTIONS", "SECRETS_MANAGER"].includes(auth_type),
        "holds a token of somebody's",
        'use a connection, with the auth_type "CODECONNECTIONS"',
      ),
      ...actionFindings(
        template,
        ({ owner, configuration = {} }) =>
          owner === "ThirdParty" || Object.keys(configuration).some((name) => isSecretName(name)),
        "reaches its source by somebody's token",
        'use a connection: the provider "CodeStarSourceConnection", with ConnectionArn',
      ),
    ],
  },
  {
    id: "61.public",
    title: "no build's results are shown to everybody",
    source: "practice: logs and artifacts of a public project need no credentials",
    check: (template) =>
      findingsFor(
        projects(template),
        ({ project_visibility = "PRIVATE" }) => project_visibility !== "PRIVATE",
        "shows its builds to everybody",
        "leave project_visibility out",
      ),
  },
  {
    id: "61.store",
    title: "a pipeline keeps its artifacts in a bucket of the stack",
    source: "practice: that bucket is held against the rules 35",
    check: (template) =>
      findingsFor(
        template.resources("aws_codepipeline"),
        ({ artifact_store }) =>
          blocks<Attributes>(artifact_store).some(
            ({ location }) =>
              !template.resources("aws_s3_bucket").some((bucket) => denotes(location, bucket, "bucket")),
          ),
        "keeps its artifacts in a bucket that is not the stack's",
        "set artifact_store.location to a bucket of the stack",
      ),
  },
  {
    id: "61.polling",
    title: "a pipeline is told of changes, and does not ask for them every minute",
    source: "practice: docs.aws.amazon.com/codepipeline/latest/userguide/update-change-detection.html",
    check: (template) =>
      actionFindings(
        template,
        ({ category, provider, configuration }) =>
          category === "Source" &&
          POLLED_SOURCES.includes(provider) &&
          // The default is true.
          !isFalse(configuration?.PollForSourceChanges),
        "asks for changes every minute",
        'set PollForSourceChanges to "false", and start the pipeline by an EventBridge rule',
      ),
  },
  {
    id: "61.trigger",
    title: "EventBridge has a role to start pipelines and builds with",
    source: "practice: without it the event is lost",
    check: (template) => {
      const started = STARTED_WITH_ROLE.flatMap((type) => template.resources(type));
      return findingsFor(
        template
          .resources("aws_cloudwatch_event_target")
          .filter(({ attributes }) => started.some(({ address }) => refersTo(attributes.arn, address))),
        ({ role_arn }) => !role_arn,
        "starts nothing: it has no role",
        "set role_arn to a role that events.amazonaws.com may assume",
      );
    },
  },
];

function projects(template: Template): Resource[] {
  return template.resources("aws_codebuild_project");
}

function sourcesOf({ source, secondary_sources }: Attributes): Attributes[] {
  return [...blocks<Attributes>(source), ...blocks<Attributes>(secondary_sources)];
}

/** Variables whose value everybody reads who may read the project. */
function openSecrets(address: string, variables: unknown): Finding[] {
  return blocks<Attributes>(variables as Attributes[])
    .filter(({ type = "PLAINTEXT" }) => type === "PLAINTEXT")
    .flatMap(({ name, value }) => {
      const secret = CREDENTIALS.includes(name) ? NAMED_SECRET : secretInSetting(String(name), String(value));
      if (!secret) return [];
      return [{ address, what: `environment variable ${name} holds ${secret}`, mend: FROM_SECRETS_MANAGER }];
    });
}

function actions(template: Template): { address: string; action: Attributes }[] {
  return template
    .resources("aws_codepipeline")
    .flatMap(({ address, attributes }) =>
      blocks<Attributes>(attributes.stage).flatMap(({ action }) =>
        blocks<Attributes>(action).map((one) => ({ address, action: one })),
      ),
    );
}

/** The same finding for every action of a pipeline of which something holds. */
function actionFindings(
  template: Template,
  isWrong: (action: Attributes) => boolean,
  what: string,
  mend: string,
): Finding[] {
  return actions(template)
    .filter(({ action }) => isWrong(action))
    .map(({ address, action: { name } }) => ({ address, what: `action ${name} ${what}`, mend }));
}
