import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "../../../shared/testing/scratch-folder";
import { readBuildspec, readExports, scriptOf } from "./buildspec";

const folder = scratchFolder("buildspec");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(spec: object) {
  const buildspec = readBuildspec(JSON.stringify({ version: 0.2, ...spec }));
  const [script, exports] = [join(folder, "script"), join(folder, "exports")];
  writeFileSync(script, scriptOf(buildspec, exports));
  const { status, stdout } = spawnSync(buildspec.shell, [script], {
    env: { PATH: process.env.PATH },
    encoding: "utf8",
  });
  return { status, stdout, variables: readExports(readFileSync(exports, "utf8")) };
}

const phases = (...commands: string[]) => ({ phases: { build: { commands } } });
const env = (shell: string, ...names: string[]) => ({ env: { shell, "exported-variables": names } });

test.each(["bash", "sh"])("commands of all phases share one shell, here %s", (shell) => {
  const spec = {
    ...env(shell, "IMAGE", "LINES"),
    phases: {
      post_build: { commands: ['echo "it\'s $IMAGE"'] },
      pre_build: { commands: ["cd /", "export IMAGE=a:1"] },
      build: { commands: ['export LINES="two\nlines"; pwd'] },
    },
  };
  expect(run(spec)).toEqual({
    status: 0,
    stdout: "/\nit's a:1\n",
    variables: { IMAGE: "a:1", LINES: "two\nlines" },
  });
});

test("the first command that fails ends the build with its status, within a command that asks for it as well", () => {
  expect(run({ ...env("bash"), ...phases("echo one", "(exit 7)", "echo two") })).toMatchObject({
    status: 7,
    stdout: "one\n",
  });
  expect(run({ ...env("bash"), ...phases("set -euo pipefail\nfalse | true\necho two") })).toMatchObject({
    status: 1,
    stdout: "",
  });
});

test("only what is in the environment is exported: a variable of the shell is not", () => {
  const { variables } = run({ ...env("bash", "INNER", "NEVER", "OUTER"), ...phases("INNER=1; export OUTER=a=b") });
  expect(variables).toEqual({ OUTER: "a=b" });
});

test("what this stand-in does not do is refused, and not passed over", () => {
  const refused = (spec: object, message: string) => expect(() => readBuildspec(JSON.stringify(spec))).toThrow(message);
  refused({ artifacts: {} }, "a buildspec's artifacts");
  refused({ env: { "parameter-store": {} } }, "env.parameter-store");
  refused({ phases: { deploy: {} } }, "phases.deploy");
  refused({ phases: { build: { finally: [] } } }, "phases.build.finally");
  expect(() => readBuildspec("version: 0.2\n")).toThrow("buildspecs that are JSON, and not: version: 0.2");
});
