import type { PolicyStatement } from "../../../shared/testing/policy-document";
import type { Environment, IamRequest } from "./services";
import { matchesAction, matchesWildcard } from "./wildcard";

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
  const known = knownConditions(request, environment);
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, key, values, known)),
  );
}

/** Keys that are known, in lower case; one that is known and not set by a request is `undefined`. */
function knownConditions({ conditions }: IamRequest, environment: Environment): Map<string, string | undefined> {
  return new Map(
    Object.entries({
      "aws:requestedregion": environment.region,
      "aws:resourceaccount": environment.account,
      "cloudwatch:namespace": undefined,
      ...conditions,
    }),
  );
}

const COMPARISONS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: matchesWildcard,
};

function holds(
  operator: string,
  key: string,
  patterns: string[],
  known: ReadonlyMap<string, string | undefined>,
): boolean {
  const [, quantifier, negation, comparison = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?String(Not)?(Equals|EqualsIgnoreCase|Like)(IfExists)?$/.exec(operator) ?? [];
  const compare = COMPARISONS[`String${comparison}`];
  if (!compare) throw new Error(`the condition operator ${operator} is not known; add it to evaluate.ts`);
  if (!known.has(key.toLowerCase())) {
    throw new Error(
      `the condition key ${key} is not known; add it to evaluate.ts, or to what its service sets in services.ts`,
    );
  }
  const value = known.get(key.toLowerCase());
  if (value === undefined) return quantifier ? quantifier === "ForAllValues" : Boolean(negation ?? ifExists);
  const equalsOne = patterns.some((pattern) => compare(resolved(pattern), value));
  return negation ? !equalsOne : equalsOne;
}

function resolved(text: string): string {
  if (text.includes("${")) throw new Error(`${text} holds a variable; give policies with real values`);
  return text;
}
