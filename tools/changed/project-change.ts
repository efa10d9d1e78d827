import type { Template } from "../../shared/testing/template";
import type { CallOut } from "./call-out";
import { callOutsOf } from "./call-outs";
import type { Revision, WorkingTree } from "./revision";
import { type ElementChange, stackDifference } from "./stack-difference";
import type { Synthesis } from "./synthesis";

/** What a change does to one stack. */
export interface StackChange {
  readonly stack: string;
  /** `uncompared`: the base does not synthesize, so the stack counts as touched. */
  readonly kind: "added" | "changed" | "removed" | "untouched" | "uncompared";
  /** What differs; of an added or a removed stack, all that it has. */
  readonly elements: readonly ElementChange[];
  readonly callOuts: readonly CallOut[];
  /** Of a removed stack: the backend that holds its state, as in Terraform JSON. */
  readonly backend?: unknown;
}

/** What a change does to the project. */
export interface ProjectChange {
  readonly base: Revision & {
    /** Why it does not synthesize, if so. */
    readonly mistakes?: string;
  };
  readonly head: WorkingTree;
  /** Of both revisions, by name. */
  readonly stacks: readonly StackChange[];
}

type Stacks = ReadonlyMap<string, Template>;

/** Compares each stack of the base with the one of the same name in the working tree. */
export async function stackChanges(base: Synthesis, head: Stacks): Promise<StackChange[]> {
  if ("mistakes" in base) {
    return [...head.keys()].map((stack) => ({ stack, kind: "uncompared", elements: [], callOuts: [] }));
  }
  const names = [...new Set([...base.stacks.keys(), ...head.keys()])].sort();
  return Promise.all(names.map((stack) => stackChange(stack, base.stacks.get(stack), head.get(stack))));
}

async function stackChange(
  stack: string,
  before: Template | undefined,
  after: Template | undefined,
): Promise<StackChange> {
  const elements = stackDifference(before, after);
  if (!after) return { stack, kind: "removed", elements, callOuts: [], backend: before?.json.terraform?.backend };
  if (!before) return { stack, kind: "added", elements, callOuts: await callOutsOf(undefined, after) };
  if (elements.length === 0) return { stack, kind: "untouched", elements, callOuts: [] };
  return { stack, kind: "changed", elements, callOuts: await callOutsOf(before, after) };
}

/** The stacks that have to be planned. */
export function stacksToPlan({ stacks }: ProjectChange): string[] {
  return stacks.filter(({ kind }) => ["added", "changed", "uncompared"].includes(kind)).map(({ stack }) => stack);
}
