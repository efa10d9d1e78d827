import type { Construct } from "constructs";
import { BlueprintStack } from "./blueprint-stack";
import { BlueprintMistakes } from "./mistakes";

/** One rule about one prop of a construct. */
export interface PropCheck {
  readonly prop: string;
  readonly holds: boolean;
  /** What the prop has to be: it follows "must be". */
  readonly allowed: string;
  readonly given: unknown;
  /** How to mend it. */
  readonly mend: string;
}

/**
 * Holds a construct's props against their ranges, which a blueprint passes on from its parameters.
 * @throws BlueprintMistakes with every rule that does not hold
 */
export function checkProps(construct: Construct, checks: readonly PropCheck[]): void {
  const where = placeOf(construct);
  const mistakes = checks
    .filter(({ holds }) => !holds)
    .map(
      ({ prop, allowed, given, mend }) => `${where}.${prop}: must be ${allowed}, got ${JSON.stringify(given)}; ${mend}`,
    );
  if (mistakes.length > 0) throw new BlueprintMistakes(mistakes);
}

/** How a message names a construct: `<stack>: <path, with dots>`. */
export function placeOf(construct: Construct): string {
  const [, ...path] = construct.node.path.split("/");
  return `${BlueprintStack.of(construct).stackName}: ${path.join(".")}`;
}

/** Whether a number is whole and between two others, both included. */
export function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

/** The rule of a whole number between two others, both allowed; none where the default is taken. */
export function wholeNumber(prop: string, given: number | undefined, from: number, to: number): PropCheck[] {
  if (given === undefined) return [];
  return [
    {
      prop,
      holds: isWhole(given, from, to),
      allowed: `a whole number of ${from}..${to}`,
      given,
      mend: given < from ? `take ${from} or more` : `take ${to} or less`,
    },
  ];
}
