import { containerRules } from "./containers";
import { policy, resources, testRules } from "./examples";

const cluster = (attributes: object) => resources({ "aws_ecs_cluster.c": attributes });
const service = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_ecs_service.workers": { name: "workers", ...attributes }, ...others });
const definition = (attributes: object) => resources({ "aws_ecs_task_definition.t": attributes });
const container = (attributes: object) =>
  definition({ container_definitions: JSON.stringify([{ name: "worker", image: "${local.image}", ...attributes }]) });
const repository = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_ecr_repository.r": { name: "images", ...attributes }, ...others });
const setting = (value: string) => cluster({ setting: [{ name: "containerInsights", value }] });
const inSubnet = (route: Record<string, object>) =>
  service(
    { network_configuration: [{ subnets: ["${aws_subnet.a.id}"] }] },
    {
      "aws_subnet.a": {},
      "aws_internet_gateway.i": {},
      "aws_route_table_association.a": {
        subnet_id: "${aws_subnet.a.id}",
        route_table_id: "${aws_route_table.a.id}",
      },
      "aws_route_table.a": {},
      ...route,
    },
  );
const breaker = { enable: true, rollback: true };
const scaled = (attributes: object, resource_id = "service/c/${aws_ecs_service.workers.name}") =>
  service(attributes, {
    "aws_appautoscaling_target.t": { scalable_dimension: "ecs:service:DesiredCount", resource_id },
  });
const volume = (transit_encryption?: string) =>
  definition({ volume: [{ name: "data", efs_volume_configuration: [{ transit_encryption }] }] });

testRules(containerRules, {
  "55.insights": {
    violating: {
      "no word on them": [cluster({}), /^aws_ecs_cluster.c has no Container Insights/],
      "insights that are off": [setting("disabled"), /has no Container Insights/],
    },
    conforming: { insights: setting("enabled"), "those of each container": setting("enhanced") },
  },
  "55.public-address": {
    violating: {
      "public addresses": [
        service({ network_configuration: { assign_public_ip: true } }),
        /^aws_ecs_service.workers gives its tasks public addresses/,
      ],
      "an expression": [service({ network_configuration: { assign_public_ip: "${var.public}" } }), /public addresses/],
    },
    conforming: {
      "no word on it": service({ network_configuration: { subnets: ["s"] } }),
      "no addresses": service({ network_configuration: [{ assign_public_ip: false }] }),
    },
  },
  "55.subnets": {
    violating: {
      "a route to an internet gateway": [
        inSubnet({
          "aws_route.out": {
            route_table_id: "${aws_route_table.a.id}",
            gateway_id: "${aws_internet_gateway.i.id}",
          },
        }),
        /^aws_ecs_service.workers has tasks in a subnet that leads to an internet gateway/,
      ],
      "a route in the table itself": [
        inSubnet({ "aws_route_table.a": { route: [{ gateway_id: "${aws_internet_gateway.i.id}" }] } }),
        /leads to an internet gateway/,
      ],
    },
    conforming: {
      "a route to a NAT gateway": inSubnet({
        "aws_route.out": {
          route_table_id: "${aws_route_table.a.id}",
          nat_gateway_id: "${aws_nat_gateway.n.id}",
        },
      }),
      "another subnet's route": inSubnet({
        "aws_route_table.public": { route: [{ gateway_id: "${aws_internet_gateway.i.id}" }] },
      }),
      "another stack's subnets": service({ network_configuration: { subnets: ["subnet-1"] } }),
    },
  },
  "55.platform": {
    violating: { "one version": [service({ platform_version: "1.4.0" }), /stays on one version/] },
    conforming: { "no word on it": service({}), "the latest": service({ platform_version: "LATEST" }) },
  },
  "55.rollback": {
    violating: {
      "no circuit breaker": [service({}), /^aws_ecs_service.workers tries for ever/],
      "one that stops only": [
        service({ deployment_circuit_breaker: { ...breaker, rollback: false } }),
        /tries for ever/,
      ],
      "one that is off": [service({ deployment_circuit_breaker: { ...breaker, enable: false } }), /tries for ever/],
    },
    conforming: {
      "one that rolls back": service({ deployment_circuit_breaker: [breaker] }),
      "deployments by CodeDeploy, which roll back themselves": service({
        deployment_controller: { type: "CODE_DEPLOY" },
      }),
    },
  },
  "55.desired-count": {
    violating: {
      "a count that is set": [scaled({ desired_count: 2 }), /is set back to its desired_count/],
      "a count that is left out": [scaled({}), /is set back/],
      "a service that is named": [scaled({}, "service/${local.cluster}/workers"), /is set back/],
    },
    conforming: {
      "a count that Terraform ignores": scaled({ lifecycle: { ignore_changes: ["desired_count"] } }),
      "a service that does not scale": service({ desired_count: 2 }),
      "another service's scaling": scaled({}, "service/c/other-workers"),
    },
  },
  "55.readable": {
    violating: {
      "a file": [
        definition({ container_definitions: '${file("containers.json")}' }),
        /^aws_ecs_task_definition.t has container definitions that cannot be read/,
      ],
      "one container and no list": [definition({ container_definitions: "{}" }), /cannot be read/],
      nothing: [definition({}), /cannot be read/],
    },
    conforming: {
      "JSON with references, as texts and as numbers": definition({
        container_definitions: '[{"image":"${join(":", [local.repository, "none"])}","cpu":${local.cpu}}]',
      }),
    },
  },
  "55.read-only": {
    violating: {
      "no word on it": [container({}), /^aws_ecs_task_definition.t container worker may change its own files/],
      "a file system for writing": [container({ readonlyRootFilesystem: false }), /may change/],
    },
    conforming: { "a file system for reading": container({ readonlyRootFilesystem: true }) },
  },
  "55.user": {
    violating: {
      "no user": [container({}), /^aws_ecs_task_definition.t container worker may run as root/],
      root: [container({ user: "root" }), /may run as root/],
      "root by its number": [container({ user: "0:1000" }), /may run as root/],
      "an expression": [container({ user: "${var.user}" }), /may run as root/],
    },
    conforming: {
      "a number": container({ user: "1000" }),
      "a number and a group": container({ user: "1000:1000" }),
      "a name": container({ user: "node" }),
      "a name that only begins alike": container({ user: "rootless" }),
    },
  },
  "55.privileged": {
    violating: { "all rights": [container({ privileged: true }), /container worker is privileged/] },
    conforming: { "no word on it": container({}), "no rights": container({ privileged: false }) },
  },
  "55.host": {
    violating: {
      processes: [definition({ pid_mode: "host" }), /^aws_ecs_task_definition.t shares pid_mode/],
      memory: [definition({ ipc_mode: "host" }), /shares ipc_mode/],
      network: [definition({ network_mode: "host" }), /shares network_mode/],
    },
    conforming: {
      "a network of its own": definition({ network_mode: "awsvpc" }),
      "processes of its own": definition({ pid_mode: "task" }),
    },
  },
  "55.logs": {
    violating: {
      "no word on it": [container({}), /container worker keeps no log/],
      "a driver that drops it": [container({ logConfiguration: { logDriver: "none" } }), /keeps no log/],
    },
    conforming: { "CloudWatch Logs": container({ logConfiguration: { logDriver: "awslogs" } }) },
  },
  "55.roles": {
    violating: {
      "no role for the code": [definition({ execution_role_arn: "${aws_iam_role.e.arn}" }), /does not have two roles/],
      "no role to start with": [definition({ task_role_arn: "${aws_iam_role.t.arn}" }), /does not have two roles/],
      "one role for both": [
        definition({ task_role_arn: "${aws_iam_role.t.arn}", execution_role_arn: "${aws_iam_role.t.arn}" }),
        /does not have two roles/,
      ],
    },
    conforming: {
      "two roles": definition({
        task_role_arn: "${aws_iam_role.t.arn}",
        execution_role_arn: "${aws_iam_role.e.arn}",
      }),
    },
  },
  "55.secrets": {
    violating: {
      "a secret by its name": [
        container({ environment: [{ name: "DB_PASSWORD", value: "${var.p}" }] }),
        /^aws_ecs_task_definition.t container worker has what its name calls a secret in the environment variable DB_PASSWORD/,
      ],
      "a secret by its form": [
        container({ environment: [{ name: "DATABASE", value: "postgres://app:hunter22@db/app" }] }),
        /has a password in a URL in the environment variable DATABASE/,
      ],
    },
    conforming: {
      "where a secret is": container({
        environment: [{ name: "QUEUE_URL", value: "${aws_sqs_queue.q.url}" }],
        secrets: [{ name: "DB_PASSWORD", valueFrom: "${aws_secretsmanager_secret.s.arn}" }],
      }),
    },
  },
  "55.volumes": {
    violating: {
      "no word on TLS": [volume(), /mounts a file system without TLS/],
      "TLS that is off": [volume("DISABLED"), /mounts a file system without TLS/],
    },
    conforming: {
      TLS: volume("ENABLED"),
      "a volume of the task's own": definition({ volume: [{ name: "scratch" }] }),
    },
  },
  "56.tags": {
    violating: {
      "the default": [repository({}), /^aws_ecr_repository.r lets tags be moved/],
      "some tags that may": [repository({ image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION" }), /lets tags be moved/],
    },
    conforming: { "tags that stay": repository({ image_tag_mutability: "IMMUTABLE" }) },
  },
  "56.scan": {
    violating: {
      "no word on it": [repository({}), /does not scan images/],
      "scanning that is off": [repository({ image_scanning_configuration: { scan_on_push: false } }), /does not scan/],
    },
    conforming: { scanning: repository({ image_scanning_configuration: [{ scan_on_push: true }] }) },
  },
  "56.lifecycle": {
    violating: {
      "no policy": [repository({}), /keeps every image for ever/],
      "another repository's policy": [
        repository({}, { "aws_ecr_lifecycle_policy.l": { repository: "other" } }),
        /keeps every image for ever/,
      ],
    },
    conforming: {
      "a policy by reference": repository(
        {},
        { "aws_ecr_lifecycle_policy.l": { repository: "${aws_ecr_repository.r.name}" } },
      ),
      "a policy by name": repository({}, { "aws_ecr_lifecycle_policy.l": { repository: "images" } }),
    },
  },
  "56.encryption": {
    violating: {
      "no word on it": [repository({}), /is encrypted with a key of S3/],
      "S3's key": [repository({ encryption_configuration: { encryption_type: "AES256" } }), /with a key of S3/],
    },
    conforming: { "a KMS key": repository({ encryption_configuration: [{ encryption_type: "KMS" }] }) },
  },
  "56.policy": {
    violating: {
      everybody: [
        resources({
          "aws_ecr_repository_policy.p": {
            policy: policy({ Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" }),
          },
        }),
        /^aws_ecr_repository_policy.p statement 1 allows everybody/,
      ],
    },
    conforming: {
      "a service": resources({
        "aws_ecr_repository_policy.p": {
          policy: policy({
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "ecr:BatchGetImage",
          }),
        },
      }),
    },
  },
});
