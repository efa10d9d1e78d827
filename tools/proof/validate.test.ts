import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cdktf } from "../local-aws/cdktf";
import { describeWithToolchain } from "./prepared-toolchain";
import { projectRoot, projectStacks } from "./project-stacks";

describeWithToolchain("terraform validate, with the real provider", (toolchain) => {
  let output: string;
  beforeAll(() => {
    output = mkdtempSync(join(tmpdir(), "validate-"));
    const { status, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "main.ts"], {
      cwd: projectRoot,
      encoding: "utf8",
      env: { ...process.env, CDKTF_OUTDIR: output },
    });
    expect([status, stderr]).toEqual([0, ""]);
  });
  afterAll(() => rmSync(output, { recursive: true, force: true }));

  test.each(projectStacks())(
    "finds nothing to say about $name",
    async ({ name }) => {
      const cdktf = new Cdktf({
        root: projectRoot,
        environment: { ...(process.env as Record<string, string>), ...toolchain.environment },
        output,
        terraform: toolchain.terraform.binary,
      });
      expect(await cdktf.validate(name)).toEqual([]);
    },
    120_000,
  );
});
