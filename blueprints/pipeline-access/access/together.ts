import { isDeepStrictEqual } from "node:util";
import type { AccessGrant } from "./scope";

/** The same grants with those on the same resources and conditions in one: policies have a size. */
export function together(grants: readonly AccessGrant[]): AccessGrant[] {
  const joined: AccessGrant[] = [];
  for (const grant of grants) {
    const index = joined.findIndex(
      ({ resources, conditions }) =>
        isDeepStrictEqual(resources, grant.resources) && isDeepStrictEqual(conditions, grant.conditions),
    );
    const same = joined[index];
    if (same) joined[index] = { ...same, actions: [...new Set([...same.actions, ...grant.actions])] };
    else joined.push(grant);
  }
  return joined;
}
