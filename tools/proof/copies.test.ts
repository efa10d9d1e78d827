import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectCopy } from "../../shared/testing/project-copy";
import { Template } from "../../shared/testing/template";
import { Cdktf } from "../local-aws/cdktf";
import { checkBaseline, formatViolations } from "./baseline/check-baseline";
import { physicalNames } from "./physical-names";
import { describeWithToolchain } from "./prepared-toolchain";
import { type ProjectStack, projectRoot, projectStacks, provenStacks } from "./project-stacks";
import { blueprintOf, copiedName, copiedStack, projectWithCopies } from "./project-with-copies";

const MINUTES = 60_000;
const stacks = provenStacks();
const blueprints = [...new Set(stacks.map(blueprintOf))];
let project: ProjectCopy;
const templateOf = (stack: string) => Template.of(join(project.root, "cdktf.out/stacks", stack));

beforeAll(() => {
  project = projectWithCopies(blueprints);
  expect(project.synthesize()).toMatchObject({ status: 0, stderr: "" });
}, 5 * MINUTES);
afterAll(() => project.delete());

test("with every blueprint copied, each of its parameters files makes a stack of the original and one of the copy", () => {
  expect(readdirSync(join(project.root, "cdktf.out/stacks")).sort()).toEqual(
    stacks.flatMap((stack) => [stack.name, copiedStack(stack)]).sort(),
  );
});

test("no stack of the proof asks for a name that another one, or a copy, asks for", () => {
  const names = stacks.flatMap((one) =>
    [one.name, copiedStack(one)].map((stack) => [stack, physicalNames(templateOf(stack))] as const),
  );
  for (const [, asked] of names) expect(asked.length).toBeGreaterThan(10);
  expect(askedForTwice(names)).toEqual([]);
});

test("no stack of the project asks for a name that another one asks for", () => {
  expect(askedForTwice(projectStacks().map(({ name, stack }) => [name, physicalNames(Template.of(stack))]))).toEqual(
    [],
  );
});

test.each(stacks)("the copy of $name meets the security baseline by the original's exceptions", async (one) => {
  const { violations } = await checkBaseline(
    templateOf(copiedStack(one)).json,
    one.stack.baselineExceptions,
    one.stack.parameters,
  );
  expect(formatViolations(violations)).toBe("");
});

// What a copied folder's tests can notice of its name is its path, which files in the folder itself look at. Those below
// runtime/ see their own modules only; the next test says that they do not write the path down.
test(
  "the tests that lie in the copied folders pass as they are",
  () => {
    cpSync(join(projectRoot, "jest.config.json"), join(project.root, "jest.config.json"));
    project.write("tools/.keep", ""); // One of Jest's roots.
    const copies = blueprints.map((name) => `blueprints/${copiedName(name)}/[^/]+\\.test\\.ts$`);
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(project.root, "node_modules/jest/bin/jest.js"), "--ci", "--maxWorkers=2", ...copies],
      { cwd: project.root, encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Tests: .*passed/m)]);
    for (const name of blueprints) expect(stderr).toContain(`PASS blueprints/${copiedName(name)}/`);
  },
  10 * MINUTES,
);

test("no code of a blueprint writes down the path of its own folder", () => {
  const places = blueprints.flatMap((name) => {
    const folder = join(projectRoot, "blueprints", name);
    const code = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.(ts|mjs|cjs|sh|snap)$/.test(file),
    );
    return code.filter((file) => readFileSync(join(folder, file), "utf8").includes(`blueprints/${name}`));
  });
  expect(places).toEqual([]);
});

// The first stack of each blueprint is deployed as a copy, by the deployment proof.
const notDeployed = stacks.filter((one) => stacks.some((other) => other !== one && isBefore(other, one)));

describeWithToolchain("terraform validate, with the real provider", (toolchain) => {
  test.each(notDeployed)(
    "finds nothing to say about the copy of $name",
    async (one) => {
      const cdktf = new Cdktf({
        root: project.root,
        environment: { ...(process.env as Record<string, string>), ...toolchain.environment },
        output: join(project.root, "cdktf.out"),
        terraform: toolchain.terraform.binary,
      });
      expect(await cdktf.validate(copiedStack(one))).toEqual([]);
    },
    2 * MINUTES,
  );
});

function askedForTwice(stacks: readonly (readonly [stack: string, names: readonly string[]])[]): string[] {
  const askedBy = new Map<string, string>();
  const twice: string[] = [];
  for (const [stack, names] of stacks) {
    for (const name of names) {
      if (askedBy.has(name)) twice.push(`${stack} and ${askedBy.get(name)}: ${name}`);
      askedBy.set(name, stack);
    }
  }
  return twice;
}

function isBefore(one: ProjectStack, other: ProjectStack): boolean {
  return blueprintOf(one) === blueprintOf(other) && stacks.indexOf(one) < stacks.indexOf(other);
}
