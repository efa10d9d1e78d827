import { parsePolicy } from "../testing/policy-document";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { testNetwork } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { Cluster } from "./cluster";
import { serviceIn } from "./service.fixture";

describe("a Fargate service", () => {
  const stack = new TestStack({ logRetentionDays: 90 });
  const service = serviceIn(stack, { environment: { QUEUE: "q", COUNT: "1", ALSO: "" } });
  service.taskRole.grant({ actions: ["sqs:ReceiveMessage"], resources: ["*"] });
  const template = Template.of(stack);
  const { attributes } = template.only("aws_ecs_service");
  const definition = template.only("aws_ecs_task_definition");
  const [container, ...others] = JSON.parse(definition.attributes.container_definitions);
  const roleOf = (id: string) => template.find("aws_iam_role", { name: `test-workers-${id}-eu-central-1` });

  test("waits at zero tasks with a template of the task definition, and leaves both to whoever deploys and scales", () => {
    expect(attributes).toMatchObject({ name: "test-workers", desired_count: 0 });
    expect(refersTo(attributes.task_definition, definition.address)).toBe(true);
    expect(attributes.lifecycle).toEqual({ ignore_changes: ["task_definition", "desired_count"] });
    expect(container.image).toMatch(/^\$\{aws_ecr_repository\..*\.repository_url\}:none$/);
    expect(service.templateArn).toBeTruthy();
  });

  test("runs in private subnets, in a security group that lets nobody in", () => {
    const group = template.only("aws_security_group");
    expect(attributes.network_configuration).toEqual({
      subnets: testNetwork.privateSubnetIds,
      security_groups: [`\${${group.address}.id}`],
      assign_public_ip: false,
    });
    expect(template.resourceCount("aws_vpc_security_group_ingress_rule")).toBe(0);
  });

  test("is rolled out without a gap, and back when tasks do not start", () => {
    expect(attributes).toMatchObject({
      deployment_circuit_breaker: { enable: true, rollback: true },
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      availability_zone_rebalancing: "ENABLED",
      platform_version: "LATEST",
    });
    expect(attributes).not.toHaveProperty("wait_for_steady_state");
  });

  test("hands its tags on to the tasks, which cost money by them", () => {
    expect(attributes).toMatchObject({ propagate_tags: "SERVICE", enable_ecs_managed_tags: true });
  });

  test("has no attribute that the oldest provider does not know", () => {
    for (const newer of ["deployment_configuration", "sigint_rollback", "region"]) {
      expect(attributes).not.toHaveProperty(newer);
    }
  });

  test("runs one container that can change nothing of itself and has no privileges", () => {
    expect(others).toEqual([]);
    expect(container).toMatchObject({
      name: "worker",
      essential: true,
      user: "1000:1000",
      readonlyRootFilesystem: true,
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: 120,
    });
    expect(container).not.toHaveProperty("privileged");
  });

  test("gives the container its variables in the order in which ECS gives them back", () => {
    expect(container.environment).toEqual([
      { name: "ALSO", value: "" },
      { name: "COUNT", value: "1" },
      { name: "QUEUE", value: "q" },
    ]);
  });

  test("describes the container with all that ECS would add", () => {
    expect(container).toMatchObject({ cpu: 0, portMappings: [], systemControls: [], volumesFrom: [] });
  });

  test("lets the container write to /tmp alone", () => {
    const { attributes } = template.only("aws_ecs_task_definition");
    const [container] = JSON.parse(attributes.container_definitions);
    const [volume] = attributes.volume;
    expect(Object.keys(volume)).toEqual(["name"]);
    expect(container.mountPoints).toEqual([{ sourceVolume: volume.name, containerPath: "/tmp", readOnly: false }]);
  });

  test("counts a task as started when it has lived for two health checks", () => {
    const [container] = JSON.parse(template.only("aws_ecs_task_definition").attributes.container_definitions);
    expect(container.healthCheck).toEqual({ command: ["CMD", "true"], interval: 10, timeout: 5, retries: 2 });
  });

  test("logs to a group of its own, without holding the container up", () => {
    const group = template.only("aws_cloudwatch_log_group");
    expect(group.attributes).toEqual({ name: "/ecs/test-workers", retention_in_days: 90 });
    expect(container.logConfiguration).toEqual({
      logDriver: "awslogs",
      options: {
        "awslogs-group": `\${${group.address}.name}`,
        "awslogs-region": "${data.aws_region.region.id}",
        "awslogs-stream-prefix": "ecs",
        mode: "non-blocking",
        "max-buffer-size": "10m",
      },
    });
  });

  test("has two roles, which ECS assumes for tasks of this account and Region only", () => {
    const roles = [roleOf("task-role"), roleOf("execution-role")];
    for (const { attributes: role } of roles) {
      expect(parsePolicy(role.assume_role_policy)).toEqual([
        {
          Effect: "Allow",
          Principal: { Service: ["ecs-tasks.amazonaws.com"] },
          Action: ["sts:AssumeRole"],
          Condition: {
            StringEquals: { "aws:SourceAccount": ["${data.aws_caller_identity.caller.account_id}"] },
            ArnLike: { "aws:SourceArn": [expect.stringMatching(/^arn:\S+:ecs:\S+:\*$/)] },
          },
        },
      ]);
    }
    expect(definition.attributes).toMatchObject({
      task_role_arn: `\${${roles[0]?.address}.arn}`,
      execution_role_arn: `\${${roles[1]?.address}.arn}`,
    });
  });

  test("grants the tasks only what somebody grants, and ECS the image and the log", () => {
    expect(template.policyStatements(roleOf("task-role").address)).toEqual([
      { Effect: "Allow", Action: ["sqs:ReceiveMessage"], Resource: ["*"] },
    ]);
    expect(template.policyStatements(roleOf("execution-role").address).map(({ Action }) => Action)).toEqual([
      ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      ["ecr:GetAuthorizationToken"],
      ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]);
  });

  test("is there after all that its tasks need: capacity, permissions, also those that are granted later", () => {
    const policies = template.resources("aws_iam_role_policy").map(({ address }) => address);
    expect(policies).toHaveLength(2);
    expect([...attributes.depends_on].sort()).toEqual(
      [template.only("aws_ecs_cluster_capacity_providers").address, ...policies].sort(),
    );
  });

  test("is deleted with its tasks", () => {
    expect(attributes.force_delete).toBe(true);
  });

  test("has names and an ARN that are known before it is made", () => {
    expect(service.resourceId).toBe("service/test/test-workers");
    expect(service.arn).toMatch(/:ecs:.*:service\/test\/test-workers$/);
    expect(refersTo(service.arn, template.only("aws_ecs_service").address)).toBe(false);
    expect([service.clusterName, service.serviceName, service.family]).toEqual([
      "test",
      "test-workers",
      "test-workers",
    ]);
    expect(definition.attributes.family).toBe("test-workers");
  });

  test("knows its metrics, of Container Insights and of ECS", () => {
    const dimensions = { ClusterName: "test", ServiceName: "test-workers" };
    expect(service.metric("RunningTaskCount")).toEqual({
      namespace: "ECS/ContainerInsights",
      name: "RunningTaskCount",
      statistic: "Average",
      dimensions,
    });
    expect(service.metric("CPUUtilization", "Maximum")).toEqual({
      namespace: "AWS/ECS",
      name: "CPUUtilization",
      statistic: "Maximum",
      dimensions,
    });
  });
});

test.each([
  ["arm64", "ARM64"],
  ["x86_64", "X86_64"],
] as const)("a task on %s asks Fargate for such processors, in the size that it is given", (architecture, expected) => {
  const stack = new TestStack();
  serviceIn(stack, { architecture, cpu: 1024, memoryMiB: 3072 });
  expect(Template.of(stack).only("aws_ecs_task_definition").attributes).toMatchObject({
    requires_compatibilities: ["FARGATE"],
    network_mode: "awsvpc",
    cpu: "1024",
    memory: "3072",
    runtime_platform: { operating_system_family: "LINUX", cpu_architecture: expected },
  });
});

test.each([
  [0, [{ capacity_provider: "FARGATE", weight: 100 }]],
  [100, [{ capacity_provider: "FARGATE_SPOT", weight: 100 }]],
  [
    30,
    [
      { capacity_provider: "FARGATE", weight: 70 },
      { capacity_provider: "FARGATE_SPOT", weight: 30 },
    ],
  ],
])(
  "%s percent Spot is a share of the strategy, which a deployment changes and no new service",
  (spotPercent, strategy) => {
    const stack = new TestStack();
    serviceIn(stack, { spotPercent });
    expect(Template.of(stack).only("aws_ecs_service").attributes).toMatchObject({
      capacity_provider_strategy: strategy,
      force_new_deployment: true,
    });
  },
);

test("a service is there after the network's way out and what it is told to wait for", () => {
  const stack = new TestStack();
  const route = new Cluster(stack, "route").ready;
  const service = serviceIn(stack, { network: { ...testNetwork, egress: route } });
  service.startAfter(...service.securityGroup.allowTo({ cidr: "0.0.0.0/0" }, 443, "AWS"));
  const template = Template.of(stack);
  const needs = ["aws_ecs_cluster_capacity_providers", "aws_vpc_security_group_egress_rule"]
    .flatMap((type) => template.resources(type))
    .map(({ address }) => address);
  expect(needs).toHaveLength(3);
  expect(template.only("aws_ecs_service").attributes.depends_on).toEqual(expect.arrayContaining(needs));
});

test("a service tells what Fargate would refuse, all at once", () => {
  expect(() =>
    serviceIn(new TestStack(), { memoryMiB: 3072, subnetIds: ["a"], spotPercent: 101, stopTimeoutSeconds: 121 }),
  ).toThrow(
    [
      "test: workers.memoryMiB: must be what Fargate has with 256 CPU units (512, 1024, 2048), got 3072; take 2048, or more CPU units",
      'test: workers.subnetIds: must be at least 2, in different zones, got ["a"]; add one, so that a zone\'s failure leaves one',
      "test: workers.spotPercent: must be a whole number of 0..100, got 101; take 100 or less",
      "test: workers.stopTimeoutSeconds: must be a whole number of 1..120, got 121; take 120 or less",
    ].join("\n"),
  );
});
