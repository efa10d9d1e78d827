import { type PolicyStatement, parsePolicy } from "../../../shared/testing/policy-document";
import { matchesAction } from "../../../shared/testing/wildcard";
import type { RecordedCall } from "./calls";
import { applies, isAllowed } from "./evaluate";
import { actionsMatching } from "./iam-actions";
import { iamRequests, NoSuchActionError } from "./requests";
import type { Environment, IamRequest } from "./services";

/** Why a role has an action that its code was not seen calling. */
export interface UncalledReason {
  /** As in the policy: `xray:PutTraceSegments`. */
  readonly action: string;
  /** At least 20 characters. */
  readonly reason: string;
}

export interface PermissionProblem {
  readonly kind: "called but not granted" | "granted but never called" | "no such action" | "not understood" | "reason";
  readonly message: string;
}

const SHORTEST_REASON = 20;

/**
 * Holds calls that a role's code really made against the policies of that role.
 *
 * What AWS itself needs on behalf of the caller is not in a request log (the use of a stream's KMS key, a function's
 * logs and traces, its dead-letter queue), and takes a reason.
 *
 * @param policies the role's policy documents, as JSON text or parsed, with real ARNs
 * @returns problems, each once; none when grants and calls agree
 */
export async function checkPermissions({
  calls,
  policies,
  environment,
  reasons = [],
}: {
  readonly calls: readonly RecordedCall[];
  readonly policies: readonly unknown[];
  readonly environment: Environment;
  readonly reasons?: readonly UncalledReason[];
}): Promise<PermissionProblem[]> {
  const problems: PermissionProblem[] = [];
  const note = (kind: PermissionProblem["kind"], message: string) => problems.push({ kind, message });

  const statements = policies.flatMap((policy) => parsePolicy(policy));
  const requests: IamRequest[] = [];
  for (const call of calls) {
    try {
      requests.push(...(await iamRequests(call, environment)));
    } catch (error) {
      note(error instanceof NoSuchActionError ? "no such action" : "not understood", (error as Error).message);
    }
  }
  for (const request of requests) {
    try {
      if (!isAllowed(statements, request, environment)) note("called but not granted", describe(request));
    } catch (error) {
      note("not understood", `${describe(request)}: ${(error as Error).message}`);
    }
  }
  for (const { action, name } of grants(statements)) {
    if (action !== "*" && (await actionsMatching(action)).length === 0) note("no such action", `${action} in ${name}`);
  }
  const uncalled = grants(statements).filter(
    ({ statement, action }) => !isCalled(statement, action, requests, environment),
  );
  for (const { action, name } of uncalled) {
    if (!reasons.some((reason) => isSame(reason.action, action)))
      note("granted but never called", `${action} in ${name}`);
  }
  for (const { action, reason } of reasons) {
    if (!uncalled.some((grant) => isSame(grant.action, action))) {
      note("reason", `the reason for ${action} is not needed: it is called, or not granted. Remove it`);
    }
    if (reason.trim().length < SHORTEST_REASON) {
      note("reason", `the reason for ${action} says too little: give at least ${SHORTEST_REASON} characters`);
    }
  }
  return unique(problems);
}

interface Grant {
  readonly statement: PolicyStatement;
  readonly action: string;
  readonly name: string;
}

/** Each action of each statement that allows; `NotAction` grants what cannot be listed, and is one grant. */
function grants(statements: readonly PolicyStatement[]): Grant[] {
  return statements.flatMap((statement, index) => {
    if (statement.Effect !== "Allow") return [];
    const name = `statement ${statement.Sid ?? index + 1}`;
    return (statement.Action ?? ["*"]).map((action) => ({ statement, action, name }));
  });
}

function isCalled(
  statement: PolicyStatement,
  action: string,
  requests: readonly IamRequest[],
  environment: Environment,
): boolean {
  return requests.some((request) => {
    if (!matchesAction(action, request.action)) return false;
    try {
      return applies(statement, request, environment);
    } catch {
      // Reported where the request was judged; here it must not count as a use.
      return false;
    }
  });
}

function describe({ action, resource, conditions }: IamRequest): string {
  const set = Object.entries(conditions)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` with ${key} ${value}`);
  return `${action} on ${resource}${set.join("")}`;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unique(problems: readonly PermissionProblem[]): PermissionProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.kind} ${problem.message}`, problem])).values()];
}
