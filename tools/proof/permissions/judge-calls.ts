import type { PolicyStatement } from "../../../shared/testing/policy-document";
import { matchesAction } from "../../../shared/testing/wildcard";
import { members } from "./arns";
import type { RecordedCall } from "./calls";
import { applies, isAllowed } from "./evaluate";
import { iamRequests } from "./requests";
import type { Environment } from "./services";

export interface Judgement {
  /** What is not allowed, or cannot be judged, each once. */
  readonly problems: readonly string[];
  /** Actions of statements that allowed something. */
  readonly used: readonly string[];
}

/** Nobody is refused this, whatever a policy says: docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const ALWAYS_ALLOWED = "sts:GetCallerIdentity";

/** Holds calls against the statements of a role, as IAM would have been asked about each. */
export async function judgeCalls(
  calls: readonly RecordedCall[],
  statements: readonly PolicyStatement[],
  environment: Environment,
): Promise<Judgement> {
  const problems = new Set<string>();
  const used = new Set<string>();
  const at = environments(environment, calls);
  for (const [index, call] of calls.entries()) {
    const then = at(index);
    try {
      for (const request of await iamRequests(call, then)) {
        if (request.action === ALWAYS_ALLOWED) continue;
        if (!isAllowed(statements, request, then)) {
          const conditions = Object.entries(request.conditions).map(([key, value]) => ` with ${key} ${value}`);
          problems.add(`not allowed: ${request.action} on ${request.resource}${conditions.join("")}`);
        }
        for (const statement of statements) {
          for (const action of statement.Action ?? []) {
            if (matchesAction(action, request.action) && applies(statement, request, then)) used.add(action);
          }
        }
      }
    } catch (error) {
      problems.add(`not understood: ${call.service} ${call.action}: ${(error as Error).message}`);
    }
  }
  return { problems: [...problems], used: [...used] };
}

/**
 * The environment at each call. What that call or a later one gives its tag Stack did not have it before: the default
 * security group of a VPC. All else has had its tags since it was made.
 */
function environments(environment: Environment, calls: readonly RecordedCall[]): (index: number) => Environment {
  const { resources = [] } = environment;
  const tagged = calls.flatMap(({ service, action, parameters = {} }, index) =>
    service === "ec2" && action === "CreateTags" && Object.values(parameters).includes("Stack")
      ? members(parameters, "ResourceId").map((id) => ({ id, index }))
      : [],
  );
  return (now) => {
    const untagged = tagged.filter(({ index }) => index >= now);
    if (untagged.length === 0) return environment;
    return {
      ...environment,
      resources: resources.map((one) =>
        untagged.some(({ id }) => one.arn.endsWith(`/${id}`)) ? { ...one, tags: {} } : one,
      ),
    };
  };
}
