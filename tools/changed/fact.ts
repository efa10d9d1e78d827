import type { Template } from "../../shared/testing/template";
import type { CallOut } from "./call-out";

/** Something that holds of a stack as it is, and that a reviewer has to see when it comes or goes. */
export interface Fact {
  /** `closes`: it keeps something out, so that a stack is more open without it. */
  readonly effect: CallOut["effect"];
  readonly address: string;
  /** Said of the address in the present tense: `lets in 10.0.0.0/16 on tcp 443`. */
  readonly what: string;
  readonly attention?: readonly string[];
}

/**
 * Which facts came and went. What a resource keeps out is not missed when the resource is gone too.
 *
 * @param before undefined for a stack that is new
 */
export function factChanges(
  topic: CallOut["topic"],
  factsOf: (template: Template) => readonly Fact[],
  before: Template | undefined,
  after: Template,
): CallOut[] {
  const [old, current] = [before ? factsOf(before) : [], factsOf(after)];
  const isIn = (facts: readonly Fact[], fact: Fact) =>
    facts.some(({ address, what }) => address === fact.address && what === fact.what);
  const isGone = (address: string) => before?.at(address) !== undefined && after.at(address) === undefined;
  const came = unique(current).filter((fact) => !isIn(old, fact));
  const went = unique(old).filter(
    (fact) => !isIn(current, fact) && !(fact.effect === "closes" && isGone(fact.address)),
  );
  return [
    ...came.map(({ effect, address, what, attention = [] }) => ({
      topic,
      effect,
      address,
      what: when("now", what),
      attention: effect === "opens" ? attention : [],
    })),
    ...went.map(({ effect, address, what, attention = [] }) => ({
      topic,
      effect: effect === "opens" ? ("closes" as const) : ("opens" as const),
      address,
      what: when("no longer", what),
      attention: effect === "closes" ? attention : [],
    })),
  ];
}

/** `is now open`, `no longer lets in`. */
function when(adverb: "now" | "no longer", what: string): string {
  return what.startsWith("is ") ? `is ${adverb} ${what.slice("is ".length)}` : `${adverb} ${what}`;
}

function unique(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [`${fact.address} ${fact.what}`, fact])).values()];
}
