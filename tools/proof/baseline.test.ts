import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBaseline, formatViolations } from "./baseline/check-baseline";
import { projectStacks } from "./project-stacks";

const stacks = projectStacks();

test("the project has stacks to hold against the security baseline", () => {
  expect(stacks.map(({ name }) => name)).toContain("kinesis-scaler");
});

describe.each(stacks)("$name", ({ stack, checked }) => {
  test("meets the security baseline, or says in its code why not", async () => {
    const { violations } = await checkBaseline(stack, stack.baselineExceptions);
    expect(formatViolations(violations)).toBe("");
  });

  test("its README prints every exception with its reason", () => {
    const readme = readFileSync(join(checked.folder, "README.md"), "utf8");
    for (const { reason } of stack.baselineExceptions) expect(readme).toContain(reason);
  });
});
