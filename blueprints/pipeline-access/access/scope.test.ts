import fc from "fast-check";
import { nameRules, physicalName } from "../../../shared/blueprint/names";
import { matchesWildcard } from "../../../shared/testing/wildcard";
import { namePattern } from "./scope";

const kinds = Object.keys(nameRules) as (keyof typeof nameRules)[];
const words = fc.array(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), { minLength: 1, maxLength: 4 });
const stackName = words.map((parts) => parts.join("-").slice(0, 40).replace(/-$/, ""));
const what = words.map((parts) => parts.join("-"));
const kind = fc.constantFrom(...kinds);

describe("the pattern of a stack's names", () => {
  test("matches every name that the stack can give, also one that was cut", () => {
    fc.assert(
      fc.property(kind, stackName, what, (kind, stack, part) => {
        expect(matchesWildcard(namePattern(kind, stack), physicalName(nameRules[kind], stack, part))).toBe(true);
      }),
    );
  });

  test("matches, where it is of several stacks, the names of each that begins so", () => {
    fc.assert(
      fc.property(kind, stackName, stackName, what, (kind, beginning, end, part) => {
        const stack = `${beginning}${end}`.slice(0, 40).replace(/-$/, "");
        const name = physicalName(nameRules[kind], stack, part);
        expect(matchesWildcard(namePattern(kind, `${beginning}*`), name)).toBe(true);
      }),
    );
  });

  test("does not match another stack's names, where the service's limit leaves room for the stack's", () => {
    expect(matchesWildcard(namePattern("queue", "orders"), physicalName(nameRules.queue, "orderly", "work"))).toBe(
      false,
    );
    expect(matchesWildcard(namePattern("queue", "orders"), physicalName(nameRules.queue, "my-orders", "work"))).toBe(
      false,
    );
  });
});
