import fc from "fast-check";
import { nameRules, physicalName } from "./names";

describe("physical names", () => {
  test("the parts are joined by hyphens", () => {
    expect(physicalName(nameRules.function, "kinesis-scaler", "monitor")).toBe("kinesis-scaler-monitor");
  });

  test("a name at the limit stays as it is, one beyond is cut and marked by a digest", () => {
    const atLimit = "a".repeat(64);
    expect(physicalName(nameRules.function, atLimit)).toBe(atLimit);
    expect(physicalName(nameRules.function, `${atLimit}b`)).toMatch(/^a{55}-[0-9a-f]{8}$/);
  });

  test("every name is allowed and within the limit, and different names stay different", () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9]{0,60}$/);
    const kinds = Object.values(nameRules);
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(part, { minLength: 1, maxLength: 6 }),
        part,
        (rule, parts, other) => {
          // CodeBuild refuses a name of one character, and so does its rule.
          fc.pre(parts.join("-").length > 1);
          const name = physicalName(rule, ...parts);
          expect(name.length).toBeLessThanOrEqual(rule.maxLength);
          expect(name).toMatch(rule.allowed);
          expect(physicalName(rule, ...parts)).toBe(name);
          expect(physicalName(rule, ...parts, other)).not.toBe(name);
        },
      ),
    );
  });

  test("a character that the service refuses is an error", () => {
    expect(() => physicalName(nameRules.queue, "a.b")).toThrow('The name "a.b" has a character');
  });
});

test("a name that is cut behind a hyphen has one hyphen there, not two", () => {
  expect(physicalName(nameRules.targetGroup, "asg-custom-metric-copy", "orders-target-group")).toMatch(
    /^asg-custom-metric-copy-[0-9a-f]{8}$/,
  );
});
