import type { Line } from "./line";

/** Lines that belong together: what is said of one resource. */
export type Block = readonly Line[];

/** Stacks of which the same is to be said. */
export interface Alike {
  readonly stacks: readonly string[];
  readonly lines: readonly Line[];
}

/** Stands for a stack's name where several stacks are told of at once. */
const ANY_STACK = "<stack>";

/** Puts together what is said of several stacks, but for their own names: what is said of most comes first. */
export function alike(told: readonly { readonly stack: string; readonly blocks: readonly Block[] }[]): Alike[] {
  const byBlock = new Map<string, { stacks: string[]; own: Block; ofAny: Block }>();
  for (const { stack, blocks } of told) {
    for (const own of blocks) {
      const ofAny = own.map((one) => ({ ...one, text: one.text.replaceAll(stack, ANY_STACK) }));
      const known = byBlock.get(JSON.stringify(ofAny));
      if (known) known.stacks.push(stack);
      else byBlock.set(JSON.stringify(ofAny), { stacks: [stack], own, ofAny });
    }
  }
  const byStacks = new Map<string, { stacks: readonly string[]; lines: Line[] }>();
  for (const { stacks, own, ofAny } of byBlock.values()) {
    const group = byStacks.get(stacks.join()) ?? { stacks, lines: [] };
    byStacks.set(stacks.join(), group);
    group.lines.push(...(stacks.length === 1 ? own : ofAny));
  }
  return [...byStacks.values()].sort((a, b) => b.stacks.length - a.stacks.length);
}
