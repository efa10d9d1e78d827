import { diffArrays } from "diff";
import type { ElementChange } from "../stack-difference";
import type { ValueChange } from "../value-difference";
import { type Line, line } from "./line";
import { excerpt, excerpts, readable, shortened } from "./readable";

/** Lines of a long text that are shown. */
const LINES = 20;
const LINE_LENGTH = 120;
/** Longer lines are a program's. */
const CODE_LENGTH = 1_000;

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

/** What differs in one element: its address, and below it each value. */
export function elementLines({ address, change, values }: ElementChange): Line[] {
  const isCode = values.some(({ kind }) => kind === "code");
  return [
    line(SIGNS[change], address),
    ...(isCode ? [line(" ", "code changed", 1)] : []),
    ...values.filter(({ kind }) => kind !== "code").flatMap(valueLines),
  ];
}

/** How many of each type a stack has that is new, or gone: the most first, several in a line. */
export function elementCounts(elements: readonly ElementChange[]): Line[] {
  const counts = new Map<string, number>();
  for (const { address } of elements) {
    const type = address.split(".").slice(0, -1).join(".") || address;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => `${count} ${type}`);
  const lines: string[] = [];
  for (const count of sorted) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + count.length < LINE_LENGTH) lines[lines.length - 1] = `${last}, ${count}`;
    else lines.push(count);
  }
  return lines.map((text) => line(SIGNS[elements[0]!.change], text));
}

function valueLines({ path, kind, before, after }: ValueChange): Line[] {
  switch (kind) {
    case "added":
      return [line("+", `${path}: ${excerpt(after)}`, 1)];
    case "removed":
      return [line("-", `${path}: ${excerpt(before)}`, 1)];
    case "reordered":
      return [line(" ", `${path}: the same in another order`, 1)];
    default: {
      if (isLong(before) && isLong(after)) return [line("~", `${path}:`, 1), ...textLines(before, after)];
      const [old, current] = excerpts(before, after);
      return [line("~", `${path}: ${old} -> ${current}`, 1)];
    }
  }
}

function isLong(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}

/** The lines in which two texts differ. */
function textLines(before: string, after: string): Line[] {
  const changed = diffArrays(before.split("\n"), after.split("\n")).flatMap(({ added, removed, value }) =>
    added || removed ? value.map((text) => line(added ? "+" : "-", textLine(text), 2)) : [],
  );
  if (changed.length <= LINES) return changed;
  return [...changed.slice(0, LINES), line(" ", `and ${changed.length - LINES} more lines`, 2)];
}

/** Nobody reads the beginning of minified code. */
function textLine(text: string): string {
  return text.length > CODE_LENGTH ? `(a line of ${text.length} characters)` : shortened(readable(text), LINE_LENGTH);
}
