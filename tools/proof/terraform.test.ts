import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { Template } from "../../shared/testing/template";
import { Cdktf } from "../local-aws/cdktf";
import { openLocalSession } from "../local-aws/session";
import { permissionProblems } from "./deployed-permissions";
import { describeWithToolchain } from "./prepared-toolchain";
import { projectRoot, projectStacks } from "./project-stacks";
import { walkThrough } from "./walk-through";

const MINUTES = 60_000;

// In one file, and so one after the other: two first inits at once would download the provider into one cache.
describeWithToolchain("terraform validate, with the real provider", (toolchain) => {
  let output: string;
  beforeAll(() => {
    output = mkdtempSync(join(tmpdir(), "validate-"));
    const { status, stderr } = spawnSync(process.execPath, appArguments(), {
      cwd: projectRoot,
      encoding: "utf8",
      env: { ...process.env, ...toolchain.environment, CDKTF_OUTDIR: output },
    });
    expect([status, stderr]).toEqual([0, ""]);
  });
  afterAll(() => rmSync(output, { recursive: true, force: true }));

  test.each(projectStacks())(
    "finds nothing to say about $name",
    async ({ name }) => {
      const cdktf = new Cdktf({
        root: projectRoot,
        environment: { ...(process.env as Record<string, string>), ...toolchain.environment },
        output,
        terraform: toolchain.terraform.binary,
      });
      expect(await cdktf.validate(name)).toEqual([]);
    },
    120_000,
  );
});

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
