import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { checkBaseline, formatViolations } from "../proof/baseline/check-baseline";
import { describeWithToolchain } from "../proof/prepared-toolchain";
import { projectRoot, projectStacks } from "../proof/project-stacks";
import { EXAMPLE, EXAMPLE_DOCUMENT, exampleFiles } from "./example-sections";

const MINUTES = 60_000;
const document = readFileSync(join(projectRoot, EXAMPLE_DOCUMENT), "utf8");
const walk = document.slice(0, document.indexOf("\n## What is in the folder\n"));

/** The document's commands, in their order. */
const commands = [...walk.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));

test("the document shows every file of the example", () => {
  for (const file of exampleFiles(projectRoot)) expect(walk).toContain(`<!-- ${file} -->`);
});

describe("who does as the document says", () => {
  let project: ProjectCopy;
  const done: string[] = [];
  const run = (command: string) => {
    const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: project.root, encoding: "utf8" });
    done.push(command);
    return { command, status, output: stdout + stderr };
  };

  beforeAll(() => {
    project = new ProjectCopy([]);
    for (const path of ["tools", "examples", "docs", "biome.json", "jest.config.json"]) {
      cpSync(join(projectRoot, path), join(project.root, path), { recursive: true });
    }
    mkdirSync(join(project.root, ".local"));
    symlinkSync(join(projectRoot, ".local/toolchain"), join(project.root, ".local/toolchain"));
  });
  afterAll(() => project.delete());

  test(
    "has a blueprint that is found, is documented, and passes its own tests",
    () => {
      const demo = commands.findIndex((command) => command.startsWith("npm run demo"));
      for (const command of commands.slice(0, demo)) expect(run(command)).toMatchObject({ command, status: 0 });
      expect(readFileSync(join(project.root, "blueprints/idle-addresses/README.md"), "utf8")).toContain(
        "| `checkEveryMinutes` | 5..1440 |",
      );
    },
    5 * MINUTES,
  );

  test("has one that meets the security baseline", async () => {
    const [example, ...others] = projectStacks(project.root);
    expect([example?.name, others]).toEqual(["idle-addresses", []]);
    const { violations } = await checkBaseline(
      example!.stack,
      example!.stack.baselineExceptions,
      example!.stack.parameters,
    );
    expect(formatViolations(violations)).toBe("");
  });

  describeWithToolchain("and the local AWS", () => {
    test(
      "sees it deployed, at work and destroyed, with the lines that the document shows",
      () => {
        const { status, output } = run("npm run demo -- idle-addresses");
        expect([status, output]).toEqual([0, expect.any(String)]);
        const [, shown = ""] = /^```\n(\[6 s\][\s\S]*?)^```$/m.exec(walk) ?? [];
        for (const line of shown.trim().split("\n")) expect(output).toContain(line.replace(/^\[\d+ s\] /, ""));
        expect(done).toEqual(commands);
      },
      10 * MINUTES,
    );
  });
});

test(`${EXAMPLE} has nothing that is made from other files`, () => {
  expect(exampleFiles(projectRoot)).not.toContain("parameters.schema.json");
});
