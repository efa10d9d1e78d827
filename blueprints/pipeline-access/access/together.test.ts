import fc from "fast-check";
import type { AccessGrant } from "./scope";
import { together } from "./together";

const grant = fc.record({
  actions: fc.uniqueArray(fc.constantFrom("a:1", "a:2", "b:1", "b:2"), { minLength: 1 }),
  resources: fc.constantFrom(["x"], ["y"], ["x", "y"]),
  conditions: fc.constantFrom(undefined, { StringEquals: { k: "v" } }),
});
const single = (grants: readonly AccessGrant[]) =>
  new Set(
    grants.flatMap(({ actions, resources, conditions }) =>
      actions.map((one) => JSON.stringify([one, resources, conditions])),
    ),
  );

test("grants are the same together as apart, and no two are on the same resources and conditions", () => {
  fc.assert(
    fc.property(fc.array(grant), (grants) => {
      const joined = together(grants);
      expect(single(joined)).toEqual(single(grants));
      const targets = joined.map(({ resources, conditions }) => JSON.stringify([resources, conditions]));
      expect(new Set(targets).size).toBe(targets.length);
    }),
  );
});
