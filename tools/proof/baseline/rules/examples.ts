import { Template } from "../../../../shared/testing/template";
import type { Rule } from "../rule";

export interface Examples {
  /** What is wrong -> Terraform JSON that is, and what the finding says. */
  readonly violating: Record<string, readonly [json: object, finding: RegExp]>;
  readonly conforming: Record<string, object>;
}

/** Shows each rule both failing and content. A rule without both kinds of example fails the test. */
export function testRules(rules: readonly Rule[], examples: Record<string, Examples>): void {
  test("every rule has examples, and no example is without its rule", () => {
    expect(Object.keys(examples).sort()).toEqual(rules.map(({ id }) => id).sort());
    for (const { violating, conforming } of Object.values(examples)) {
      expect(Object.keys(violating)).not.toEqual([]);
      expect(Object.keys(conforming)).not.toEqual([]);
    }
  });

  describe.each(rules.map((rule) => [rule.id, rule] as const))("rule %s", (id, rule) => {
    const { violating = {}, conforming = {} } = examples[id] ?? {};

    test.each(Object.entries(violating))("finds %s", async (_, [json, finding]) => {
      const findings = await rule.check(Template.of(json), []);
      expect(findings.map(({ address, what }) => `${address} ${what}`)).toEqual([expect.stringMatching(finding)]);
      expect(findings[0]?.mend).not.toBe("");
    });

    test.each(Object.entries(conforming))("is content with %s", async (_, json) => {
      expect(await rule.check(Template.of(json), [])).toEqual([]);
    });

    test("finds nothing in a stack without such resources", async () => {
      const empty = { terraform: { required_version: ">= 1.10" } };
      expect(await rule.check(Template.of(empty), [])).toEqual([]);
    });
  });
}

/** Terraform JSON with resources by address: `{ "aws_sqs_queue.jobs": { name: "jobs" } }`. */
export function resources(byAddress: Record<string, object>): { resource: Record<string, Record<string, object>> } {
  const resource: Record<string, Record<string, object>> = {};
  for (const [address, attributes] of Object.entries(byAddress)) {
    const [type = "", name = ""] = address.split(".");
    resource[type] = { ...resource[type], [name]: attributes };
  }
  return { resource };
}

/** A policy document with the given statements, as text. */
export function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
