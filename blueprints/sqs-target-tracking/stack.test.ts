import { Testing } from "cdktf";
import type * as z from "zod";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import SqsTargetTracking from "./stack";

type Given = z.input<typeof schema>;
const known = new Map<string, Template>();
/** Made once for each set of parameters: a synthesis takes a tenth of a second. */
const templateOf = (parameters: Given = {}): Template => {
  const key = JSON.stringify(parameters);
  const template =
    known.get(key) ?? Template.of(new SqsTargetTracking(Testing.app(), "work", schema.parse(parameters)));
  known.set(key, template);
  return template;
};
const template = templateOf();
const fifo = templateOf({ queue: { type: "fifo" } });
const drain = templateOf({ tracking: { mode: "drain-time" } });
const github = templateOf({ source: { from: "github", repository: "acme/blueprints", branch: "live" } });

const queueOf = (of = template) =>
  of.resources("aws_sqs_queue").find(({ address }) => /work_queue/.test(address))?.attributes ?? {};
const trackingOf = (of = template) =>
  of.find("aws_appautoscaling_policy", { policy_type: "TargetTrackingScaling" }).attributes;
const policyMetrics = (of = template) =>
  [trackingOf(of).target_tracking_scaling_policy_configuration.customized_metric_specification].flat()[0].metrics;
const functionNamed = (name: string, of = template) =>
  of.find("aws_lambda_function", { function_name: name }).attributes;
const scheduleNamed = (name: string, of = template) => of.find("aws_scheduler_schedule", { name }).attributes;
const permissionsOf = (role: string, of = template) =>
  of
    .policyStatements(of.find("aws_iam_role", { name: `${role}-us-east-1` }).address)
    .flatMap(({ Action = [], Resource = [] }) =>
      Action.flatMap((action) => Resource.map((one): [string, string] => [action, one])),
    );
const containerOf = (of = template) => {
  const [container] = JSON.parse(of.only("aws_ecs_task_definition").attributes.container_definitions);
  return container;
};
const variablesOf = (of = template) =>
  Object.fromEntries(
    containerOf(of).environment.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

test("the resources are these", () => {
  expect(template.resourceCounts()).toMatchSnapshot();
});

test("there is an alarm for everything that can go wrong unseen", () => {
  const names = template.resources("aws_cloudwatch_metric_alarm").map(({ attributes }) => attributes.alarm_name);
  expect(names.sort()).toMatchSnapshot();
});

test("the outputs are these, each described", () => {
  const outputs = Object.entries(template.outputs());
  expect(outputs.map(([name]) => name).sort()).toMatchSnapshot();
  for (const [, { description }] of outputs) expect(description).toMatch(/\w\.$/);
});

describe("the queue", () => {
  test("is standard unless asked for otherwise, and hides a message for four times what it is expected to take", () => {
    expect(queueOf().fifo_queue).not.toBe(true);
    expect(queueOf().visibility_timeout_seconds).toBe(30);
    expect(queueOf(templateOf({ worker: { expectedSeconds: 75.2 } })).visibility_timeout_seconds).toBe(300);
    expect(queueOf(templateOf({ worker: { expectedSeconds: 40_000 } })).visibility_timeout_seconds).toBe(300);
    expect(queueOf(templateOf({ queue: { visibilityTimeoutSeconds: 77 } })).visibility_timeout_seconds).toBe(77);
  });

  test("as FIFO takes deduplication ids from the sender alone, and has a FIFO dead-letter queue", () => {
    expect(queueOf(fifo)).toMatchObject({
      name: "work-work.fifo",
      fifo_queue: true,
      content_based_deduplication: false,
    });
    const target = JSON.parse(queueOf(fifo).redrive_policy).deadLetterTargetArn;
    const dead = fifo.at(target.replace(/^\$\{|\.arn\}$/g, ""));
    expect(dead?.attributes).toMatchObject({ fifo_queue: true });
    expect(variablesOf(fifo).QUEUE_TYPE).toBe("fifo");
  });

  test("gives up on a message after maxReceives", () => {
    const { redrive_policy } = queueOf(templateOf({ queue: { maxReceives: 3 } }));
    expect(JSON.parse(redrive_policy).maxReceiveCount).toBe(3);
  });

  test("is protected, with its dead letters, unless data may go", () => {
    const protectedIn = (of: Template) =>
      of
        .resources("aws_sqs_queue")
        .filter(({ attributes }) => attributes.lifecycle?.prevent_destroy)
        .map(({ attributes }) => attributes.name);
    expect(protectedIn(template)).toHaveLength(2);
    expect(protectedIn(templateOf({ retainData: false }))).toEqual([]);
  });
});

describe("the workers", () => {
  test("know the queue, its visibility timeout and how much to do at once by variables from one place", () => {
    expect(variablesOf(templateOf({ worker: { messagesAtOnce: 8, expectedSeconds: 20 } }))).toEqual({
      QUEUE_URL: expect.stringMatching(/^\$\{aws_sqs_queue\.work_queue/),
      QUEUE_NAME: "work-work",
      QUEUE_TYPE: "standard",
      VISIBILITY_TIMEOUT_SECONDS: "80",
      MESSAGES_AT_ONCE: "8",
      METRIC_NAMESPACE: "SqsTargetTracking/work",
      EXPECTED_SECONDS: "20",
      STOP_TIMEOUT_SECONDS: "120",
      LOG_LEVEL: "INFO",
    });
    expect(containerOf().stopTimeout).toBe(120);
  });

  test("may receive from their queue, delete and hide its messages, measure, and protect themselves; nothing else", () => {
    expect(permissionsOf("work-workers-task-role").sort()).toEqual([
      ["cloudwatch:PutMetricData", "*"],
      ["ecs:UpdateTaskProtection", expect.stringMatching(/:task\/work\/\*$/)],
      ["sqs:ChangeMessageVisibility", expect.stringMatching(/^\$\{aws_sqs_queue\.work_queue/)],
      ["sqs:DeleteMessage", expect.stringMatching(/^\$\{aws_sqs_queue\.work_queue/)],
      ["sqs:ReceiveMessage", expect.stringMatching(/^\$\{aws_sqs_queue\.work_queue/)],
    ]);
  });

  test("may publish metrics in the stack's namespace only, or the one that is given", () => {
    const namespaceOf = (of: Template) =>
      of
        .policyStatements(of.find("aws_iam_role", { name: "work-workers-task-role-us-east-1" }).address)
        .find(({ Action = [] }) => Action.includes("cloudwatch:PutMetricData"))?.Condition;
    const only = (name: string) => ({ StringEquals: { "cloudwatch:namespace": [name] } });
    expect(namespaceOf(template)).toEqual(only("SqsTargetTracking/work"));
    expect(namespaceOf(templateOf({ metricNamespace: "ECS-SQS-BPI" }))).toEqual(only("ECS-SQS-BPI"));
  });

  test("run in private subnets, on Spot as far as is asked for, and are let out only to AWS", () => {
    expect(template.only("aws_ecs_service").attributes.network_configuration.assign_public_ip).toBe(false);
    const strategy = (spotPercent: number) =>
      templateOf({ worker: { spotPercent } })
        .only("aws_ecs_service")
        .attributes.capacity_provider_strategy.map((one: { capacity_provider: string; weight: number }) => [
          one.capacity_provider,
          one.weight,
        ]);
    expect(strategy(0)).toEqual([["FARGATE", 100]]);
    expect(strategy(70)).toEqual([
      ["FARGATE", 30],
      ["FARGATE_SPOT", 70],
    ]);
    expect(strategy(100)).toEqual([["FARGATE_SPOT", 100]]);
    const services = template
      .resources("aws_vpc_endpoint")
      .map(({ attributes }) => attributes.service_name.replace(/^.*\}\./, ""));
    expect(services.sort()).toEqual(["ecr.api", "ecr.dkr", "logs", "monitoring", "s3", "sqs"]);
    expect(template.resourceCount("aws_nat_gateway")).toBe(0);
  });

  test("are told apart from other stacks' by the names of their metrics", () => {
    for (const { metric_stat } of policyMetrics().filter((one: { metric_stat?: object }) => one.metric_stat)) {
      const [{ metric }] = [metric_stat].flat();
      const [stat] = [metric].flat();
      const dimensions = Object.fromEntries(
        stat.dimensions.map((one: { name: string; value: string }) => [one.name, one.value]),
      );
      expect(dimensions).toEqual(
        stat.namespace === "AWS/SQS"
          ? { QueueName: "work-work" }
          : { ClusterName: "work", ServiceName: "work-workers" },
      );
    }
  });
});

describe("the number of tasks", () => {
  test("aims at first at what the tasks work off in time, if messages take as long as is expected", () => {
    const targetWith = (parameters: Given) =>
      trackingOf(templateOf(parameters)).target_tracking_scaling_policy_configuration.target_value;
    expect(targetWith({})).toBe(12);
    expect(targetWith({ latencySeconds: 300, worker: { expectedSeconds: 10, messagesAtOnce: 4 } })).toBe(120);
    expect(targetWith({ worker: { expectedSeconds: 600 } })).toBe(1);
    expect(targetWith({ tracking: { maxTarget: 8 } })).toBe(8);
  });

  test("has a target that the function moves and Terraform leaves alone, and nothing else of the policy", () => {
    expect(trackingOf().lifecycle.ignore_changes).toEqual([
      "target_tracking_scaling_policy_configuration[0].target_value",
    ]);
    expect(functionNamed("work-tasks-target").environment.variables).toMatchObject({
      POLICY_NAME: trackingOf().name,
      RESOURCE_ID: "service/work/work-workers",
      QUEUE_NAME: "work-work",
      METRIC_NAMESPACE: "SqsTargetTracking/work",
      LATENCY_SECONDS: "60",
      MESSAGES_AT_ONCE: "1",
      LOOK_BACK_HOURS: "24",
      MIN_TARGET: "1",
      MAX_TARGET: "10000",
      CHANGE_PERCENT: "10",
    });
    expect(scheduleNamed("work-tasks-target", template)).toMatchObject({ schedule_expression: "rate(1 hour)" });
    expect(scheduleNamed("work-tasks-target", template).state).toBeUndefined();
  });

  test("with drain-time aims at the latency itself, and no function has to move it", () => {
    expect(trackingOf(drain).target_tracking_scaling_policy_configuration.target_value).toBe(60);
    expect(trackingOf(drain).lifecycle).toBeUndefined();
    const functions = drain.resources("aws_lambda_function").map(({ attributes }) => attributes.function_name);
    expect(functions).toEqual(["work-producer"]);
  });

  test("has the cooldowns that are asked for, and is scaled in as well", () => {
    const policy = trackingOf(templateOf({ tracking: { scaleOutCooldownSeconds: 30, scaleInCooldownSeconds: 600 } }));
    expect(policy.target_tracking_scaling_policy_configuration).toMatchObject({
      scale_out_cooldown: 30,
      scale_in_cooldown: 600,
    });
    expect(policy.target_tracking_scaling_policy_configuration.disable_scale_in).not.toBe(true);
  });

  test("starts from zero with as many tasks as the messages need, doubling, and never takes any away", () => {
    const { step_scaling_policy_configuration: steps } = template.find("aws_appautoscaling_policy", {
      policy_type: "StepScaling",
    }).attributes;
    expect(steps.adjustment_type).toBe("ChangeInCapacity");
    const table = steps.step_adjustment.map((one: Record<string, string | number>) => [
      one.metric_interval_lower_bound,
      one.metric_interval_upper_bound,
      one.scaling_adjustment,
    ]);
    // Twelve messages a task: two tasks from 24 on, four from 48, eight from 96; ten are the most.
    expect(steps.cooldown).toBe(240);
    expect(table.map((row: unknown[]) => row.map((value) => (value === undefined ? value : Number(value))))).toEqual([
      [0, 24, 1],
      [24, 48, 2],
      [48, 96, 4],
      [96, undefined, 8],
    ]);
  });

  test("starts from zero without steps that no queue reaches", () => {
    const { step_scaling_policy_configuration: steps } = templateOf({
      latencySeconds: 3600,
      worker: { expectedSeconds: 0.001, maxTasks: 100 },
    }).find("aws_appautoscaling_policy", { policy_type: "StepScaling" }).attributes;
    expect(steps.step_adjustment).toHaveLength(1);
  });

  test("starts from zero by an alarm of one minute, which wakes nobody up", () => {
    const alarm = template.find("aws_cloudwatch_metric_alarm", {
      alarm_name: "work-tasks-first-tasks-needed",
    }).attributes;
    expect(alarm).toMatchObject({
      evaluation_periods: 1,
      threshold: 0,
      comparison_operator: "GreaterThanThreshold",
      // Silence starts nothing.
      treat_missing_data: "notBreaching",
    });
    expect(alarm.alarm_actions).toEqual([expect.stringMatching(/^\$\{aws_appautoscaling_policy\.tasks_.*first-tasks/)]);
  });

  test("may be moved by the target function alone, and within this stack's service", () => {
    const permissions = permissionsOf("work-tasks-target");
    const put = permissions.filter(([action]) => action === "application-autoscaling:PutScalingPolicy");
    expect(put).toEqual([[expect.any(String), expect.stringMatching(/^\$\{aws_appautoscaling_target\./)]]);
    const actions = new Set(permissions.map(([action]) => action));
    for (const action of [
      "iam:PassRole",
      "ecs:RunTask",
      "sqs:ReceiveMessage",
      "application-autoscaling:RegisterScalableTarget",
    ])
      expect(actions).not.toContain(action);
  });
});

describe("the producer", () => {
  test("spreads messages over sixteen groups, or as many as are asked for", () => {
    const groups = (producer: Given["producer"]) =>
      functionNamed("work-producer", templateOf({ queue: { type: "fifo" }, producer })).environment.variables
        .MESSAGE_GROUPS;
    expect([groups({}), groups({ messageGroups: 3 })]).toEqual(["16", "3"]);
  });

  test("sends nothing until it is enabled", () => {
    expect(scheduleNamed("work-producer").state).toBe("DISABLED");
    expect(scheduleNamed("work-producer", templateOf({ producer: { enabled: true } })).state).toBeUndefined();
    expect(scheduleNamed("work-producer").schedule_expression).toBe("rate(1 minute)");
  });

  test("has time for fifty messages, and may send to this queue and do nothing else of its own", () => {
    expect(functionNamed("work-producer")).toMatchObject({
      timeout: 55,
      environment: { variables: { MESSAGES_PER_RUN: "50" } },
    });
    const own = permissionsOf("work-producer").filter(([action]) => !/^(logs|xray):/.test(action));
    expect(own).toEqual([
      ["sqs:SendMessage", expect.stringMatching(/^\$\{aws_sqs_queue\.producer_dead-letters/)],
      ["sqs:SendMessage", expect.stringMatching(/^\$\{aws_sqs_queue\.work_queue/)],
    ]);
  });
});

describe("the alarms", () => {
  test("call a message late when it was neither waited for nor worked on within its time", () => {
    const late = (parameters: Given) =>
      templateOf(parameters).find("aws_cloudwatch_metric_alarm", { alarm_name: "work-watch-late-messages" }).attributes;
    expect(late({})).toMatchObject({
      metric_name: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: "work-work" },
      threshold: 65,
    });
    expect(late({ latencySeconds: 600, worker: { expectedSeconds: 30 } }).threshold).toBe(630);
  });

  test("tell of tasks that are short of memory before they are killed for it", () => {
    const { attributes } = template.find("aws_cloudwatch_metric_alarm", { alarm_name: "work-watch-memory" });
    expect(attributes).toMatchObject({ metric_name: "MemoryUtilization", threshold: 90, statistic: "Maximum" });
  });

  test("tell of messages that nobody takes, by what SQS says alone", () => {
    const { attributes } = template.find("aws_cloudwatch_metric_alarm", {
      alarm_name: "work-watch-untouched-messages",
    });
    expect(attributes.evaluation_periods).toBe(15);
    const metrics = attributes.metric_query.flatMap((one: { metric?: { namespace: string } }) => one.metric ?? []);
    expect(new Set(metrics.map((one: { namespace: string }) => one.namespace))).toEqual(new Set(["AWS/SQS"]));
  });

  test("tell of too few tasks where some always run, also when none does and nothing is measured", () => {
    const alarmsOf = (of: Template) =>
      of
        .resources("aws_cloudwatch_metric_alarm")
        .filter(({ attributes }) => attributes.alarm_name === "work-watch-too-few-tasks");
    expect(alarmsOf(template)).toEqual([]);
    const [alarm] = alarmsOf(templateOf({ worker: { minTasks: 2 } }));
    expect(alarm?.attributes).toMatchObject({
      threshold: 2,
      treat_missing_data: "breaching",
      comparison_operator: "LessThanThreshold",
    });
  });

  test("do not call it an alarm that tasks are as many as they always are", () => {
    const alarms = templateOf({ worker: { minTasks: 10, maxTasks: 10 } }).resources("aws_cloudwatch_metric_alarm");
    expect(alarms.map(({ attributes }) => attributes.alarm_name)).not.toContain("work-watch-at-largest");
  });
});

describe("the delivery", () => {
  const sourceAction = (of: Template) => of.only("aws_codepipeline").attributes.stage[0].action[0];

  test("takes the worker that lies here, bundled", () => {
    expect(sourceAction(template)).toMatchObject({ provider: "S3", configuration: { PollForSourceChanges: "false" } });
    const objects = template.resources("aws_s3_object").map(({ attributes }) => attributes.key);
    expect(objects.sort()).toEqual(["release.json", "source.zip"]);
  });

  test("or a repository, through a connection and without a token", () => {
    expect(sourceAction(github)).toMatchObject({
      provider: "CodeStarSourceConnection",
      configuration: { FullRepositoryId: "acme/blueprints", BranchName: "live" },
    });
    expect(github.resourceCount("aws_codeconnections_connection")).toBe(1);
    expect(github.outputs().connection_arn?.value).toMatch(/^\$\{aws_codeconnections_connection\./);
    expect(JSON.stringify(github.json)).not.toMatch(/oauth/i);
  });

  test("uses a connection that there is", () => {
    const connectionArn =
      "arn:aws:codeconnections:us-east-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef";
    const existing = templateOf({ source: { from: "github", repository: "acme/blueprints", connectionArn } });
    expect(existing.resourceCount("aws_codeconnections_connection")).toBe(0);
    expect(sourceAction(existing).configuration.ConnectionArn).toBe(connectionArn);
  });

  test("builds for the processors that the tasks run on", () => {
    const machines = (architecture: "arm64" | "x86_64") => {
      const of = templateOf({ worker: { architecture } });
      return [
        of.only("aws_ecs_task_definition").attributes.runtime_platform.cpu_architecture,
        ...of.resources("aws_codebuild_project").map(({ attributes }) => attributes.environment.type),
      ];
    };
    expect(machines("arm64")).toEqual(["ARM64", "ARM_CONTAINER", "ARM_CONTAINER"]);
    expect(machines("x86_64")).toEqual(["X86_64", "LINUX_CONTAINER", "LINUX_CONTAINER"]);
  });
});
