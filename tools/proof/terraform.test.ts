import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import type { ProjectCopy } from "../../shared/testing/project-copy";
import { Template } from "../../shared/testing/template";
import { Cdktf } from "../local-aws/cdktf";
import { openLocalSession } from "../local-aws/session";
import { permissionProblems } from "./deployed-permissions";
import { describeWithToolchain, type PreparedToolchain } from "./prepared-toolchain";
import { type ProjectStack, projectRoot, projectStacks } from "./project-stacks";
import { blueprintOf, copiedStack, projectWithCopies } from "./project-with-copies";
import { deployBeside } from "./side-by-side";
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
// local AWS of its own. The first stack of each blueprint gets, once it has done its work, that of a copied folder beside it.
describeWithToolchain("on the local AWS", (toolchain) => {
  const stacks = projectStacks();
  const firsts = stacks.filter(
    (one, index) => stacks.findIndex((other) => blueprintOf(other) === blueprintOf(one)) === index,
  );
  const lives = new Map<string, Promise<PromiseSettledResult<string | undefined>[]>>();
  const projects: ProjectCopy[] = [];
  beforeAll(() => {
    for (const one of stacks) {
      const copy = firsts.includes(one) ? projectWithCopies([blueprintOf(one)]) : undefined;
      if (copy) projects.push(copy);
      lives.set(one.name, Promise.allSettled([live(one, toolchain, copy)]));
    }
  });
  afterAll(async () => {
    // A test that has waited too long leaves a life going on: what is deployed is still destroyed.
    await Promise.all(lives.values());
    for (const project of projects) project.delete();
  }, 10 * MINUTES);
  const outcome = async (name: string) => {
    const [end] = (await lives.get(name)) ?? [];
    if (end?.status === "rejected") throw end.reason;
    return end?.value;
  };

  test.each(stacks)(
    "$name deploys, plans nothing twice, does its work with just its permissions, and is destroyed without a trace",
    async ({ name }) => expect(await outcome(name)).toBe("Nothing is left."),
    20 * MINUTES,
  );

  test("a stack of each blueprint had that of a copied folder beside it, and neither took anything from the other", async () => {
    for (const { name } of firsts) await outcome(name);
    expect(besides.sort()).toEqual(firsts.map((one) => `${one.name} and ${copiedStack(one)}`).sort());
  });
});

/** Which two stacks have stood side by side. */
const besides: string[] = [];

/**
 * A stack from its deployment to its end.
 * @param copies The project that holds the blueprint's copy, where that shall be deployed beside it.
 * @returns the last line that was said
 */
async function live(
  one: ProjectStack,
  toolchain: PreparedToolchain,
  copies?: ProjectCopy,
): Promise<string | undefined> {
  const { name, checked, stack } = one;
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  const place = { root: copies?.root ?? projectRoot, name: `proof-${name}`, port: 0 };
  const session = await openLocalSession(toolchain, place, report);
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
        if (!copies) return;
        await deployBeside(session.cdktf, name, copiedStack(one));
        besides.push(`${name} and ${copiedStack(one)}`);
      },
    });
    return lines.at(-1);
  } finally {
    await session.aws.down();
  }
}
