import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { Template } from "../../shared/testing/template";
import { Cdktf } from "../local-aws/cdktf";
import { openLocalSession } from "../local-aws/session";
import { permissionProblems } from "./deployed-permissions";
import { describeWithToolchain, type PreparedToolchain } from "./prepared-toolchain";
import { type ProjectStack, projectRoot, projectStacks } from "./project-stacks";
import { walkThrough } from "./walk-through";

const MINUTES = 60_000;

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

  test.each(projectStacks())("finds nothing to say about $name", async ({ name }) => {
    const cdktf = new Cdktf({
      root: projectRoot,
      environment: { ...(process.env as Record<string, string>), ...toolchain.environment },
      output,
      terraform: toolchain.terraform.binary,
    });
    expect(await cdktf.validate(name)).toEqual([]);
  });
});

// The provider waits most of the time (60 seconds for a load balancer), so the stacks' lives run side by side, each on a
// local AWS of its own.
describeWithToolchain("on the local AWS", (toolchain) => {
  const lives = new Map<string, Promise<PromiseSettledResult<string | undefined>[]>>();
  beforeAll(() => {
    for (const one of projectStacks()) lives.set(one.name, Promise.allSettled([live(one, toolchain)]));
  });

  test.each(projectStacks())(
    "$name deploys, plans nothing twice, does its work with just its permissions, and is destroyed without a trace",
    async ({ name }) => {
      const [end] = (await lives.get(name)) ?? [];
      if (end?.status === "rejected") throw end.reason;
      expect(end?.value).toBe("Nothing is left.");
    },
    10 * MINUTES,
  );
});

/** A stack from its deployment to its end. @returns the last line that was said */
async function live({ name, checked, stack }: ProjectStack, toolchain: PreparedToolchain): Promise<string | undefined> {
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
    return lines.at(-1);
  } finally {
    await session.aws.down();
  }
}
