import type { PolicyStatement } from "../../../shared/testing/policy-document";
import { matchesAction, matchesWildcard } from "../../../shared/testing/wildcard";
import type { Environment, IamRequest } from "./services";

/**
 * Whether a request is allowed by the policies of a role, as IAM decides within one account: an explicit denial wins,
 * and what nothing allows is denied. Policies of resources, boundaries and organizations are not looked at.
 *
 * @throws Error on an operator, a condition key or a variable that is not known here: none is taken for true
 */
export function isAllowed(
  statements: readonly PolicyStatement[],
  request: IamRequest,
  environment: Environment,
): boolean {
  const matching = statements.filter((statement) => applies(statement, request, environment));
  return matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny");
}

/** Whether a statement speaks about a request, by its action, its resource and its conditions. */
export function applies(statement: PolicyStatement, request: IamRequest, environment: Environment): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const anyAction = (patterns: string[]) => patterns.some((pattern) => matchesAction(pattern, request.action));
  const anyResource = (patterns: string[]) =>
    patterns.some((pattern) => matchesWildcard(resolved(pattern), request.resource));
  if (Action ? !anyAction(Action) : anyAction(NotAction ?? [])) return false;
  if (Resource ? !anyResource(Resource) : anyResource(NotResource ?? [])) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, values, () => conditionValue(key, request, environment)),
    ),
  );
}

/** Keys that some calls set, and then with the call's conditions; of S3 their queries are not recorded. */
const OF_SOME_CALLS =
  /^(?:aws:requesttag\/.+|cloudwatch:namespace|\w+:createaction|iam:(?:awsservicename|passedtoservice)|kms:(?:grantisforawsresource|requestalias|viaservice)|s3:prefix)$/;
/** The ARN of something that a call makes, and that has no id yet. */
const NOT_YET_MADE = /[/:]\*$/;

/** @returns `undefined` for a key that is known and not set. @throws Error when it is not known */
function conditionValue(key: string, request: IamRequest, environment: Environment): string | undefined {
  const name = key.toLowerCase();
  const known: IamRequest["conditions"] = {
    "aws:requestedregion": environment.region,
    "aws:resourceaccount": environment.account,
    // The caller itself, where the service does not set it otherwise.
    "aws:viaawsservice": "false",
    ...request.conditions,
  };
  if (name in known) return known[name];
  if (OF_SOME_CALLS.test(name)) return undefined;
  const tags = NOT_YET_MADE.test(request.resource)
    ? {}
    : environment.resources?.find(({ arn }) => arn === request.resource)?.tags;
  const [, prefix, tag] = /^([^:]+):resourcetag\/(.+)$/.exec(name) ?? [];
  if (tags && prefix && (prefix === "aws" || request.action.startsWith(`${prefix}:`))) {
    return Object.entries(tags).find(([one]) => one.toLowerCase() === tag)?.[1];
  }
  const mend = prefix
    ? `the tags of ${request.resource} are not among the environment's resources, or ${prefix} has none`
    : "add it to evaluate.ts, or to what its service sets in services.ts";
  throw new Error(`the condition key ${key} is not known; ${mend}`);
}

const COMPARISONS: Record<string, (pattern: string, value: string) => boolean> = {
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  // Both take wildcards.
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: matchesWildcard,
};

function holds(operator: string, patterns: string[], actual: () => string | undefined): boolean {
  if (operator === "Null") return patterns.includes(String(actual() === undefined));
  const [, quantifier, type = "", negation, comparison = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(Arn|String|Bool)(Not)?(Equals|EqualsIgnoreCase|Like)?(IfExists)?$/.exec(
      operator,
    ) ?? [];
  const compare = COMPARISONS[`${type}${comparison}`];
  if (!compare) throw new Error(`the condition operator ${operator} is not known; add it to evaluate.ts`);
  const value = actual();
  if (value === undefined) return quantifier ? quantifier === "ForAllValues" : Boolean(negation ?? ifExists);
  const equalsOne = patterns.some((pattern) => compare(resolved(pattern), value));
  return negation ? !equalsOne : equalsOne;
}

/** Each of an ARN's six parts by itself: a wildcard does not reach beyond its part. */
function matchesArn(pattern: string, value: string): boolean {
  const parts = (text: string) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text)?.slice(1) ?? [text];
  const [patterns, values] = [parts(pattern), parts(value)];
  return patterns.length === values.length && patterns.every((one, index) => matchesWildcard(one, values[index]!));
}

function resolved(text: string): string {
  if (text.includes("${")) throw new Error(`${text} holds a variable; give policies with real values`);
  return text;
}
