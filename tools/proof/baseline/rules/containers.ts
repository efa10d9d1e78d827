import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { tooOpen } from "../policies";
import type { Finding, Rule } from "../rule";
import { secretInSetting } from "../secrets";
import { denotes, findingsFor, ignores, isFalse, isTrue } from "./findings";
import { publicSubnets } from "./subnets";
import { containersOf } from "./task-definitions";

const DESIRED_COUNT = "ecs:service:DesiredCount";

export const containerRules: readonly Rule[] = [
  {
    id: "55.insights",
    title: "every cluster has Container Insights: what runs and what it uses can be seen",
    source: "ECS.12, CKV_AWS_65",
    check: (template) =>
      findingsFor(
        template.resources("aws_ecs_cluster"),
        ({ setting }) =>
          !blocks<Attributes>(setting).some(
            ({ name, value }) => name === "containerInsights" && ["enabled", "enhanced"].includes(value),
          ),
        "has no Container Insights",
        'add the setting containerInsights with the value "enabled" or "enhanced"',
      ),
  },
  {
    id: "55.public-address",
    title: "no task has a public address",
    source: "ECS.2, CKV_AWS_333",
    check: (template) =>
      findingsFor(
        services(template),
        ({ network_configuration }) =>
          blocks<Attributes>(network_configuration).some(({ assign_public_ip = false }) => !isFalse(assign_public_ip)),
        "gives its tasks public addresses",
        "leave assign_public_ip out, or set it to false; let the tasks reach AWS by NAT or interface endpoints",
      ),
  },
  {
    id: "55.subnets",
    title: "a service's tasks are in subnets without a way in from the internet",
    source: "practice: a subnet whose route leads to an internet gateway is for load balancers",
    check: (template) =>
      findingsFor(
        services(template),
        ({ network_configuration }) =>
          publicSubnets(template).some(({ address }) => refersTo(blocks(network_configuration), address)),
        "has tasks in a subnet that leads to an internet gateway",
        "use private subnets",
      ),
  },
  {
    id: "55.platform",
    title: "a service follows Fargate's platform",
    source: "ECS.10, CKV_AWS_332",
    check: (template) =>
      findingsFor(
        services(template),
        ({ platform_version = "LATEST" }) => platform_version !== "LATEST",
        "stays on one version of Fargate's platform, which AWS will no longer patch some day",
        "leave platform_version out",
      ),
  },
  {
    id: "55.rollback",
    title: "a deployment whose tasks do not start is rolled back",
    source: "practice: otherwise ECS starts them again and again",
    check: (template) =>
      findingsFor(
        services(template).filter(
          ({ attributes }) => (blocks<Attributes>(attributes.deployment_controller)[0]?.type ?? "ECS") === "ECS",
        ),
        ({ deployment_circuit_breaker }) => {
          const [breaker] = blocks<Attributes>(deployment_circuit_breaker);
          return !isTrue(breaker?.enable) || !isTrue(breaker?.rollback);
        },
        "tries for ever to start tasks that do not start",
        "set deployment_circuit_breaker.enable and .rollback to true",
      ),
  },
  {
    id: "55.desired-count",
    title: "how many tasks of a service there are that scales is for Auto Scaling to say, not for the next deployment",
    source: "practice: a deployment would undo what a policy has scaled",
    check: (template) =>
      findingsFor(
        services(template).filter((service) => isScaled(template, service)),
        ({ lifecycle }) => !ignores(lifecycle, "desired_count"),
        "is set back to its desired_count by every deployment",
        "have lifecycle ignore changes of desired_count; left out, it is 0",
      ),
  },
  {
    id: "55.readable",
    title: "every task definition's containers can be read, and so be checked",
    source: "practice: a rule that passes over what it cannot read proves nothing",
    check: (template) =>
      taskDefinitions(template)
        .filter((definition) => containersOf(definition) === undefined)
        .map(({ address }) => ({
          address,
          what: "has container definitions that cannot be read",
          mend: "write them with JSON.stringify",
        })),
  },
  {
    id: "55.read-only",
    title: "no container can change its own files",
    source: "ECS.5, CKV_AWS_336",
    check: (template) =>
      containerFindings(
        template,
        ({ readonlyRootFilesystem }) => readonlyRootFilesystem !== true,
        "may change its own files",
        "set readonlyRootFilesystem to true, and mount a volume where it has to write",
      ),
  },
  {
    id: "55.user",
    title: "no container runs as root",
    source: "ECS.20: by the definition, because the image's own user is unseen here",
    check: (template) =>
      containerFindings(
        template,
        // An expression is not known to be another.
        ({ user }) => !/^(?!(?:0+|root)(?::|$))[\w-]+(?::[\w-]+)?$/.test(String(user ?? "root")),
        "may run as root",
        'set user to another, such as "1000:1000"',
      ),
  },
  {
    id: "55.privileged",
    title: "no container has the rights of its machine",
    source: "ECS.4, CKV_AWS_334",
    check: (template) =>
      containerFindings(
        template,
        ({ privileged = false }) => privileged !== false,
        "is privileged",
        "leave privileged out; add single capabilities where they are needed",
      ),
  },
  {
    id: "55.host",
    title: "no task shares processes, memory or network with its machine",
    source: "ECS.3, ECS.17, CKV_AWS_335",
    check: (template) =>
      taskDefinitions(template).flatMap(({ address, attributes }) =>
        ["pid_mode", "ipc_mode", "network_mode"]
          .filter((mode) => attributes[mode] === "host")
          .map((mode) => ({ address, what: `shares ${mode} with its machine`, mend: `set ${mode} to another mode` })),
      ),
  },
  {
    id: "55.logs",
    title: "every container's log goes somewhere",
    source: "ECS.9",
    check: (template) =>
      containerFindings(
        template,
        ({ logConfiguration }) => !logConfiguration?.logDriver || logConfiguration.logDriver === "none",
        "keeps no log",
        "set logConfiguration, with the driver awslogs and a log group of the stack",
      ),
  },
  {
    id: "55.roles",
    title: "tasks have a role of their own, other than the one they are started with",
    source: "CKV_AWS_249: whoever takes a container over must not pull images and read secrets as ECS may",
    check: (template) =>
      findingsFor(
        taskDefinitions(template),
        ({ task_role_arn, execution_role_arn }) =>
          !task_role_arn || !execution_role_arn || task_role_arn === execution_role_arn,
        "does not have two roles",
        "set task_role_arn and execution_role_arn, each to a role of its own",
      ),
  },
  {
    id: "55.secrets",
    title: "no secret in a container's environment",
    source: "ECS.8",
    check: (template) =>
      taskDefinitions(template).flatMap((definition) =>
        (containersOf(definition) ?? []).flatMap((container) =>
          blocks<Attributes>(container.environment).flatMap((variable) => {
            const secret = secretInSetting(String(variable.name), String(variable.value));
            if (!secret) return [];
            const what = `container ${container.name} has ${secret} in the environment variable ${variable.name}`;
            return [
              { address: definition.address, what, mend: "put it into Secrets Manager, and its ARN into secrets" },
            ];
          }),
        ),
      ),
  },
  {
    id: "55.volumes",
    title: "what tasks exchange with a file system is encrypted on the way",
    source: "CKV_AWS_97, AWS-0035",
    check: (template) =>
      findingsFor(
        taskDefinitions(template),
        ({ volume }) =>
          blocks<Attributes>(volume)
            .flatMap(({ efs_volume_configuration }) => blocks<Attributes>(efs_volume_configuration))
            .some(({ transit_encryption }) => transit_encryption !== "ENABLED"),
        "mounts a file system without TLS",
        'set efs_volume_configuration.transit_encryption to "ENABLED"',
      ),
  },
  {
    id: "56.tags",
    title: "a tag of an image is never moved to another image",
    source: "ECR.2, CKV_AWS_51, AWS-0031",
    check: (template) =>
      findingsFor(
        repositories(template),
        ({ image_tag_mutability }) => image_tag_mutability !== "IMMUTABLE",
        "lets tags be moved",
        'set image_tag_mutability to "IMMUTABLE"',
      ),
  },
  {
    id: "56.scan",
    title: "every image is looked through for known vulnerabilities when it is pushed",
    source: "ECR.1, CKV_AWS_163, AWS-0030",
    check: (template) =>
      findingsFor(
        repositories(template),
        ({ image_scanning_configuration }) =>
          !isTrue(blocks<Attributes>(image_scanning_configuration)[0]?.scan_on_push),
        "does not scan images",
        "set image_scanning_configuration.scan_on_push to true",
      ),
  },
  {
    id: "56.lifecycle",
    title: "old images go away",
    source: "ECR.3",
    check: (template) =>
      findingsFor(
        repositories(template),
        (_, repository) =>
          !template
            .resources("aws_ecr_lifecycle_policy")
            .some(({ attributes }) => denotes(attributes.repository, repository)),
        "keeps every image for ever",
        "add an aws_ecr_lifecycle_policy",
      ),
  },
  {
    id: "56.encryption",
    title: "images are encrypted with a KMS key",
    source: "CKV_AWS_136, AWS-0033",
    check: (template) =>
      findingsFor(
        repositories(template),
        ({ encryption_configuration }) =>
          !String(blocks<Attributes>(encryption_configuration)[0]?.encryption_type).startsWith("KMS"),
        "is encrypted with a key of S3, whose use nobody can see",
        'set encryption_configuration.encryption_type to "KMS"',
      ),
  },
  {
    id: "56.policy",
    title: "no repository's policy allows everybody or everything",
    source: "CKV_AWS_32, AWS-0032",
    check: (template) => tooOpen(template, "ecr:*", "aws_ecr_repository_policy"),
  },
];

function services(template: Template): Resource[] {
  return template.resources("aws_ecs_service");
}

function taskDefinitions(template: Template): Resource[] {
  return template.resources("aws_ecs_task_definition");
}

function repositories(template: Template): Resource[] {
  return template.resources("aws_ecr_repository");
}

/** The same finding for every container of which something holds. */
function containerFindings(
  template: Template,
  isWrong: (container: Attributes) => boolean,
  what: string,
  mend: string,
): Finding[] {
  return taskDefinitions(template).flatMap((definition) =>
    (containersOf(definition) ?? [])
      .filter(isWrong)
      .map(({ name }) => ({ address: definition.address, what: `container ${name} ${what}`, mend })),
  );
}

/** Whether Application Auto Scaling has the service, which it calls `service/<cluster>/<service>`. */
function isScaled(template: Template, { address, attributes }: Resource): boolean {
  return template
    .resources("aws_appautoscaling_target")
    .filter((target) => target.attributes.scalable_dimension === DESIRED_COUNT)
    .map((target) => target.attributes.resource_id)
    .some((id) => refersTo(id, address) || String(id).endsWith(`/${attributes.name}`));
}
