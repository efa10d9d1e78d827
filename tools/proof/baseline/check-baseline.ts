import type { TerraformStack } from "cdktf";
import { Template } from "../../../shared/testing/template";
import type { Finding } from "./rule";
import { rules } from "./rules";
import { textsIn } from "./texts";

/** A departure from the baseline that a blueprint declares, with its reason. */
export interface BaselineException {
  /** A rule's whole id, such as `58.deletion`. */
  readonly rule: string;
  /** The beginning of the addresses it is for, or a RegExp for them. */
  readonly resource: string | RegExp;
  /** Why, in at least 20 characters: it stands in the blueprint's README. */
  readonly reason: string;
}

export interface Violation extends Finding {
  readonly rule: string;
  readonly title: string;
}

export interface BaselineResult {
  readonly violations: readonly Violation[];
  /** What would be a violation but for an exception. */
  readonly accepted: readonly (Violation & { readonly reason: string })[];
}

const SHORTEST_REASON = 20;

/**
 * Holds one stack against the security baseline. An exception that is not needed, has no real reason, or names no rule
 * is a violation too, so that exceptions cannot outlive their cause.
 *
 * @param source as for {@link Template.of}
 * @param parameters what the deploying person chose, such as the ARN of something in their account: it may hold what a
 * blueprint may not write down
 */
export async function checkBaseline(
  source: TerraformStack | string | object,
  exceptions: readonly BaselineException[] = [],
  parameters: object = {},
): Promise<BaselineResult> {
  const template = Template.of(source);
  // A stack's Region is one of its parameters, and may not be written down all the same.
  const given = textsIn({ ...parameters, region: undefined });
  const findings = await Promise.all(
    rules.map(async ({ id, title, check }) =>
      (await check(template, given)).map((finding): Violation => ({ rule: id, title, ...finding })),
    ),
  );
  const found = findings.flat();
  const accepted = found.flatMap((violation) => {
    const exception = exceptions.find((candidate) => covers(candidate, violation));
    return exception ? [{ ...violation, reason: exception.reason }] : [];
  });
  return {
    violations: [
      ...found.filter((violation) => !exceptions.some((exception) => covers(exception, violation))),
      ...exceptions.flatMap((exception) => faultsOf(exception, found)),
    ],
    accepted,
  };
}

/** One paragraph a violation, for people to read; empty when there is none. */
export function formatViolations(violations: readonly Violation[]): string {
  return violations
    .map(({ rule, title, address, what, mend }) => `${address} ${what}\n  rule ${rule}: ${title}\n  mend: ${mend}`)
    .join("\n");
}

function covers({ rule, resource }: BaselineException, violation: Violation): boolean {
  if (rule !== violation.rule) return false;
  if (typeof resource === "string") return violation.address.startsWith(resource);
  return violation.address.search(resource) >= 0;
}

function faultsOf(exception: BaselineException, found: readonly Violation[]): Violation[] {
  const fault = (what: string, mend: string): Violation => ({
    rule: "exception",
    title: "an exception is for something, and has a reason",
    address: `exception from ${exception.rule} for ${exception.resource}`,
    what,
    mend,
  });
  if (!rules.some(({ id }) => id === exception.rule)) {
    return [fault("names a rule that does not exist", `use one of ${rules.map(({ id }) => id).join(", ")}`)];
  }
  return [
    ...(found.some((violation) => covers(exception, violation))
      ? []
      : [fault("matches nothing", "remove it, or correct its resource")]),
    ...(exception.reason.trim().length >= SHORTEST_REASON
      ? []
      : [fault("has no reason", `give a reason of at least ${SHORTEST_REASON} characters`)]),
  ];
}
