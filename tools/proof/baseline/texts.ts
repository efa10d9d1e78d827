/** Every text in a value, however deep, but for what stands under keys that are left out. */
export function textsIn(value: unknown, leftOut: readonly string[] = []): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (leftOut.includes(key) ? [] : textsIn(part, leftOut)));
}
