import { isDeepStrictEqual } from "node:util";
import type { Template } from "../../shared/testing/template";
import { isAnything, isKeyPolicy, policiesOf } from "../proof/baseline/policies";
import { unlimitedActions } from "../proof/baseline/unlimited-actions";
import type { CallOut } from "./call-out";
import { conditionText } from "./condition";
import { covers, type Permission, permissionsOf } from "./permission";
import { rectangles } from "./rectangles";

/**
 * What roles may do, and who may use resources, that was not so before, and the other way round. What another statement
 * allows already is nothing new.
 *
 * @param before undefined for a stack that is new
 */
export async function permissionChanges(before: Template | undefined, after: Template): Promise<CallOut[]> {
  const [old, current] = [before ? permissionsOf(before) : [], permissionsOf(after)];
  const added = current.filter((permission) => !old.some((known) => covers(known, permission)));
  const gone = old.filter((permission) => !current.some((known) => covers(known, permission)));
  return [
    ...(await Promise.all(rectangles(added).map((group) => callOut(group, "now", old)))),
    ...(await Promise.all(rectangles(gone).map((group) => callOut(group, "no longer", [])))),
    ...unreadable(before, after),
  ];
}

/** @param group permissions that are alike but for action, resource and principal, and all combinations of these */
async function callOut(
  group: readonly Permission[],
  when: "now" | "no longer",
  old: readonly Permission[],
): Promise<CallOut> {
  const { address, effect } = group[0]!;
  const isAllowed = effect === "Allow";
  const opens = isAllowed === (when === "now");
  const narrower = old.filter((known) => group.some((permission) => covers(permission, known)));
  const wider = narrower.length > 0 ? `, wider than before: ${rectangles(narrower).map(whole).join("; ")}` : "";
  const who = list(group.map(({ principal }) => principal));
  const verb = isAllowed ? (when === "now" ? "may now" : "may no longer") : `is ${when} refused`;
  return {
    topic: "permission",
    effect: opens ? "opens" : "closes",
    address,
    what: `${who && `${who} `}${verb} ${scope(group)}${wider}`,
    attention: opens && isAllowed ? await attention(group) : [],
  };
}

function whole(group: readonly Permission[]): string {
  const who = list(group.map(({ principal }) => principal));
  return `${who && `${who}: `}${scope(group)}`;
}

function scope(group: readonly Permission[]): string {
  const resources = list(group.map(({ resource }) => resource));
  const condition = conditionText(group[0]!.condition);
  return `${list(group.map(({ action }) => action))}${resources && ` on ${resources}`}${condition && ` if ${condition}`}`;
}

function list(texts: readonly string[]): string {
  return [...new Set(texts)].join(", ");
}

async function attention(group: readonly Permission[]): Promise<string[]> {
  const found: string[] = [];
  for (const permission of group) {
    const { kind, action, resource, principal } = permission;
    if (principal.endsWith(" *") || principal.startsWith("all but ")) found.push("everybody");
    if (isKeyPolicy(permission) && principal.endsWith(":root")) continue;
    if (/^(?:\*|[^:]*:\*+)$/.test(action)) found.push(`every action (${action})`);
    else if (action.startsWith("all but ")) found.push("every action but some (NotAction)");
    else if (/[*?]/.test(action)) found.push(`wildcard action ${action}`);
    if (kind !== "identity") continue;
    if (resource.startsWith("all but ")) found.push("every resource but some (NotResource)");
    else if (isAnything(resource) && (await isUnlimited(permission))) found.push(`all resources (${resource})`);
  }
  return [...new Set(found)];
}

/** Some actions know no resources, and stand on `*` by necessity; others are limited by a condition. */
async function isUnlimited({ action, effect, condition }: Permission): Promise<boolean> {
  if (action === "*" || action.startsWith("all but ")) return true;
  return (await unlimitedActions({ Effect: effect, Action: [action], Condition: condition })).length > 0;
}

/** Policies that are not understood: what they allow has to be read where they are. */
function unreadable(before: Template | undefined, after: Template): CallOut[] {
  const isSame = (address: string) => isDeepStrictEqual(before?.at(address)?.attributes, after.at(address)?.attributes);
  return policiesOf(after)
    .filter(({ address, error }) => error !== undefined && !isSame(address))
    .map(({ address, error }) => ({
      topic: "permission",
      effect: "opens",
      address,
      what: `has a policy that cannot be read: ${error}`,
      attention: ["compare it by hand"],
    }));
}
