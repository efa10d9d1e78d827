import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { generatedFiles } from "../documentation/generated-files";
import { projectRoot } from "../proof/project-stacks";
import { copyBlueprint } from "./copy-blueprint";
import { linkedPaths } from "./links";

const MINUTES = 60_000;
const blueprints = readdirSync(join(projectRoot, "blueprints")).sort();
const nameOf = (blueprint: string) => `our-${blueprint}`;
let project: ProjectCopy;
const said: Record<string, string[]> = {};
const read = (blueprint: string, file: string) =>
  readFileSync(join(project.root, "blueprints", nameOf(blueprint), file), "utf8");

beforeAll(() => {
  project = new ProjectCopy(blueprints);
  for (const file of ["biome.json", "jest.config.json"]) cpSync(join(projectRoot, file), join(project.root, file));
  cpSync(join(projectRoot, "docs"), join(project.root, "docs"), { recursive: true });
  project.write("tools/.keep", ""); // One of Jest's roots.
  for (const from of blueprints) said[from] = copyBlueprint(project.root, { from, name: nameOf(from) });
}, 5 * MINUTES);
afterAll(() => project.delete());

test.each(blueprints)(
  "the README of a copy of %s names the copy wherever the original's names the original",
  (blueprint) => {
    const own = new RegExp(`(?<![\\w-])${blueprint}(?!\\w)`, "g");
    const original = readFileSync(join(projectRoot, "blueprints", blueprint, "README.md"), "utf8");
    expect(read(blueprint, "README.md")).not.toMatch(own);
    expect(read(blueprint, "README.md").split(nameOf(blueprint))).toHaveLength(original.split(own).length);
    expect(read(blueprint, "README.md").split("\n")[0]).toBe(`# ${nameOf(blueprint)}`);
  },
);

test("the links in the copies lead to what is there", () => {
  const links = blueprints.flatMap((name) =>
    linkedPaths(`blueprints/${nameOf(name)}/README.md`, read(name, "README.md")),
  );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((path) => !existsSync(join(project.root, path)))).toEqual([]);
});

test("what is generated of a copy is up to date at once", () => {
  for (const [file, content] of Object.entries(generatedFiles(project.root))) {
    expect([file, readFileSync(join(project.root, file), "utf8")]).toEqual([file, content]);
  }
});

test("the linter has nothing to say about a copy", () => {
  const biome = join(project.root, "node_modules/@biomejs/biome/bin/biome");
  const { status, stderr } = spawnSync(process.execPath, [biome, "check", "--error-on-warnings", "blueprints"], {
    cwd: project.root,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});

test(
  "tests whose titles have changed still find their snapshots",
  () => {
    const changed = blueprints.filter((name) => said[name]?.join().includes(".snap"));
    expect(changed).not.toHaveLength(0);
    const jest = join(project.root, "node_modules/jest/bin/jest.js");
    const tests = changed.map((name) => `blueprints/${nameOf(name)}/stack.test.ts`);
    const { status, stderr } = spawnSync(process.execPath, [jest, "--ci", ...tests], {
      cwd: project.root,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Snapshots: .*passed/m)]);
    expect(stderr).not.toContain("obsolete");
  },
  5 * MINUTES,
);

test("programs and folders on machines keep their names", () => {
  const ofMachines = (blueprint: string) =>
    readdirSync(join(projectRoot, "blueprints", blueprint), { recursive: true, encoding: "utf8" }).filter((file) =>
      /^runtime\/.*\.(sh|service|timer|conf)$/.test(file),
    );
  const all = blueprints.flatMap((blueprint) => ofMachines(blueprint).map((file) => ({ blueprint, file })));
  expect(all.length).toBeGreaterThan(10);
  for (const { blueprint, file } of all) {
    expect(read(blueprint, file)).toBe(readFileSync(join(projectRoot, "blueprints", blueprint, file), "utf8"));
  }
});

test("what is said names the stacks, what was replaced, and what to do next", () => {
  expect(said["ha-jenkins"]).toEqual([
    "blueprints/our-ha-jenkins is a copy of ha-jenkins, and stands beside it.",
    expect.stringMatching(/^Its name was replaced in README\.md \(\d+\), /),
    "It makes the stacks our-ha-jenkins, our-ha-jenkins-elastic-ip, our-ha-jenkins-recovery-alarm: one of each parameters " +
      "file, as the original does. A file that you do not want can be deleted.",
    "",
    "Next: change the values in the parameters files of blueprints/our-ha-jenkins, then the code; its README.md says what is what.",
    "  npx jest blueprints/our-ha-jenkins   its tests",
    "  npm run demo -- our-ha-jenkins       deploy it on this machine, see what it does, destroy it",
    "  npx cdktf deploy our-ha-jenkins      deploy it to your account",
  ]);
});

test("a blueprint whose parameters are wrong is not copied, and nothing of the try is left", () => {
  const broken = new ProjectCopy();
  try {
    broken.write("biome.json", "{}");
    broken.write("blueprints/kinesis-scaler/parameters.json", '{"streams": [{"name": "a", "maxShards": 0}]}');
    expect(() => copyBlueprint(broken.root, { from: "kinesis-scaler", name: "orders" })).toThrow(
      /^orders: streams\[0\]\.maxShards must be .*, got 0/,
    );
    expect(readdirSync(join(broken.root, "blueprints"))).toEqual(["kinesis-scaler"]);
    expect(readdirSync(join(broken.root, ".local"))).toEqual([]);
  } finally {
    broken.delete();
  }
});
