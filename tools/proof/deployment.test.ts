import { Template } from "../../shared/testing/template";
import { openLocalSession } from "../local-aws/session";
import { permissionProblems } from "./deployed-permissions";
import { describeWithToolchain } from "./prepared-toolchain";
import { projectRoot, projectStacks } from "./project-stacks";
import { walkThrough } from "./walk-through";

const MINUTES = 60_000;

describeWithToolchain("on the local AWS", (toolchain) => {
  test.each(projectStacks())(
    "$name deploys, plans nothing twice, does its work with just its permissions, and is destroyed without a trace",
    async ({ name, checked, stack }) => {
      const lines: string[] = [];
      const report = (line: string) => lines.push(line);
      const session = await openLocalSession(toolchain, { root: projectRoot, name: `proof-${name}`, port: 0 }, report);
      try {
        const functions = Template.of(stack)
          .resources("aws_lambda_function")
          .map(({ attributes }) => attributes.function_name as string);
        await walkThrough({
          session,
          stack: checked,
          node: toolchain.node22,
          say: report,
          inspect: async (deployment) => {
            const problems = await permissionProblems(
              deployment,
              session.aws.requestLog,
              functions,
              stack.uncalledPermissions,
            );
            expect(problems).toEqual([]);
          },
        });
        expect(lines.at(-1)).toBe("Nothing is left.");
      } finally {
        await session.aws.down();
      }
    },
    10 * MINUTES,
  );
});
