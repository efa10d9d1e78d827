import { refersTo } from "../../../../shared/testing/references";
import type { Template } from "../../../../shared/testing/template";
import { matchesAction } from "../../../../shared/testing/wildcard";
import { allowances, resourcePolicies, tooOpen } from "../policies";
import type { Rule } from "../rule";

export const topicAndStreamRules: readonly Rule[] = [
  {
    id: "40.encryption",
    title: "every topic is encrypted with a KMS key",
    source: "SNS.1, CKV_AWS_26, AWS-0095",
    check: (template) =>
      template
        .resources("aws_sns_topic")
        .filter(({ attributes }) => !attributes.kms_master_key_id)
        .map(({ address }) => ({ address, what: "is not encrypted", mend: "set kms_master_key_id" })),
  },
  {
    id: "40.alarms",
    title: "CloudWatch may use the key of a topic that alarms notify",
    source: "practice: CloudWatch cannot use alias/aws/sns, and then drops the notification without a word",
    check: (template) =>
      template
        .resources("aws_sns_topic")
        .filter(({ address }) => refersTo(alarmActions(template), address))
        .filter(({ attributes }) => attributes.kms_master_key_id)
        .filter(({ attributes }) => !cloudWatchMayUse(template, attributes.kms_master_key_id))
        .map(({ address }) => ({
          address,
          what: "is encrypted with a key that CloudWatch may not use",
          mend: "use an aws_kms_key whose policy allows cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey*",
        })),
  },
  {
    id: "41",
    title: "no topic's policy allows everybody or everything",
    source: "SNS.4, CKV_AWS_169, CKV_AWS_385",
    check: (template) => tooOpen(template, "sns:*", "aws_sns_topic", "aws_sns_topic_policy"),
  },
  {
    id: "42.encryption",
    title: "every stream is encrypted with a KMS key",
    source: "Kinesis.1, CKV_AWS_43, CKV_AWS_185, AWS-0064",
    check: (template) =>
      template
        .resources("aws_kinesis_stream")
        .filter(({ attributes }) => attributes.encryption_type !== "KMS" || !attributes.kms_key_id)
        .map(({ address }) => ({
          address,
          what: "is not encrypted with a KMS key",
          mend: 'set encryption_type to "KMS" and kms_key_id',
        })),
  },
  {
    id: "42.retention",
    title: "every stream says how long it keeps records",
    source: "Kinesis.3: the default of 24 hours does not outlast a weekend's outage",
    check: (template) =>
      template
        .resources("aws_kinesis_stream")
        .filter(({ attributes }) => !attributes.retention_period)
        .map(({ address }) => ({
          address,
          what: "does not say how long it keeps records",
          mend: "set retention_period, in hours",
        })),
  },
];

/** What alarms notify or do. */
function alarmActions(template: Template): unknown[] {
  return ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"]
    .flatMap((type) => template.resources(type))
    .map(({ attributes: { alarm_actions, ok_actions, insufficient_data_actions } }) => [
      alarm_actions,
      ok_actions,
      insufficient_data_actions,
    ]);
}

function cloudWatchMayUse(template: Template, keyId: unknown): boolean {
  const key = template.resources("aws_kms_key").find(({ address }) => {
    const alias = template
      .resources("aws_kms_alias")
      .find(({ attributes }) => refersTo(attributes.target_key_id, address));
    return refersTo(keyId, address) || (alias !== undefined && refersTo(keyId, alias.address));
  });
  if (!key) return false;
  const separate = template
    .resources("aws_kms_key_policy")
    .filter(({ attributes }) => refersTo(attributes.key_id, key.address))
    .map(({ address }) => address);
  const granted = allowances(resourcePolicies(template, "aws_kms_key", "aws_kms_key_policy"))
    .filter(({ policy: { address } }) => address === key.address || separate.includes(address))
    .filter(({ statement }) => statement.Principal?.Service?.includes("cloudwatch.amazonaws.com"))
    .flatMap(({ statement }) => statement.Action ?? []);
  return ["kms:Decrypt", "kms:GenerateDataKey"].every((action) => granted.some((it) => matchesAction(it, action)));
}
