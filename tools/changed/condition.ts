import type { PolicyStatement } from "../../shared/testing/policy-document";

type Condition = NonNullable<PolicyStatement["Condition"]>;

interface Test {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Operators by which one of several values is enough, so that another value is a wider condition. */
const ONE_IS_ENOUGH =
  /^(?:For(?:AnyValue|AllValues):)?(?:String(?:Equals|EqualsIgnoreCase|Like)|Arn(?:Equals|Like)|IpAddress)(?:IfExists)?$/i;

/** The same text for the same condition, whatever the order in it. */
export function conditionKey(condition: Condition = {}): string {
  const sorted = tests(condition).map(({ operator, key, values }) => [operator, key, [...values].sort()]);
  return JSON.stringify(sorted.map((test) => JSON.stringify(test)).sort());
}

/** `StringEquals aws:SourceAccount 111122223333 or 444455556666`; empty for none. */
export function conditionText(condition: Condition = {}): string {
  return tests(condition)
    .map(({ operator, key, values }) => `${operator} ${key} ${values.join(" or ")}`)
    .join(" and ");
}

/** Whether one condition holds wherever the other does: each of its tests is among the other's, with as many values or more. */
export function conditionCovers(wide: Condition = {}, narrow: Condition = {}): boolean {
  return tests(wide).every((test) => tests(narrow).some((other) => testCovers(test, other)));
}

function tests(condition: Condition): Test[] {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  );
}

function testCovers(wide: Test, narrow: Test): boolean {
  if (wide.operator !== narrow.operator || wide.key.toLowerCase() !== narrow.key.toLowerCase()) return false;
  const hasAllOf = (one: Test, other: Test) => other.values.every((value) => one.values.includes(value));
  return hasAllOf(wide, narrow) && (ONE_IS_ENOUGH.test(wide.operator) || hasAllOf(narrow, wide));
}
