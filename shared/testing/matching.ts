/**
 * Where `actual` departs from `expected`, as readable lines; empty when it matches.
 *
 * Objects match partially, arrays element by element and in full, as in Jest's `toMatchObject`. A leaf of `expected`
 * may be a RegExp (for a string) or a predicate; `undefined` says that the key is absent.
 */
export function mismatches(actual: unknown, expected: unknown, path = ""): string[] {
  const differs = () => [`${path || "value"}: expected ${show(expected)}, got ${show(actual)}`];
  if (typeof expected === "function") return expected(actual) ? [] : differs();
  if (expected instanceof RegExp) {
    // A fresh one, because a RegExp with the flag g remembers where its last match ended.
    const matcher = new RegExp(expected.source, expected.flags.replace(/[gy]/g, ""));
    return typeof actual === "string" && matcher.test(actual) ? [] : differs();
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differs();
    return expected.flatMap((element, index) => mismatches(actual[index], element, `${path}[${index}]`));
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return differs();
    return Object.entries(expected).flatMap(([key, value]) =>
      mismatches(actual[key], value, path ? `${path}.${key}` : key),
    );
  }
  return Object.is(actual, expected) ? [] : differs();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return `a value that satisfies ${value}`;
  if (value instanceof RegExp) return `${value}`;
  return JSON.stringify(value, (_, part) => (part instanceof RegExp || typeof part === "function" ? `${part}` : part));
}
