import type { PolicyStatement } from "../../../shared/testing/policy-document";
import { matchesAction } from "../../../shared/testing/wildcard";
import { actionsMatching, canBeLimitedToResources, narrowingConditionKeys } from "../permissions/iam-actions";
import { limitingConditionKeys } from "./policies";

/** Those actions of a statement that could be limited to some resources, and that no condition narrows. */
export async function unlimitedActions(statement: PolicyStatement): Promise<string[]> {
  const limits = limitingConditionKeys(statement);
  const actions = (await Promise.all((statement.Action ?? []).map(actionsMatching))).flat();
  return filterAsync(actions, async (action) => {
    if (!(await canBeLimitedToResources(action))) return false;
    const narrowing = await narrowingConditionKeys(action);
    return !narrowing.some((key) => limits.some((limit) => isSameKey(key, limit)));
  });
}

/** A key of the reference may have a part that the author chooses: `aws:ResourceTag/${TagKey}`. */
function isSameKey(reference: string, key: string): boolean {
  return matchesAction(reference.replace(/\$\{[^}]*\}/g, "*"), key);
}

export async function filterAsync<T>(values: readonly T[], keep: (value: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(values.map(keep));
  return values.filter((_, index) => kept[index]);
}
