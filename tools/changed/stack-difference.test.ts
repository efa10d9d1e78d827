import * as fc from "fast-check";
import { type Attributes, Template } from "../../shared/testing/template";
import { stackDifference } from "./stack-difference";

const stack = (json: Attributes) => Template.of(json as object);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const section = fc.dictionary(name, fc.dictionary(name, fc.dictionary(name, fc.string()), { minKeys: 1 }));
const stacks = fc.record({
  resource: section,
  data: section,
  output: fc.dictionary(name, fc.dictionary(name, fc.string())),
});

test("a stack does not differ from itself, whatever the order of its JSON and of metadata", () => {
  fc.assert(
    fc.property(stacks, (json) => {
      const reordered = Object.fromEntries(Object.entries(json).reverse());
      expect(stackDifference(stack(json), stack({ "//": { metadata: 1 }, ...reordered }))).toEqual([]);
    }),
  );
});

test("each resource that is added, and each that is removed, is told once", () => {
  fc.assert(
    fc.property(stacks, stacks, (before, after) => {
      const changes = stackDifference(stack(before), stack(after));
      const told = (change: string) => changes.filter((one) => one.change === change).map(({ address }) => address);
      const addresses = (json: typeof before) => [
        ...[...stack(json).resources(), ...stack(json).dataSources()].map(({ address }) => address),
        ...Object.keys(json.output).map((output) => `output.${output}`),
      ];
      const without = (some: string[], others: string[]) => some.filter((one) => !others.includes(one)).sort();
      expect(told("added").sort()).toEqual(without(addresses(after), addresses(before)));
      expect(told("removed").sort()).toEqual(without(addresses(before), addresses(after)));
    }),
  );
});

test("backend, provider, locals, and sections that nobody thought of are compared too", () => {
  const before = {
    terraform: { backend: { local: { path: "a" } } },
    provider: { aws: [{ region: "eu-central-1" }] },
    locals: { settings: "1" },
    moved: [{ from: "a", to: "b" }],
  };
  const after = {
    terraform: { backend: { local: { path: "b" } } },
    provider: { aws: [{ region: "eu-west-1" }] },
    locals: { settings: "2" },
    moved: [{ from: "a", to: "c" }],
  };
  expect(
    stackDifference(stack(before), stack(after)).flatMap(({ address, values }) =>
      values.map(({ path }) => `${address} ${path}`),
    ),
  ).toEqual(["terraform backend.local.path", "provider.aws [0].region", "local.settings ", "moved [0].to"]);
});
