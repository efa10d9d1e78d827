import { blocks, type PolicyStatement, parsePolicy } from "../../../shared/testing/policy-document";
import type { Resource, Template } from "../../../shared/testing/template";
import type { Finding } from "./rule";

export interface Policy {
  readonly address: string;
  /** Who may assume a role, what an identity may do, or who may use a resource. */
  readonly kind: "trust" | "identity" | "resource";
  readonly type: string;
  readonly statements: readonly PolicyStatement[];
  /** Why the policy could not be read; then there are no statements. */
  readonly error?: string;
}

const IDENTITY_POLICIES = ["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"];

/** Resources with a policy that must be readable; of others, what can be recognized as a policy is read as well. */
const RESOURCE_POLICIES: Record<string, string> = {
  aws_api_gateway_rest_api: "policy",
  aws_api_gateway_rest_api_policy: "policy",
  aws_backup_vault_policy: "policy",
  aws_cloudwatch_event_bus_policy: "policy",
  aws_cloudwatch_log_resource_policy: "policy_document",
  aws_dynamodb_resource_policy: "policy",
  aws_ecr_repository_policy: "policy",
  aws_efs_file_system_policy: "policy",
  aws_kinesis_resource_policy: "policy",
  aws_kms_key: "policy",
  aws_kms_key_policy: "policy",
  aws_s3_bucket_policy: "policy",
  aws_secretsmanager_secret_policy: "policy",
  aws_sns_topic: "policy",
  aws_sns_topic_policy: "policy",
  aws_sqs_queue: "policy",
  aws_sqs_queue_policy: "policy",
  aws_vpc_endpoint: "policy",
};

/** Every IAM policy of a stack. */
export function policiesOf(template: Template): Policy[] {
  return template.resources().flatMap((resource) => {
    const read = (kind: Policy["kind"], policy: unknown) => readPolicy(template, resource, kind, policy);
    const { attributes, type } = resource;
    if (type === "aws_iam_role") {
      const inline = blocks<{ policy?: unknown }>(attributes.inline_policy).map(({ policy }) => policy);
      return [read("trust", attributes.assume_role_policy), ...inline.map((policy) => read("identity", policy))];
    }
    if (IDENTITY_POLICIES.includes(type)) return [read("identity", attributes.policy)];
    const known = attributes[RESOURCE_POLICIES[type] ?? ""];
    if (known !== undefined) return [read("resource", known)];
    return Object.values(attributes)
      .filter(looksLikePolicy)
      .map((policy) => read("resource", policy));
  });
}

/** Policies of a resource, given on it or by a resource of its own that refers to it. */
export function resourcePolicies(template: Template, ...types: string[]): Policy[] {
  return policiesOf(template).filter(({ type }) => types.includes(type));
}

/** Statements that allow, each with the policy they stand in and a name for them in messages. */
export function allowances(
  policies: readonly Policy[],
): { policy: Policy; statement: PolicyStatement; name: string }[] {
  return policies.flatMap((policy) =>
    policy.statements
      .map((statement, index) => ({ policy, statement, name: `statement ${statement.Sid ?? index + 1}` }))
      .filter(({ statement }) => statement.Effect === "Allow"),
  );
}

/** Whether a statement speaks to everybody. */
export function isPublic(statement: PolicyStatement): boolean {
  const principals = Object.values(statement.Principal ?? {}).flat();
  return principals.includes("*") || statement.NotPrincipal !== undefined;
}

/** A key's own policy has to say who decides on the key, which only the account's root can. */
export function isKeyPolicy({ type }: Pick<Policy, "type">): boolean {
  return type === "aws_kms_key" || type === "aws_kms_key_policy";
}

/** `*`, and an ARN whose resource is `*`: `arn:aws:s3:::*`. */
export function isAnything(resource: string): boolean {
  return /^(?:\*+|arn:(?:\$\{[^}]*\}|[^:])*:[^:]*:(?:\$\{[^}]*\}|[^:])*:(?:\$\{[^}]*\}|[^:])*:\*+)$/.test(resource);
}

/** Whether a statement refuses everybody some actions where there is no TLS. */
export function deniesWithoutTls(statement: PolicyStatement, isEnough: (action: string) => boolean): boolean {
  const plain = statement.Condition?.Bool?.["aws:SecureTransport"];
  return (
    statement.Effect === "Deny" &&
    isPublic(statement) &&
    (statement.Action ?? []).some(isEnough) &&
    plain?.length === 1 &&
    plain[0] === "false"
  );
}

/** Where a policy of one of these types allows everybody, or every action of the service. */
export function tooOpen(template: Template, everything: string, ...types: string[]): Finding[] {
  return allowances(resourcePolicies(template, ...types)).flatMap(({ policy: { address }, statement, name }) => {
    const mend = "name who may do what: principals and actions";
    const actions = statement.Action ?? ["*"];
    return [
      ...(isPublic(statement) ? [{ address, what: `${name} allows everybody`, mend }] : []),
      ...(actions.some((action) => action === "*" || action.toLowerCase() === everything)
        ? [{ address, what: `${name} allows every action`, mend }]
        : []),
    ];
  });
}

/** Operators that hold only when the key is there and equals one of the values; `...IfExists` and `ForAllValues` do not. */
const POSITIVE_OPERATOR = /^(?:ForAnyValue:)?(?:String(?:Equals|EqualsIgnoreCase|Like)|Arn(?:Equals|Like))$/i;

/** Keys by which a statement is limited to named values, in lower case. A value of `*` limits nothing. */
export function limitingConditionKeys({ Condition = {} }: PolicyStatement): string[] {
  return Object.entries(Condition)
    .filter(([operator]) => POSITIVE_OPERATOR.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([, values]) => values.length > 0 && values.every((value) => !/^\**$/.test(value)))
    .map(([key]) => key.toLowerCase());
}

function readPolicy(template: Template, { address, type }: Resource, kind: Policy["kind"], policy: unknown): Policy {
  try {
    const document = (name: string) => template.at(`data.aws_iam_policy_document.${name}`)?.attributes;
    return { address, kind, type, statements: parsePolicy(policy, document) };
  } catch (error) {
    return { address, kind, type, statements: [], error: (error as Error).message };
  }
}

function looksLikePolicy(value: unknown): boolean {
  return typeof value === "string" && (/"Statement"\s*:/.test(value) || /data\.aws_iam_policy_document\./.test(value));
}
