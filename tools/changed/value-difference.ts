import { isDeepStrictEqual } from "node:util";
import { diffArrays } from "diff";
import type { CodeHashes } from "./code-hashes";
import { identitiesOf } from "./identity";
import { opened } from "./opened-text";

/** One place at which two values differ. */
export interface ValueChange {
  /** `environment.variables.LIMIT`; an element is named by its name or place: `Statement[TlsOnly]`. Empty for the whole. */
  readonly path: string;
  /** `code`: nothing but the hash of an asset's content. `reordered`: a list has the same elements in another order. */
  readonly kind: "added" | "removed" | "changed" | "reordered" | "code";
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Where two values of Terraform JSON differ, as deep as possible: also inside JSON texts, such as policies, and inside the
 * files of user data. Empty when they are equal, whatever the order of keys, and only then.
 */
export function differencesOf(before: unknown, after: unknown, hashes: CodeHashes, path = ""): ValueChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [old, current] = [opened(before), opened(after)];
  const inner =
    isObject(old) && isObject(current)
      ? ofObjects(old, current, hashes, path)
      : Array.isArray(old) && Array.isArray(current)
        ? ofLists(old, current, hashes, path)
        : [];
  if (inner.length > 0) return inner;
  const isCode = typeof before === "string" && typeof after === "string" && hashes.differsInCodeOnly(before, after);
  return [{ path, kind: isCode ? "code" : "changed", before, after }];
}

type Entries = Record<string, unknown>;

function ofObjects(before: Entries, after: Entries, hashes: CodeHashes, path: string): ValueChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): ValueChange[] => {
    const at = path === "" ? key : `${path}.${key}`;
    if (!(key in after)) return [{ path: at, kind: "removed", before: before[key] }];
    if (!(key in before)) return [{ path: at, kind: "added", after: after[key] }];
    return differencesOf(before[key], after[key], hashes, at);
  });
}

function ofLists(before: unknown[], after: unknown[], hashes: CodeHashes, path: string): ValueChange[] {
  const identities = identitiesOf(before, after);
  const inner = identities
    ? ofObjects(byName(identities.before, before), byName(identities.after, after), hashes, "").map((change) => ({
        ...change,
        path: `${path}${change.path}`,
      }))
    : ofPlaces(before, after, hashes, path);
  return inner.length > 0 && !isReordered(inner) ? inner : [{ path, kind: "reordered", before, after }];
}

function byName(names: readonly string[], elements: readonly unknown[]): Entries {
  return Object.fromEntries(names.map((name, index) => [`[${name}]`, elements[index]]));
}

/** Elements without a name: equal ones are found, and what lies between them is compared in its order. */
function ofPlaces(before: unknown[], after: unknown[], hashes: CodeHashes, path: string): ValueChange[] {
  const changes: ValueChange[] = [];
  const gap = { before: [] as unknown[], after: [] as unknown[] };
  let place = 0;
  const close = () => {
    if (gap.before.length === gap.after.length && !areWords(gap.before, gap.after, hashes)) {
      const first = place - gap.after.length;
      for (const [index, value] of gap.after.entries())
        changes.push(...differencesOf(gap.before[index], value, hashes, `${path}[${first + index}]`));
    } else {
      for (const value of gap.before) changes.push({ path: `${path}[]`, kind: "removed", before: value });
      for (const value of gap.after) changes.push({ path: `${path}[]`, kind: "added", after: value });
    }
    gap.before = [];
    gap.after = [];
  };
  for (const part of diffArrays(before, after, { comparator: isDeepStrictEqual })) {
    if (!part.added && !part.removed) close();
    if (!part.removed) place += part.value.length;
    if (part.added) gap.after.push(...part.value);
    if (part.removed) gap.before.push(...part.value);
  }
  close();
  return changes;
}

/** Whether what was taken away is what was added. */
function isReordered(changes: readonly ValueChange[]): boolean {
  const values = (kind: "added" | "removed") =>
    changes
      .filter((change) => change.kind === kind)
      .map((change) => JSON.stringify(kind === "added" ? change.after : change.before))
      .sort();
  const [added, removed] = [values("added"), values("removed")];
  return added.length > 0 && added.length + removed.length === changes.length && isDeepStrictEqual(added, removed);
}

function isObject(value: unknown): value is Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether elements are words, such as actions and addresses: another word is one that came and one that went. */
function areWords(before: readonly unknown[], after: readonly unknown[], hashes: CodeHashes): boolean {
  const isWord = (value: unknown) => typeof value === "string" && !value.includes("\n");
  const isCode = (value: unknown, index: number) => hashes.differsInCodeOnly(String(before[index]), String(value));
  return [...before, ...after].every(isWord) && !after.every(isCode);
}
