import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const root = resolve(__dirname, "..");

describe("the lint rule that keeps the floors", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "floors-"));
    cpSync(join(root, "biome.json"), join(folder, "biome.json"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const isRefused = (file: string, imported: string): boolean => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import { a } from "${imported}";\n\nexport const b = a;\n`);
    const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", file], {
      cwd: folder,
      encoding: "utf8",
    });
    rmSync(path);
    return (stdout + stderr).includes("noRestrictedImports");
  };

  test.each([
    ["shared/network/vpc.ts", "../../blueprints/jenkins/stack"],
    ["shared/network/vpc.ts", "../../tools/local"],
    ["blueprints/jenkins/stack.ts", "../kinesis-scaler/stack"],
    ["blueprints/jenkins/stack.ts", "../../blueprints/kinesis-scaler/stack"],
    ["blueprints/jenkins/stack.ts", "../../tools/local"],
    ["blueprints/jenkins/stack.test.ts", "../kinesis-scaler/stack"],
    ["blueprints/jenkins/proof/scenario.ts", "../../kinesis-scaler/proof/scenario"],
    ["blueprints/jenkins/proof/scenario.ts", "../../../tools/local"],
    ["blueprints/jenkins/runtime/worker.ts", "../proof/scenario"],
    ["blueprints/jenkins/runtime/worker.ts", "../stack"],
    ["blueprints/jenkins/runtime/worker.ts", "../../kinesis-scaler/runtime/pace"],
    ["blueprints/jenkins/runtime/worker.ts", "../../../shared/functions/nodejs-function"],
    ["blueprints/jenkins/runtime/worker.ts", "cdktf"],
    ["blueprints/jenkins/runtime/worker.ts", "constructs"],
    ["blueprints/jenkins/runtime/worker.ts", "@cdktf/provider-aws/lib/sqs-queue"],
    ["blueprints/jenkins/runtime/worker.test.ts", "../../kinesis-scaler/runtime/pace"],
    ["blueprints/jenkins/runtime/server/main.ts", "../worker/main"],
    ["blueprints/jenkins/runtime/server/main.fixture.ts", "../../../../tools/local"],
    ["blueprints/jenkins/runtime/server/main.ts", "./main.fixture"],
    ["blueprints/jenkins/runtime/worker.ts", "./worker.fixture"],
    ["blueprints/jenkins/runtime/server/main.ts", "../../../../shared/functions/nodejs-function"],
    ["shared/runtime/clients.ts", "../functions/bundle"],
    ["shared/runtime/clients.ts", "cdktf"],
  ])("%s may not import %s", (file, imported) => {
    expect(isRefused(file, imported)).toBe(true);
  });

  test.each([
    ["shared/network/vpc.ts", "../security/key"],
    ["shared/network/vpc.ts", "cdktf"],
    ["blueprints/jenkins/stack.ts", "../../shared/network/vpc"],
    ["blueprints/jenkins/stack.ts", "./runtime/configuration"],
    ["blueprints/jenkins/proof/scenario.ts", "./traffic"],
    ["blueprints/jenkins/proof/scenario.ts", "../runtime/configuration"],
    ["blueprints/jenkins/proof/scenario.ts", "../../../shared/testing/scenario"],
    ["blueprints/jenkins/runtime/worker.ts", "./decision"],
    ["blueprints/jenkins/runtime/worker.ts", "../../../shared/runtime/environment"],
    ["blueprints/jenkins/runtime/worker.ts", "@aws-sdk/client-kinesis"],
    ["blueprints/jenkins/runtime/worker.test.ts", "../../../shared/testing/aws-stub"],
    ["blueprints/jenkins/runtime/server/main.ts", "../../../../shared/runtime/environment"],
    ["blueprints/jenkins/runtime/server/main.test.ts", "../../../../shared/testing/aws-stub"],
    ["blueprints/jenkins/runtime/server/main.fixture.ts", "../../../../shared/testing/aws-stub"],
    ["blueprints/jenkins/runtime/server/main.test.ts", "./main.fixture"],
    ["tools/demo.ts", "../blueprints/jenkins/stack"],
  ])("%s may import %s", (file, imported) => {
    expect(isRefused(file, imported)).toBe(false);
  });
});
