import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scratchFolder } from "../testing/scratch-folder";

/** Runs main.ts of a folder with these files. */
function runWith(files: Readonly<Record<string, string>>, nodeOptions: readonly string[] = []) {
  const root = scratchFolder("load-typescript");
  try {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    }
    const args = [...nodeOptions, "--require", join(__dirname, "load-typescript.cjs"), "main.ts"];
    return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function sourceMapTo(source: string): string {
  const map = { version: 3, sources: [source], names: [], mappings: "AAAA" };
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
}

describe("the app's command", () => {
  test("loads TypeScript, and traces an error to its line there", () => {
    const { stderr } = runWith({
      "main.ts": 'import { fail } from "./imported";\n\ninterface Unused {}\n\nfail(1 as number);\n',
      "imported.ts": "export function fail(value: number): never {\n  throw new Error(`with ${value}`);\n}\n",
    });
    expect(stderr).toContain("Error: with 1");
    expect(stderr).toMatch(/imported\.ts:2:9/);
    expect(stderr).toMatch(/main\.ts:5:1/);
  });

  test("loads packages as they are, without their source maps, and TypeScript after them as before", () => {
    const { stderr } = runWith({
      "main.ts": 'import "outer";\nimport "./imported";\n',
      "imported.ts": 'import { fail } from "outer";\n\ntype Unused = string;\n\nfail();\n',
      "node_modules/outer/index.js": `exports.fail = () => require("inner").fail();\n${sourceMapTo("outer.ts")}`,
      "node_modules/inner/index.js": `exports.fail = () => { throw new Error("inside"); };\n${sourceMapTo("inner.ts")}`,
    });
    expect(stderr).toContain("Error: inside");
    expect(stderr).toMatch(/inner[\\/]index\.js:1:/);
    expect(stderr).toMatch(/outer[\\/]index\.js:1:/);
    expect(stderr).toMatch(/imported\.ts:5:1/);
  });

  // Releases of Node.js before 20.19 cannot require ES modules; later ones can be told not to.
  const refusing = ["require-module", "detect-module"]
    .filter((feature) => process.allowedNodeEnvironmentFlags.has(`--experimental-${feature}`))
    .map((feature) => `--no-experimental-${feature}`);
  describe.each([
    { name: "can be required", nodeOptions: [] },
    { name: "are refused by Node.js", nodeOptions: refusing },
  ])("where ES modules $name", ({ nodeOptions }) => {
    test("takes packages of ES modules only, also where a package requires them", () => {
      const files = {
        "main.ts": `
          import { name } from "esm-only";
          import { unmarked } from "unmarked";
          import outer from "outer";
          console.log(name, unmarked, outer);`,
        "node_modules/esm-only/package.json": '{"name": "esm-only", "type": "module", "exports": "./index.js"}',
        "node_modules/esm-only/index.js": 'import { part } from "./part.js";\nexport const name = `ES ${part}`;\n',
        "node_modules/esm-only/part.js": 'export const part = "modules";\n',
        "node_modules/unmarked/index.js": 'export const unmarked = "not marked as such";\n',
        "node_modules/outer/index.js": 'module.exports = `required: ${require("esm-only").name}`;\n',
      };
      expect(runWith(files, nodeOptions)).toMatchObject({
        status: 0,
        stdout: "ES modules not marked as such required: ES modules\n",
      });
    });

    test("runs no package twice when one that it requires cannot be loaded", () => {
      const files = {
        "main.ts": 'import "outer";\n',
        "node_modules/outer/index.js": 'console.log("outer"); require("inner");\n',
        "node_modules/inner/index.js": 'console.log("inner"); require("waiting");\n',
        "node_modules/waiting/package.json": '{"name": "waiting", "type": "module", "exports": "./index.js"}',
        "node_modules/waiting/index.js": "export const one = await Promise.resolve(1);\n",
      };
      expect(runWith(files, nodeOptions)).toMatchObject({ status: 1, stdout: "outer\ninner\n" });
    });
  });

  test("does not load cdktf's archiver, and cdktf makes archives all the same", () => {
    const { stdout, stderr } = runWith({
      "main.ts": `
        import { readFileSync } from "node:fs";
        import { join } from "node:path";
        import { App, AssetType, TerraformAsset, TerraformStack } from "cdktf";
        const app = new App({ outdir: join(__dirname, "out"), skipValidation: true, skipBackendValidation: true });
        const stack = new TerraformStack(app, "stack");
        const asset = new TerraformAsset(stack, "a", { path: join(__dirname, "content"), type: AssetType.ARCHIVE });
        app.synth();
        const zip = readFileSync(join(__dirname, "out/stacks/stack", asset.path), "latin1");
        const loaded = Object.keys(require.cache).filter((file) => /archiver-utils/.test(file));
        console.log(zip.slice(0, 2), zip.includes("one.txt"), loaded.length);`,
      "content/one.txt": "one",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "PK true 0\n", stderr: "" });
  });

  test("says what a package says that fails while it is loaded, and loads it once", () => {
    const { status, stdout, stderr } = runWith({
      "main.ts": 'import "broken";\n',
      "node_modules/broken/index.js": 'console.log("loading"); throw new TypeError("not on this platform");\n',
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "loading\n" });
    expect(stderr).toContain("TypeError: not on this platform");
  });
});
