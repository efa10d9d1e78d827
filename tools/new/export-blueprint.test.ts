import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { projectRoot, provenStacks } from "../proof/project-stacks";
import { blueprintOf } from "../proof/project-with-copies";
import { exportBlueprint } from "./export-blueprint";
import { linkedPaths } from "./links";

const MINUTES = 60_000;
const stacks = provenStacks();
const blueprints = [...new Set(stacks.map(blueprintOf))];
let folder: string;
/** The project, with the values of the proof. */
let origin: ProjectCopy;
let ours: string;
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "standalone-"));
  origin = new ProjectCopy(blueprints);
  for (const { name } of readdirSync(projectRoot, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    if (!existsSync(join(origin.root, name))) cpSync(join(projectRoot, name), join(origin.root, name));
  }
  cpSync(join(projectRoot, "docs"), join(origin.root, "docs"), { recursive: true });
  ours = join(folder, "ours");
  expect(synthesize(origin.root, ours)).toMatchObject({ status: 0, stderr: "" });
}, 2 * MINUTES);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  origin.delete();
});

describe.each(blueprints)("%s, as a project of its own", (blueprint) => {
  let project: string;

  beforeAll(() => {
    project = join(folder, blueprint);
    exportBlueprint(origin.root, { from: blueprint, name: blueprint }, project);
    linkListedPackages(project);
  });

  test(
    "synthesizes the same JSON as here",
    () => {
      expect(synthesize(project, join(project, "cdktf.out"))).toMatchObject({ status: 0, stderr: "" });
      const names = stacks.filter((one) => blueprintOf(one) === blueprint).map(({ name }) => name);
      expect(readdirSync(join(project, "cdktf.out/stacks")).sort()).toEqual(names.sort());
      for (const name of names) {
        expect(withoutState(join(project, "cdktf.out"), name)).toBe(withoutState(ours, name));
      }
    },
    5 * MINUTES,
  );

  test(
    "passes its own npm test: type check, lint, and all tests",
    () => {
      const { status, stdout, stderr } = spawnSync("npm", ["test", "--", "--ci"], {
        cwd: project,
        encoding: "utf8",
        env: { ...process.env, PATH: withoutOurs(process.env.PATH) },
      });
      if (status !== 0) throw new Error(`npm test fails:\n${stdout}${stderr}`);
      expect(stderr).toMatch(/^Tests: .*passed/m);
    },
    10 * MINUTES,
  );

  test("holds no other blueprint, and links to what is there only", () => {
    expect(readdirSync(join(project, "blueprints"))).toEqual([blueprint]);
    const texts = readdirSync(project, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".md") && !file.startsWith("node_modules"),
    );
    const links = texts.flatMap((file) => linkedPaths(file, readFileSync(join(project, file), "utf8")));
    expect(links).toContain("LICENSE");
    expect(links.filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });
});

test("another name stands in the project's files, its commands and what is said", () => {
  const project = join(folder, "another-name");
  mkdirSync(project); // An empty folder is taken.
  const said = exportBlueprint(origin.root, { from: "sqs-target-tracking", name: "image-resizer" }, project);
  expect(said.join("\n")).toContain("It makes the stacks image-resizer, image-resizer-fifo:");
  expect(said.at(-1)).toBe("  npx cdktf deploy image-resizer    deploy it to your account");
  expect(readJson(project, "cdktf.json").projectId).toBe("image-resizer");
  const { name, scripts } = readJson(project, "package.json");
  expect(name).toBe("image-resizer");
  expect(scripts["send-messages"]).toContain(" blueprints/image-resizer/send-messages.ts");
  for (const file of ["README.md", "NOTICE"]) {
    const text = readFileSync(join(project, file), "utf8");
    expect(text).toMatch(/copy of the blueprint `?sqs-target-tracking`? of scaling-blueprints 0\.\d/);
  }
});

test("what lies beside needed code, but is not needed, stays behind", () => {
  const shared = join(folder, "kinesis-scaler/shared");
  expect(existsSync(join(shared, "functions/nodejs-function.test.ts"))).toBe(true);
  for (const file of [
    "network",
    "containers",
    "runtime/machine.sh",
    "testing/script-sandbox.ts",
    "blueprint/app.test.ts",
  ])
    expect([file, existsSync(join(shared, file))]).toEqual([file, false]);
  const { dependencies, devDependencies } = readJson(folder, "kinesis-scaler/package.json");
  expect({ ...dependencies, ...devDependencies }).not.toHaveProperty("@aws-sdk/client-sqs");
});

test.each<[string, (path: string) => void, string]>([
  [
    "a folder that is not empty",
    (path) => {
      mkdirSync(path);
      writeFileSync(join(path, "mine"), "");
    },
    "is not empty, and nothing is overwritten; choose a new folder",
  ],
  ["a file", (path) => writeFileSync(path, "mine"), "is a file; choose a new folder"],
])("%s is refused, and stays as it is", (_, make, message) => {
  const path = join(folder, "taken");
  make(path);
  const before = readdirSync(folder);
  expect(() => exportBlueprint(origin.root, { from: "kinesis-scaler", name: "orders" }, path)).toThrow(
    new Error(`${path} ${message}`),
  );
  expect(readdirSync(folder)).toEqual(before);
  rmSync(path, { recursive: true });
});

test("a folder inside this project is refused", () => {
  expect(() =>
    exportBlueprint(origin.root, { from: "kinesis-scaler", name: "orders" }, join(origin.root, "orders")),
  ).toThrow(`${join(origin.root, "orders")} is inside this project; choose a folder outside, or leave --out away`);
  expect(existsSync(join(origin.root, "orders"))).toBe(false);
});

/** A stack's JSON but for the path of its state, which leads from the output's folder to the project's. */
function withoutState(output: string, stack: string): string {
  const { terraform, ...json } = readJson(output, "stacks", stack, "cdk.tf.json");
  return JSON.stringify({ ...json, terraform: { ...terraform, backend: undefined } });
}

/** What npm puts in front, so that a command that the project lacks is not found here. */
function withoutOurs(path = ""): string {
  const ours = join("node_modules", ".bin");
  return path
    .split(delimiter)
    .filter((one) => !one.endsWith(ours))
    .join(delimiter);
}

/** Links just the packages that package.json names, and their commands: what is needed beside them is missed. */
function linkListedPackages(project: string): void {
  const { dependencies, devDependencies } = readJson(project, "package.json");
  const packages = join(project, "node_modules");
  mkdirSync(join(packages, ".bin"), { recursive: true });
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const link = join(packages, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", name), link);
    const { bin = {} } = readJson(link, "package.json");
    const commands = typeof bin === "string" ? { [name.split("/").at(-1) as string]: bin } : bin;
    for (const [command, file] of Object.entries<string>(commands))
      symlinkSync(join(link, file), join(packages, ".bin", command));
  }
}

function synthesize(project: string, outdir: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, appArguments(), {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
}
