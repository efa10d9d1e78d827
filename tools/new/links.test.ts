import { linkedPaths, withoutDeadLinks } from "./links";

const file = "blueprints/scaler/README.md";
const text =
  "[one](../../docs/one.md#part), [code](stack.ts), [other\nlines](../jenkins/README.md), [web](https://a.b/c), [here](#cost)";

test("links are told as paths of the project, those to the web and to the file itself are not", () => {
  expect(linkedPaths(file, text)).toEqual([
    "docs/one.md",
    "blueprints/scaler/stack.ts",
    "blueprints/jenkins/README.md",
  ]);
});

test("a link to what is not there becomes its text, and the others stay", () => {
  expect(withoutDeadLinks(file, text, (path) => path.includes("scaler"))).toBe(
    "one, [code](stack.ts), other\nlines, [web](https://a.b/c), [here](#cost)",
  );
});
