import type { CallOut } from "../call-out";
import type { StackChange } from "../project-change";
import { type Line, line } from "./line";
import { readable, shortened } from "./readable";

/** Characters of a call-out that are shown: some dozens of actions and resources. */
const LENGTH = 1_000;

export function callOutLine({ effect, address, what, attention }: CallOut): Line {
  const sign = effect === "closes" ? "-" : attention.length > 0 ? "!" : "+";
  const look = attention.length > 0 ? ` [${attention.join("; ")}]` : "";
  return line(sign, `${readable(address)}: ${shortened(readable(what), LENGTH)}${look}`);
}

/** What of a stack's call-outs stands first in a report: all, but of a new stack only what deserves a second look. */
export function prominentCallOuts({ kind, callOuts }: StackChange): readonly CallOut[] {
  return kind === "added" ? callOuts.filter(({ attention }) => attention.length > 0) : callOuts;
}

/** What is left for the stack's own section. */
export function otherCallOuts(change: StackChange): readonly CallOut[] {
  const prominent = prominentCallOuts(change);
  return change.callOuts.filter((callOut) => !prominent.includes(callOut));
}
