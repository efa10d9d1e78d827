import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { allowances, isPublic, resourcePolicies } from "../policies";
import type { Finding, Rule } from "../rule";
import { denotes } from "./findings";
import { containersOf } from "./task-definitions";

/** KMS rotates symmetric keys only. */
const SYMMETRIC = "SYMMETRIC_DEFAULT";

export const keyAndLogRules: readonly Rule[] = [
  {
    id: "51.rotation",
    title: "every symmetric key is rotated",
    source: "CKV_AWS_7, AWS-0065",
    check: (template) =>
      keys(template)
        .filter(({ attributes }) => (attributes.customer_master_key_spec ?? SYMMETRIC) === SYMMETRIC)
        .filter(({ attributes }) => attributes.enable_key_rotation !== true)
        .map(({ address }) => ({ address, what: "is not rotated", mend: "set enable_key_rotation to true" })),
  },
  {
    id: "51.policy",
    title: "every key has a policy, which allows nothing to everybody",
    source: "CKV2_AWS_64, CKV_AWS_33, KMS.5",
    check: (template) => {
      const separate = template.resources("aws_kms_key_policy").map(({ attributes }) => attributes.key_id);
      const without = keys(template).filter(
        ({ address, attributes }) => attributes.policy === undefined && !refersTo(separate, address),
      );
      const open = allowances(resourcePolicies(template, "aws_kms_key", "aws_kms_key_policy")).filter(({ statement }) =>
        isPublic(statement),
      );
      return [
        ...without.map(({ address }) => ({ address, what: "has no policy of its own", mend: "set policy" })),
        ...open.map(({ policy, name }) => ({
          address: policy.address,
          what: `${name} lets everybody use the key`,
          mend: "name the account's root, a role or a service as principal",
        })),
      ];
    },
  },
  {
    id: "51.deletion",
    title: "a key that was scheduled for deletion can be rescued for a week",
    source: "KMS.3",
    check: (template) =>
      keys(template)
        // The default is 30 days.
        .filter(({ attributes }) => !(Number(attributes.deletion_window_in_days ?? 30) >= 7))
        .map(({ address, attributes }) => ({
          address,
          what: `is gone ${attributes.deletion_window_in_days} days after its deletion was asked for`,
          mend: "set deletion_window_in_days to 7 or more",
        })),
  },
  {
    id: "52.retention",
    title: "every log group says how long it keeps events",
    source: "CKV_AWS_66",
    check: (template) =>
      template
        .resources("aws_cloudwatch_log_group")
        // 0 is "for ever".
        .filter(({ attributes }) => !attributes.retention_in_days)
        .map(({ address }) => ({ address, what: "keeps events for ever", mend: "set retention_in_days" })),
  },
  {
    id: "52.explicit",
    title: "no log group is left for AWS to create, without retention and beyond the reach of destroy",
    source: "CKV_AWS_66",
    check: (template) => [
      ...functionsWithoutLogGroup(template),
      ...stagesWithoutExecutionLogGroup(template),
      ...buildsWithoutLogGroup(template),
      ...containersWithoutLogGroup(template),
    ],
  },
  {
    id: "53",
    title: "every alarm is on, tells somebody, and says what it means and what no data means",
    source: "CKV_AWS_319",
    check: (template) => [
      ...template
        .resources("aws_cloudwatch_metric_alarm")
        .flatMap((alarm) => [
          ...mute(alarm),
          ...(alarm.attributes.treat_missing_data
            ? []
            : [{ address: alarm.address, what: "leaves open what no data means", mend: "set treat_missing_data" }]),
        ]),
      ...template.resources("aws_cloudwatch_composite_alarm").flatMap(mute),
    ],
  },
];

function keys(template: Template): Resource[] {
  return template.resources("aws_kms_key");
}

function mute({ address, attributes }: Resource): Finding[] {
  return [
    ...(attributes.actions_enabled === false
      ? [{ address, what: "is switched off", mend: "remove actions_enabled = false" }]
      : []),
    ...(blocks(attributes.alarm_actions).length === 0
      ? [{ address, what: "tells nobody", mend: "set alarm_actions" }]
      : []),
    ...(attributes.alarm_description
      ? []
      : [{ address, what: "does not say what it means", mend: "set alarm_description: what happened, what to do" }]),
  ];
}

function functionsWithoutLogGroup(template: Template): Finding[] {
  return template
    .resources("aws_lambda_function")
    .filter((lambda) => {
      const own = blocks<Attributes>(lambda.attributes.logging_config)[0]?.log_group;
      if (own !== undefined) return !isLogGroup(template, own);
      const names = [lambda.attributes.function_name, `\${${lambda.address}.function_name}`];
      return !names.some((name) => isLogGroup(template, `/aws/lambda/${name}`));
    })
    .map(({ address }) => ({
      address,
      what: "leaves its log group to be created by Lambda",
      mend: "add an aws_cloudwatch_log_group named /aws/lambda/<function_name>, or set logging_config.log_group",
    }));
}

function stagesWithoutExecutionLogGroup(template: Template): Finding[] {
  const groups = template.resources("aws_cloudwatch_log_group").map(({ attributes }) => String(attributes.name));
  return template
    .resources("aws_api_gateway_method_settings")
    .filter(({ attributes }) => (blocks<Attributes>(attributes.settings)[0]?.logging_level ?? "OFF") !== "OFF")
    .filter(() => !groups.some((name) => name.startsWith("API-Gateway-Execution-Logs_")))
    .map(({ address }) => ({
      address,
      what: "leaves the log group for execution logs to be created by API Gateway",
      mend: 'add an aws_cloudwatch_log_group named API-Gateway-Execution-Logs_<api>/<stage>, or set logging_level to "OFF"',
    }));
}

function buildsWithoutLogGroup(template: Template): Finding[] {
  return template
    .resources("aws_codebuild_project")
    .filter(({ attributes }) => {
      const [config] = blocks<Attributes>(attributes.logs_config);
      const [cloudWatch] = blocks<Attributes>(config?.cloudwatch_logs);
      const group = cloudWatch?.group_name ?? `/aws/codebuild/${attributes.name}`;
      return cloudWatch?.status !== "DISABLED" && !isLogGroup(template, group);
    })
    .map(({ address }) => ({
      address,
      what: "leaves its log group to be created by CodeBuild",
      mend: "set logs_config.cloudwatch_logs.group_name to an aws_cloudwatch_log_group",
    }));
}

function containersWithoutLogGroup(template: Template): Finding[] {
  return template.resources("aws_ecs_task_definition").flatMap((definition) =>
    (containersOf(definition) ?? [])
      .filter(
        ({ logConfiguration }) =>
          logConfiguration?.logDriver === "awslogs" &&
          !isLogGroup(template, logConfiguration.options?.["awslogs-group"]),
      )
      .map(({ name }) => ({
        address: definition.address,
        what: `container ${name} logs to a group that is not the stack's`,
        mend: "set the option awslogs-group to an aws_cloudwatch_log_group",
      })),
  );
}

/** Whether the stack has the log group, by reference or by name. */
function isLogGroup(template: Template, group: unknown): boolean {
  return template.resources("aws_cloudwatch_log_group").some((one) => denotes(group, one));
}
