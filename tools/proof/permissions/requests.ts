import type { RecordedCall } from "./calls";
import { actionsMatching, canBeLimitedToResources } from "./iam-actions";
import { type Environment, type IamRequest, type Parameters, type Service, services } from "./services";

/** A call whose operation is no action of IAM. */
export class NoSuchActionError extends Error {}

/**
 * What IAM is asked for a call, once for each resource it acts on.
 *
 * @returns nothing for a page after the first of a list that names its resource on the first page only
 * @throws Error on a service or an action that is not known, and where the parameters do not name the resource
 */
export async function iamRequests(call: RecordedCall, environment: Environment): Promise<IamRequest[]> {
  const { service: signingName } = call;
  const service = services[signingName];
  if (!service) {
    throw new Error(
      `${signingName} ${call.action}: no service is known by this signing name; ` +
        `known are ${Object.keys(services).join(", ")}. Add it to services.ts`,
    );
  }
  const { operation, parameters } = operationOf(call, service);
  const split = service.split?.[operation];
  if (split) return split(parameters, environment);
  const name = `${service.prefix}:${service.actions?.[operation] ?? operation}`;
  const [action] = await actionsMatching(name);
  if (!action) {
    throw new NoSuchActionError(
      `${name}, for ${signingName} ${operation}. If IAM calls it otherwise, add it to services.ts`,
    );
  }
  const named = service.resources?.(operation, parameters, environment) ?? [];
  if (named.length === 0 && (await canBeLimitedToResources(action))) {
    if (continues(parameters)) return [];
    throw new Error(
      `${signingName} ${operation}: its parameters name no resource that services.ts knows ` +
        `(${Object.keys(parameters).join(", ") || "no parameters"}). Add it there`,
    );
  }
  const conditions = service.conditions?.(operation, parameters, environment) ?? {};
  return (named.length > 0 ? named : ["*"]).map((resource) => ({ action, resource, conditions }));
}

/** @throws Error on a REST request of which nobody knows the operation */
function operationOf(
  { service: signingName, action, parameters = {} }: RecordedCall,
  service: Service,
): { operation: string; parameters: Parameters } {
  const [, method, path] = /^([A-Z]+) (\/.*)$/s.exec(action) ?? [];
  if (!service.rest || !method || !path) return { operation: action, parameters };
  const known = service.rest(method, path);
  if (!known)
    throw new Error(`${signingName} ${action}: it is not known which operation that is. Add it to services.ts`);
  return known;
}

/** ListShards, for one, takes a stream's name or the token of its next page, not both. */
function continues({ NextToken }: Readonly<Record<string, unknown>>): boolean {
  return NextToken !== undefined;
}
