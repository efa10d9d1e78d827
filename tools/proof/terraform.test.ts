import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { Cdktf } from "../local-aws/cdktf";
import { openLocalSession } from "../local-aws/session";
import { localAccount, permissionProblems } from "./deployed-permissions";
import { deployedResources } from "./deployed-resources";
import { Lanes } from "./lanes";
import { parseCalls } from "./permissions/calls";
import type { KnownResource } from "./permissions/services";
import { PHASES, PipelinePermissions, type UsedActions } from "./pipeline-permissions";
import { describeWithToolchain, type PreparedToolchain } from "./prepared-toolchain";
import { type ProjectStack, projectRoot, provenStacks, unprovenStacks } from "./project-stacks";
import { adoptsFromOriginal, blueprintOf, copiedStack, projectWithCopies } from "./project-with-copies";
import { type NeighbourStack, walkThrough } from "./walk-through";

const MINUTES = 60_000;
/** Nine lives, six of them with a copy, took 8 GB together at most (measured): twice the share of one, as peaks may meet. */
const MEMORY_OF_A_LIFE = 2 * 2 ** 30;
const stacks = provenStacks();

// Those with the proof's values are deployed, below.
describeWithToolchain("terraform validate, with the real provider", (toolchain) => {
  test(
    "finds nothing to say about stacks whose values are the project's own",
    async () => {
      const output = mkdtempSync(join(tmpdir(), "validate-"));
      try {
        const environment = { ...(process.env as Record<string, string>), ...toolchain.environment };
        const { status, stderr } = spawnSync(process.execPath, appArguments(), {
          cwd: projectRoot,
          encoding: "utf8",
          env: { ...environment, CDKTF_OUTDIR: output },
        });
        expect([status, stderr]).toEqual([0, ""]);
        const cdktf = new Cdktf({ root: projectRoot, environment, output, terraform: toolchain.terraform.binary });
        for (const { name } of unprovenStacks(stacks)) expect([name, await cdktf.validate(name)]).toEqual([name, []]);
      } finally {
        rmSync(output, { recursive: true, force: true });
      }
    },
    5 * MINUTES,
  );
});

// The provider waits most of the time (60 seconds for a load balancer), so the stacks' lives run side by side, as many as
// fit into memory, each on a local AWS of its own. The first stack of each blueprint has that of a copied folder beside it.
describeWithToolchain("on the local AWS", (toolchain) => {
  const firsts = stacks.filter(
    (one, index) => stacks.findIndex((other) => blueprintOf(other) === blueprintOf(one)) === index,
  );
  const lives = new Map<string, Promise<PromiseSettledResult<Life>[]>>();
  const projects: ProjectCopy[] = [];
  beforeAll(() => {
    const lanes = new Lanes(Math.floor(freemem() / MEMORY_OF_A_LIFE));
    for (const one of stacks) {
      const isFirst = firsts.includes(one);
      const blueprint = blueprintOf(one);
      const project = isFirst ? projectWithCopies([blueprint]) : new ProjectCopy([blueprint]);
      projects.push(project);
      const copy = isFirst ? { name: copiedStack(one), adopts: adoptsFromOriginal(blueprint) } : undefined;
      lives.set(one.name, Promise.allSettled([lanes.run(() => live(one, toolchain, project, copy))]));
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
    "a stack of each blueprint had that of a copied folder beside it",
    async () => {
      for (const one of firsts) expect((await lifeOf(one.name))?.deployed).toEqual([one.name, copiedStack(one)]);
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
  /** Stacks whose states held resources once the scenario had run: it, and the copy beside it. */
  readonly deployed: readonly string[];
  /** Calls of Terraform's that the pipeline's roles would not allow. */
  readonly refused: readonly string[];
  /** Actions of those roles that were needed. */
  readonly used: UsedActions;
}

/**
 * A stack from its deployment to its end.
 * @param project holds the blueprint, and its copy
 */
async function live(
  { name, checked, stack }: ProjectStack,
  toolchain: PreparedToolchain,
  project: ProjectCopy,
  beside?: NeighbourStack,
): Promise<Life> {
  const lines: string[] = [];
  const place = { root: project.root, name: `proof-${name}`, port: 0 };
  const session = await openLocalSession(toolchain, place, () => {});
  const environment = localAccount(checked.parameters.region);
  const names = beside ? [name, beside.name] : [name];
  let deployed: string[] = [];
  let resources: KnownResource[] = [];
  try {
    await walkThrough({
      session,
      stack: checked,
      node: toolchain.node22,
      say: (line) => lines.push(line),
      beside,
      inspect: async (deployment) => {
        const states = await Promise.all(names.map((one) => session.cdktf.deployed(one)));
        deployed = names.filter((_, index) => (states[index] ?? []).length > 0);
        resources = await deployedResources(states.flat(), deployment.clientConfig, environment);
        const [own = []] = states;
        const problems = await permissionProblems(deployment, session.aws.requestLog, own, stack.uncalledPermissions);
        expect(problems).toEqual([]);
      },
    });
    const ended = { lastLine: lines.at(-1), deployed };
    if (checked.blueprint.isFoundation) return { ...ended, refused: [], used: { plan: [], apply: [] } };
    const permissions = new PipelinePermissions(names, environment);
    const calls = parseCalls(readFileSync(session.aws.requestLog, "utf8"));
    return { ...ended, ...(await permissions.judge(calls, resources)) };
  } finally {
    await session.aws.down();
  }
}
