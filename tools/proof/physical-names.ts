import type { Template } from "../../shared/testing/template";

/** Attributes that give a resource a name which AWS, or the resource's parent, holds only once. */
const NAMING = /(^|_)(name|id|identifier|token|family|bucket|key|alias)$/;

/** What two stacks in one account and Region may both say, and why. */
const SHARED: Readonly<Record<string, string>> = {
  "aws_api_gateway_stage.stage_name": "within its API",
  "aws_backup_selection.name": "within its plan",
  "aws_cloudwatch_event_target.target_id": "within its rule",
  "aws_cloudwatch_metric_alarm.metric_name": "what the alarm looks at",
  "aws_dynamodb_table.hash_key": "within its table",
  "aws_iam_role_policy.name": "within its role",
  "aws_kinesis_stream.kms_key_id": "AWS's own key",
  "aws_launch_template.image_id": "what machines boot from",
  "aws_s3_object.key": "within its bucket",
  "aws_volume_attachment.device_name": "within its machine",
  "aws_vpc_endpoint.service_name": "AWS's own service",
};

/**
 * The names that a stack's resources ask for, each as `type.attribute=value`. An attribute that is only a reference to
 * another resource is left out: that resource has the name.
 */
export function physicalNames(template: Template): string[] {
  return template.resources().flatMap(({ type, attributes }) =>
    Object.entries(attributes)
      .filter(([key, value]) => NAMING.test(key) && !SHARED[`${type}.${key}`] && isLiteral(value))
      .map(([key, value]) => `${type}.${key}=${value}`),
  );
}

function isLiteral(value: unknown): boolean {
  return typeof value === "string" && !/^\$\{[^}]*\}$/.test(value);
}
