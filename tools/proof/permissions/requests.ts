import { roleArn } from "./arns";
import type { RecordedCall } from "./calls";
import { actionsMatching, canBeLimitedToResources } from "./iam-actions";
import { requestTagConditions } from "./request-tags";
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
  const understood = await service.understand?.(operation, parameters, environment);
  if (understood) return [...understood, ...passed(service, operation, parameters, environment)];
  const named = service.resources?.(operation, parameters, environment) ?? [];
  if (named.length === 0 && (await canBeLimitedToResources(action))) {
    if (continues(parameters)) return [];
    throw new Error(
      `${signingName} ${operation}: its parameters name no resource that services.ts knows ` +
        `(${Object.keys(parameters).join(", ") || "no parameters"}). Add it there`,
    );
  }
  const tags = requestTagConditions(parameters);
  const conditions = { ...tags, ...service.conditions?.(operation, parameters, environment) };
  const tagging = Object.keys(tags).length > 0 && service.tagging && `${service.prefix}:${service.tagging}`;
  const actions = tagging && tagging !== action ? [action, tagging] : [action];
  return [
    ...(named.length > 0 ? named : ["*"]).flatMap((resource) =>
      actions.map((one) => ({ action: one, resource, conditions })),
    ),
    ...passed(service, operation, parameters, environment),
  ];
}

/** Whoever hands a role over is asked whether they may. */
function passed(service: Service, operation: string, parameters: Parameters, environment: Environment): IamRequest[] {
  return (service.passes?.(operation, parameters) ?? []).map(({ role, to }) => ({
    action: "iam:PassRole",
    resource: roleArn(role, environment),
    conditions: { "iam:passedtoservice": `${to}.amazonaws.com` },
  }));
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
  return { operation: known.operation, parameters: { ...parameters, ...known.parameters } };
}

/** ListShards, for one, takes a stream's name or the token of its next page, not both. */
function continues({ NextToken }: Readonly<Record<string, unknown>>): boolean {
  return NextToken !== undefined;
}
