import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { Template } from "../../shared/testing/template";
import { Cdktf } from "../local-aws/cdktf";
import { openLocalSession } from "../local-aws/session";
import { localAccount, permissionProblems } from "./deployed-permissions";
import { deployedResources } from "./deployed-resources";
import { parseCalls } from "./permissions/calls";
import type { KnownResource } from "./permissions/services";
import { PHASES, PipelinePermissions, type UsedActions } from "./pipeline-permissions";
import { describeWithToolchain, type PreparedToolchain } from "./prepared-toolchain";
import { type ProjectStack, projectRoot, projectStacks, provenStacks } from "./project-stacks";
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
  const stacks = provenStacks();
  const firsts = stacks.filter(
    (one, index) => stacks.findIndex((other) => blueprintOf(other) === blueprintOf(one)) === index,
  );
  const lives = new Map<string, Promise<PromiseSettledResult<Life>[]>>();
  const projects: ProjectCopy[] = [];
  beforeAll(() => {
    for (const one of stacks) {
      const isFirst = firsts.includes(one);
      const project = isFirst ? projectWithCopies([blueprintOf(one)]) : new ProjectCopy([blueprintOf(one)]);
      projects.push(project);
      lives.set(one.name, Promise.allSettled([live(one, toolchain, project, isFirst)]));
    }
  });
  afterAll(async () => {
    // A test that has waited too long leaves a life going on: what is deployed is still destroyed.
    await Promise.all(lives.values());
    for (const project of projects) project.delete();
  }, 10 * MINUTES);
  const lifeOf = async (name: string): Promise<Life | undefined> => {
    const [end] = (await lives.get(name)) ?? [];
    if (end?.status === "rejected") throw end.reason;
    return end?.value;
  };

  test.each(stacks)(
    "$name deploys, plans nothing twice, does its work with just its permissions, and is destroyed without a trace",
    async ({ name }) => {
      expect((await lifeOf(name))?.lastLine).toBe("Nothing is left.");
    },
    20 * MINUTES,
  );

  test(
    "a stack of each blueprint had that of a copied folder beside it, and neither took anything from the other",
    async () => {
      for (const one of firsts) expect((await lifeOf(one.name))?.beside).toBe(copiedStack(one));
    },
    20 * MINUTES,
  );

  const pipelined = stacks.filter(({ checked }) => !checked.blueprint.isFoundation);
  test.each(pipelined)(
    "the pipeline's roles allow what Terraform called for $name: the plan role its plans, the apply role the rest",
    async ({ name }) => {
      expect((await lifeOf(name))?.refused).toEqual([]);
    },
    20 * MINUTES,
  );

  test(
    "what the pipeline's roles may do, Terraform called for some stack, or there is a reason in pipeline-access",
    async () => {
      const used = await Promise.all(pipelined.map(async ({ name }) => (await lifeOf(name))?.used));
      const permissions = new PipelinePermissions(["any"], localAccount("us-east-1"));
      for (const phase of PHASES) {
        const called = used.flatMap((one) => one?.[phase] ?? []);
        expect([phase, permissions.needless(phase, called)]).toEqual([phase, []]);
      }
    },
    20 * MINUTES,
  );
});

interface Life {
  /** What was said last. */
  readonly lastLine: string | undefined;
  /** The copied stack that was deployed beside it. */
  readonly beside: string | undefined;
  /** Calls of Terraform's that the pipeline's roles would not allow. */
  readonly refused: readonly string[];
  /** Actions of those roles that were needed. */
  readonly used: UsedActions;
}

/**
 * A stack from its deployment to its end.
 * @param project holds the blueprint and, if that shall be deployed beside it, its copy
 */
async function live(
  one: ProjectStack,
  toolchain: PreparedToolchain,
  project: ProjectCopy,
  withCopy: boolean,
): Promise<Life> {
  const { name, checked, stack } = one;
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  const place = { root: project.root, name: `proof-${name}`, port: 0 };
  const session = await openLocalSession(toolchain, place, report);
  const environment = localAccount(checked.parameters.region);
  const calls = () => parseCalls(readFileSync(session.aws.requestLog, "utf8"));
  let resources: KnownResource[] = [];
  let beside: string | undefined;
  /** The calls, by their places in the log, while the copy was there. */
  let copied = { from: 0, to: 0 };
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
        resources = await deployedResources(await session.cdktf.deployed(name), deployment.clientConfig, environment);
        const problems = await permissionProblems(
          deployment,
          session.aws.requestLog,
          functions,
          stack.uncalledPermissions,
        );
        expect(problems).toEqual([]);
        if (!withCopy) return;
        beside = copiedStack(one);
        const from = calls().length;
        await deployBeside(session.cdktf, name, beside);
        copied = { from, to: calls().length };
      },
    });
    const ended = { lastLine: lines.at(-1), beside };
    if (checked.blueprint.isFoundation) return { ...ended, refused: [], used: { plan: [], apply: [] } };
    const own = calls().filter((_, index) => index < copied.from || index >= copied.to);
    return { ...ended, ...(await new PipelinePermissions([name], environment).judge(own, resources)) };
  } finally {
    await session.aws.down();
  }
}
