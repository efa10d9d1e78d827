import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BACKEND_VARIABLE } from "../../../shared/blueprint/backend";
import { ProjectCopy } from "../../../shared/testing/project-copy";
import { describeWithToolchain } from "../prepared-toolchain";
import { addNoteBlueprint } from "./note-blueprint";

describeWithToolchain("state in HCP Terraform", (toolchain) => {
  const project = new ProjectCopy([]);
  addNoteBlueprint(project, "note");
  afterAll(() => project.delete());

  // `terraform validate` looks at no cloud block; `init` checks each of its arguments before it asks the host.
  test("has settings that Terraform takes: it goes on to ask the host that they name", () => {
    const backend = {
      type: "cloud",
      organization: "example",
      project: "Scaling blueprints",
      workspacePrefix: "scaling-",
      hostname: "terraform.invalid",
    };
    expect(project.synthesize({ [BACKEND_VARIABLE]: JSON.stringify(backend) })).toMatchObject({
      status: 0,
      stderr: "",
    });
    const { status, stderr } = spawnSync(toolchain.terraform.binary, ["init", "-input=false", "-no-color"], {
      cwd: join(project.root, "cdktf.out", "stacks", "note"),
      encoding: "utf8",
      env: { ...process.env, ...toolchain.environment },
    });
    expect(status).toBe(1);
    expect(stderr.match(/Error: .*/g)).toEqual([
      expect.stringContaining('Failed to request discovery document: Get "https://terraform.invalid/'),
    ]);
  });
});
