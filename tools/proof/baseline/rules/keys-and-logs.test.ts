import { policy, resources, testRules } from "./examples";
import { keyAndLogRules } from "./keys-and-logs";

const key = (attributes: object) => resources({ "aws_kms_key.k": attributes });
const root = {
  Effect: "Allow",
  Principal: { AWS: "arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.c.account_id}:root" },
  Action: "kms:*",
  Resource: "*",
};
const lambda = (attributes: object, group?: object) =>
  resources({
    "aws_lambda_function.f": { function_name: "f", ...attributes },
    ...(group ? { "aws_cloudwatch_log_group.f": group } : {}),
  });
const alarm = (attributes: object) =>
  resources({
    "aws_cloudwatch_metric_alarm.a": {
      alarm_actions: ["${aws_sns_topic.t.arn}"],
      alarm_description: "Records are read too late.",
      treat_missing_data: "breaching",
      ...attributes,
    },
  });
const build = (attributes: object, group?: object) =>
  resources({
    "aws_codebuild_project.b": { name: "b", ...attributes },
    ...(group ? { "aws_cloudwatch_log_group.b": group } : {}),
  });
const container = (options: object, logDriver = "awslogs") =>
  resources({
    "aws_ecs_task_definition.t": {
      container_definitions: JSON.stringify([{ name: "worker", logConfiguration: { logDriver, options } }]),
    },
    "aws_cloudwatch_log_group.t": { name: "/ecs/t" },
  });
const settings = (logging_level: string) => ({ "aws_api_gateway_method_settings.s": { settings: { logging_level } } });

testRules(keyAndLogRules, {
  "51.rotation": {
    violating: { "a key that stays": [key({}), /^aws_kms_key.k is not rotated/] },
    conforming: {
      rotation: key({ enable_key_rotation: true }),
      "a key pair, which KMS cannot rotate": key({ customer_master_key_spec: "RSA_4096" }),
    },
  },
  "51.policy": {
    violating: {
      "no policy": [key({}), /has no policy of its own/],
      everybody: [key({ policy: policy({ ...root, Principal: "*" }) }), /statement 1 lets everybody use the key/],
      "everybody but some": [
        key({ policy: policy({ ...root, Principal: undefined, NotPrincipal: { AWS: "x" } }) }),
        /lets everybody/,
      ],
    },
    conforming: {
      "the account's root": key({ policy: policy(root) }),
      "a policy beside the key": resources({
        "aws_kms_key.k": {},
        "aws_kms_key_policy.k": { key_id: "${aws_kms_key.k.id}", policy: policy(root) },
      }),
    },
  },
  "51.deletion": {
    violating: { "gone at once": [key({ deletion_window_in_days: 1 }), /is gone 1 days after/] },
    conforming: { "a week": key({ deletion_window_in_days: 7 }), "the default": key({}) },
  },
  "52.retention": {
    violating: {
      "no retention": [resources({ "aws_cloudwatch_log_group.l": {} }), /keeps events for ever/],
      "retention 0": [resources({ "aws_cloudwatch_log_group.l": { retention_in_days: 0 } }), /keeps events for ever/],
    },
    conforming: { retention: resources({ "aws_cloudwatch_log_group.l": { retention_in_days: 30 } }) },
  },
  "52.explicit": {
    violating: {
      "a function without a log group": [lambda({}), /^aws_lambda_function.f leaves its log group/],
      "a log group of another function": [lambda({}, { name: "/aws/lambda/g" }), /leaves its log group/],
      "a configured log group that is not there": [
        lambda({ logging_config: { log_group: "elsewhere" } }, { name: "/aws/lambda/f" }),
        /leaves its log group/,
      ],
      "a build without a log group": [build({}), /^aws_codebuild_project.b leaves its log group/],
      "a build with a log group that is not there": [
        build({ logs_config: { cloudwatch_logs: { group_name: "elsewhere" } } }, { name: "/aws/codebuild/b" }),
        /leaves its log group to be created by CodeBuild/,
      ],
      "a container's log in a group from elsewhere": [
        container({ "awslogs-group": "elsewhere" }),
        /^aws_ecs_task_definition.t container worker logs to a group that is not the stack's/,
      ],
      "execution logs without a log group": [
        resources(settings("INFO")),
        /^aws_api_gateway_method_settings.s leaves the log group for execution logs/,
      ],
    },
    conforming: {
      "a log group by the function's name": lambda({}, { name: "/aws/lambda/f" }),
      "a log group by reference": lambda({}, { name: "/aws/lambda/${aws_lambda_function.f.function_name}" }),
      "a configured log group": lambda({ logging_config: { log_group: "${aws_cloudwatch_log_group.f.name}" } }, {}),
      "a build by its name": build({}, { name: "/aws/codebuild/b" }),
      "a build by reference": build(
        { logs_config: [{ cloudwatch_logs: [{ group_name: "${aws_cloudwatch_log_group.b.name}" }] }] },
        { name: "builds" },
      ),
      "a build whose log goes elsewhere": build({ logs_config: { cloudwatch_logs: { status: "DISABLED" } } }),
      "a container's log, by reference": container({ "awslogs-group": "${aws_cloudwatch_log_group.t.name}" }),
      "a container's log, by name": container({ "awslogs-group": "/ecs/t" }),
      "a container's log for another driver": container({}, "awsfirelens"),
      "execution logs with theirs": resources({
        ...settings("ERROR"),
        "aws_cloudwatch_log_group.e": { name: "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.a.id}/live" },
      }),
      "no execution logs": resources(settings("OFF")),
    },
  },
  "53": {
    violating: {
      "an alarm that is off": [alarm({ actions_enabled: false }), /is switched off/],
      "an alarm that tells nobody": [alarm({ alarm_actions: [] }), /tells nobody/],
      "an alarm without a description": [alarm({ alarm_description: undefined }), /does not say what it means/],
      "no word on missing data": [alarm({ treat_missing_data: undefined }), /leaves open what no data means/],
      "a composite alarm that tells nobody": [
        resources({ "aws_cloudwatch_composite_alarm.c": { alarm_description: "Both zones are down." } }),
        /^aws_cloudwatch_composite_alarm.c tells nobody/,
      ],
    },
    conforming: { "an alarm with all of it": alarm({}) },
  },
});
