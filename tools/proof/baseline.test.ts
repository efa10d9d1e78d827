import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBaseline, formatViolations } from "./baseline/check-baseline";
import { allStacks, provenStacks } from "./project-stacks";

test.each(allStacks())(
  "$name with $checked.parametersFile meets the security baseline, or says in its code why not",
  async ({ stack }) => {
    const { violations } = await checkBaseline(stack, stack.baselineExceptions, stack.parameters);
    expect(formatViolations(violations)).toBe("");
  },
);

test.each(provenStacks())("the README prints every exception of $name, with its reason", ({ stack, checked }) => {
  const readme = readFileSync(join(checked.folder, "README.md"), "utf8");
  for (const { reason } of stack.baselineExceptions) expect(readme).toContain(reason);
});
