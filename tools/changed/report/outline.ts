import { type ProjectChange, type StackChange, stacksToPlan } from "../project-change";
import { type Alike, alike, type Block } from "./alike";
import { callOutLine, otherCallOuts, prominentCallOuts } from "./call-out-lines";
import { elementCounts, elementLines } from "./element-lines";
import { howToDestroy } from "./removed-stacks";

/** What a report says, in this order, before it is laid out. */
export interface Outline {
  /** What was compared with what. */
  readonly compared: string;
  /** Why the base does not synthesize, if so. */
  readonly mistakes?: string;
  /** How many stacks are touched. */
  readonly summary: string;
  readonly touched: readonly { readonly stack: string; readonly kind: string; readonly counts: string }[];
  readonly untouched: readonly string[];
  readonly callOuts: readonly Alike[];
  readonly details: readonly Alike[];
  readonly removed: readonly string[];
  /** How to destroy the removed stacks; empty when there are none. */
  readonly howToDestroy: readonly string[];
}

export function outlineOf(change: ProjectChange): Outline {
  const { base, head, stacks } = change;
  const touched = stacks.filter(({ kind }) => kind !== "untouched");
  const removed = stacks.filter(({ kind }) => kind === "removed");
  const told = (blocksOf: (stack: StackChange) => Block[]) =>
    alike(touched.map((one) => ({ stack: one.stack, blocks: blocksOf(one) })));
  return {
    compared:
      `Base ${base.ref} (${base.commit.slice(0, 8)}, ${base.subject}) and the working tree ` +
      `(${head.commit.slice(0, 8)}${head.isCommitted ? "" : " and what is not committed"})`,
    mistakes: base.mistakes,
    summary: summaryOf(change),
    touched: touched.map((one) => ({ stack: one.stack, kind: one.kind, counts: countsOf(one) })),
    untouched: stacks.filter(({ kind }) => kind === "untouched").map(({ stack }) => stack),
    callOuts: told((one) => prominentCallOuts(one).map((callOut) => [callOutLine(callOut)])),
    details: told(detailsOf),
    removed: removed.map(({ stack }) => stack),
    howToDestroy: howToDestroy(removed, base.commit),
  };
}

function detailsOf(change: StackChange): Block[] {
  switch (change.kind) {
    case "changed":
      return change.elements.map(elementLines);
    case "added":
      return [elementCounts(change.elements), ...otherCallOuts(change).map((callOut) => [callOutLine(callOut)])];
    default:
      return [];
  }
}

function summaryOf(change: ProjectChange): string {
  const { base, stacks } = change;
  if (base.mistakes !== undefined) {
    return "The base does not synthesize: nothing can be compared, and every stack counts as touched. Which stacks are removed is not known.";
  }
  const removed = stacks.filter(({ kind }) => kind === "removed").length;
  const touched = stacksToPlan(change).length;
  const all = touched + removed;
  if (all === 0) return `No stack is touched, of ${stacks.length}.`;
  const gone = removed > 0 ? `, ${removed} of them removed` : "";
  return `${all} of ${stacks.length} stacks ${all === 1 ? "is" : "are"} touched${gone}.`;
}

/** `2 added, 1 changed; opens 3, closes 1`. */
function countsOf({ elements, callOuts }: StackChange): string {
  const counted = (words: readonly (readonly [string, number])[]) =>
    words.filter(([, count]) => count > 0).map(([word, count]) => ({ word, count }));
  const changes = counted(
    (["added", "changed", "removed"] as const).map((one) => [
      one,
      elements.filter(({ change }) => change === one).length,
    ]),
  ).map(({ word, count }) => `${count} ${word}`);
  const effects = counted(
    (["opens", "closes"] as const).map((one) => [one, callOuts.filter(({ effect }) => effect === one).length]),
  ).map(({ word, count }) => `${word} ${count}`);
  return [changes.join(", "), effects.join(", ")].filter((text) => text !== "").join("; ");
}
