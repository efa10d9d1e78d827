/** The part of `terraform show -json` that is counted. developer.hashicorp.com/terraform/internals/json-format */
export interface PlanJson {
  readonly resource_changes?: readonly {
    readonly previous_address?: string;
    readonly change: { readonly actions: readonly string[]; readonly importing?: object };
  }[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

const NOTHING = new Set(["no-op", "read"]);

/** Counts as Terraform does in `Plan: 1 to add, ...`: a replacement is one to add and one to destroy. */
export function countsOf({ resource_changes = [], output_changes = {} }: PlanJson) {
  const count = (matches: (one: (typeof resource_changes)[number]) => boolean) =>
    resource_changes.filter(matches).length;
  const does = (action: string) => count(({ change }) => change.actions.includes(action));
  const imported = count(({ change }) => change.importing !== undefined);
  const moved = count(({ previous_address }) => previous_address !== undefined);
  const actions = [...resource_changes.map(({ change }) => change), ...Object.values(output_changes)];
  const hasActions = actions.some(({ actions: some }) => some.some((action) => !NOTHING.has(action)));
  return {
    hasChanges: hasActions || imported > 0 || moved > 0,
    added: does("create"),
    changed: does("update"),
    destroyed: does("delete"),
    imported,
    moved,
  };
}
