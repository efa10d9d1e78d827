import type { PolicyStatement } from "../../shared/testing/policy-document";
import { refersTo } from "../../shared/testing/references";
import type { Template } from "../../shared/testing/template";
import { matchesAction, matchesWildcard } from "../../shared/testing/wildcard";
import { type Policy, policiesOf } from "../proof/baseline/policies";
import { conditionCovers, conditionKey } from "./condition";

/** The smallest part of a policy: one action, on one resource, by one principal. */
export interface Permission {
  /** The role that may, or the resource whose policy says it. */
  readonly address: string;
  readonly kind: Policy["kind"];
  /** Of the resource that the policy stands in: `aws_iam_role_policy`. */
  readonly type: string;
  readonly effect: "Allow" | "Deny";
  /** `kinesis:PutRecord`, or `all but kinesis:PutRecord`. */
  readonly action: string;
  /** Empty in a trust policy. */
  readonly resource: string;
  /** `Service lambda.amazonaws.com`; empty for what a role itself may do. */
  readonly principal: string;
  readonly condition: PolicyStatement["Condition"];
}

const ALL_BUT = "all but ";

/**
 * All that a stack's policies say, cut into the smallest parts, so that neither the order nor the split of statements
 * counts. What several policies of one role say is the role's.
 */
export function permissionsOf(template: Template): Permission[] {
  return policiesOf(template).flatMap((policy) =>
    policy.statements.flatMap((statement) => partsOf(statement, { ...policy, address: ownerOf(template, policy) })),
  );
}

/** Whether what one says is part of what the other says. */
export function covers(wide: Permission, narrow: Permission): boolean {
  return (
    wide.address === narrow.address &&
    wide.kind === narrow.kind &&
    wide.effect === narrow.effect &&
    isWithin(wide.action, narrow.action, matchesAction) &&
    isWithin(wide.resource, narrow.resource, matchesWildcard) &&
    (wide.principal === narrow.principal || (wide.principal === "AWS *" && narrow.principal.startsWith("AWS "))) &&
    conditionCovers(wide.condition, narrow.condition)
  );
}

/** The same text for the same permission. */
export function permissionKey({ condition, ...permission }: Permission): string {
  return JSON.stringify({ ...permission, condition: conditionKey(condition) });
}

function isWithin(wide: string, narrow: string, matches: (pattern: string, text: string) => boolean): boolean {
  if (wide === narrow || wide === "*") return true;
  return !wide.startsWith(ALL_BUT) && !narrow.startsWith(ALL_BUT) && matches(wide, narrow);
}

function partsOf(statement: PolicyStatement, { address, kind, type }: Policy): Permission[] {
  const { Effect: effect, Condition: condition } = statement;
  return named(statement.Action, statement.NotAction).flatMap((action) =>
    named(statement.Resource, statement.NotResource).flatMap((resource) =>
      named(names(statement.Principal), names(statement.NotPrincipal)).map((principal) => ({
        address,
        kind,
        type,
        effect,
        action,
        resource,
        principal,
        condition,
      })),
    ),
  );
}

function named(these: readonly string[] | undefined, others: readonly string[] | undefined): readonly string[] {
  return these ?? (others ? [`${ALL_BUT}${[...others].sort().join(", ")}`] : [""]);
}

function names(principals: Record<string, string[]> | undefined): string[] | undefined {
  if (!principals) return undefined;
  return Object.entries(principals).flatMap(([type, identifiers]) => identifiers.map((name) => `${type} ${name}`));
}

/** The role of a policy that is a resource of its own; any other policy speaks for the resource that it stands in. */
function ownerOf(template: Template, { address, type }: Policy): string {
  if (type !== "aws_iam_role_policy") return address;
  const role = template.at(address)?.attributes.role;
  const own = template
    .resources("aws_iam_role")
    .find((candidate) => refersTo(role, candidate.address) || role === candidate.attributes.name);
  return own?.address ?? String(role);
}
