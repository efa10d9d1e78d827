import { type Permission, permissionKey } from "./permission";

type Side = "action" | "resource" | "principal";

/**
 * Puts permissions together as statements do: those of one group are alike but for action, resource and principal, and
 * each action goes with each resource and each principal of the group. Each permission is in one group.
 */
export function rectangles(permissions: readonly Permission[]): Permission[][] {
  const unique = new Map(permissions.map((permission) => [permissionKey(permission), permission]));
  const single = [...unique.values()].map((permission) => [permission]);
  return (["action", "resource", "principal"] as const).reduce(merged, single);
}

/** Joins groups that differ in one side only. */
function merged(groups: readonly Permission[][], side: Side): Permission[][] {
  const alike = new Map<string, Permission[]>();
  for (const group of groups) {
    const others = group.map((permission) => permissionKey({ ...permission, [side]: "" }));
    const key = JSON.stringify([...new Set(others)].sort());
    alike.set(key, [...(alike.get(key) ?? []), ...group]);
  }
  return [...alike.values()];
}
