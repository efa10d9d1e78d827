import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { ProjectCopy } from "../testing/project-copy";
import { BACKEND_VARIABLE, backendSettings, useBackend } from "./backend";

describe("where state lives", () => {
  const local = { type: "local", directory: ".terraform-state" };

  test("the context says it, the environment variable wins", () => {
    expect(backendSettings(local, {})).toEqual(local);
    expect(backendSettings(local, { [BACKEND_VARIABLE]: '{"type":"local","directory":"elsewhere"}' })).toEqual({
      type: "local",
      directory: "elsewhere",
    });
  });

  test.each<[unknown, NodeJS.ProcessEnv, string]>([
    [undefined, {}, 'cdktf.json, context "backend"'],
    [{ type: "floppy" }, {}, 'cdktf.json, context "backend": type: must be one of local, got {"type":"floppy"}'],
    [{ type: "local" }, {}, 'cdktf.json, context "backend": directory: '],
    [{ ...local, colour: "red" }, {}, 'cdktf.json, context "backend": Unrecognized key: "colour"'],
    [local, { [BACKEND_VARIABLE]: "local" }, "environment variable BLUEPRINT_BACKEND: must be JSON such as"],
  ])("%j with %j is a mistake that says where it stands", (context, environment, message) => {
    expect(() => backendSettings(context, environment)).toThrow(message);
  });

  test("the local state's path is relative and lies outside the output, one file a stack", () => {
    const root = mkdtempSync(join(tmpdir(), "backend-"));
    const app = Testing.stubVersion(new App({ outdir: join(root, "cdktf.out"), stackTraces: false }));
    const stack = new TerraformStack(app, "demo");
    useBackend(stack, { type: "local", directory: ".terraform-state" }, root);
    expect(JSON.parse(Testing.synth(stack)).terraform.backend).toEqual({
      local: { path: "../../../.terraform-state/demo.tfstate" },
    });
    rmSync(root, { recursive: true });
  });
});

test("a backend that does not exist ends synthesis with one line and exit code 1", () => {
  const project = new ProjectCopy();
  try {
    expect(project.synthesize().status).toBe(0);
    expect(project.synthesize({ [BACKEND_VARIABLE]: '{"type":"nowhere"}' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("BLUEPRINT_BACKEND"),
    });
  } finally {
    project.delete();
  }
});
