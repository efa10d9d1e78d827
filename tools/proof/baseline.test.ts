import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBaseline, formatViolations } from "./baseline/check-baseline";
import { provenStacks, unprovenStacks } from "./project-stacks";

const proven = provenStacks();

test.each([...proven, ...unprovenStacks(proven)])(
  "$name with $checked.parametersFile meets the security baseline, or says in its code why not",
  async ({ stack }) => {
    const { violations } = await checkBaseline(stack, stack.baselineExceptions, stack.parameters);
    expect(formatViolations(violations)).toBe("");
  },
);

test.each(proven)("the README prints every exception of $name, with its reason", ({ stack, checked }) => {
  const readme = readFileSync(join(checked.folder, "README.md"), "utf8");
  for (const { reason } of stack.baselineExceptions) expect(readme).toContain(reason);
});
