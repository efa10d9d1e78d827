import { parsePolicy } from "./policy-document";
import { matchesWildcard } from "./wildcard";

/** What IAM compares of an OIDC token, once its signature has been found right. */
export interface WebIdentityToken {
  /** Host of its issuer, such as token.actions.githubusercontent.com. */
  readonly issuer: string;
  /** For whom it was issued. */
  readonly aud: string;
  /** About whom it is. */
  readonly sub: string;
}

const ASSUME = "sts:AssumeRoleWithWebIdentity";

const COMPARISONS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: matchesWildcard,
};

/**
 * Whether a role may be assumed with a token, as its trust policy says.
 *
 * @param trust the policy, as JSON text or parsed, with real ARNs
 * @throws Error on a condition that is not known here: none is taken for true
 */
export function isTrusted(trust: unknown, token: WebIdentityToken): boolean {
  const speaking = parsePolicy(trust).filter(
    ({ Principal, Action = [], Condition = {} }) =>
      Action.includes(ASSUME) &&
      (Principal?.Federated ?? []).some((arn) => arn.endsWith(`:oidc-provider/${token.issuer}`)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, values, claimOf(key, token))),
      ),
  );
  return speaking.some(({ Effect }) => Effect === "Allow") && !speaking.some(({ Effect }) => Effect === "Deny");
}

function claimOf(key: string, { issuer, aud, sub }: WebIdentityToken): string {
  const claims: Record<string, string> = { [`${issuer}:aud`]: aud, [`${issuer}:sub`]: sub };
  const claim = claims[key];
  if (claim === undefined) throw new Error(`the condition key ${key} is not known; add it to web-identity.ts`);
  return claim;
}

function holds(operator: string, patterns: readonly string[], value: string): boolean {
  const compare = COMPARISONS[operator];
  if (!compare) throw new Error(`the condition operator ${operator} is not known; add it to web-identity.ts`);
  return patterns.some((pattern) => compare(pattern, value));
}
