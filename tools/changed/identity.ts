/** By what an element of a list is known, where it is not its place: a statement, a file of user data, a container. */
const NAMES: readonly ((element: Record<string, unknown>) => unknown)[] = [
  (element) => element.Sid,
  (element) => element.path,
  (element) => element.name,
  (element) => element.id,
  // A widget of a dashboard.
  (element) => (element.properties as Record<string, unknown> | undefined)?.title,
];

/** The names of the elements of two lists, when all have one of the same kind and no two in a list have the same. */
export function identitiesOf(
  before: readonly unknown[],
  after: readonly unknown[],
): { readonly before: string[]; readonly after: string[] } | undefined {
  for (const nameOf of NAMES) {
    const [old, current] = [namesOf(before, nameOf), namesOf(after, nameOf)];
    if (old && current) return { before: old, after: current };
  }
  return undefined;
}

function namesOf(elements: readonly unknown[], nameOf: (typeof NAMES)[number]): string[] | undefined {
  const names = elements.map((element) =>
    typeof element === "object" && element !== null ? nameOf(element as Record<string, unknown>) : undefined,
  );
  const areNames = names.every((name) => typeof name === "string");
  return areNames && new Set(names).size === names.length ? (names as string[]) : undefined;
}
