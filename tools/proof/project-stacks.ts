import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { buildStacks, type CheckedStack, checkStacks } from "../../shared/blueprint/app";
import type { BlueprintStack } from "../../shared/blueprint/blueprint-stack";

export const projectRoot = resolve(__dirname, "../..");

export interface ProjectStack {
  readonly name: string;
  readonly checked: CheckedStack;
  readonly stack: BlueprintStack;
}

/** Every stack that the project has, built: a blueprint that is added later is among them. */
export function projectStacks(root = projectRoot): ProjectStack[] {
  const outdir = mkdtempSync(join(tmpdir(), "stacks-"));
  try {
    const checked = checkStacks(root);
    const built = buildStacks(new App({ outdir }), root, checked, {
      type: "local",
      directory: ".terraform-state",
    });
    return built.map((stack, index) => ({ name: stack.stackName, checked: checked[index] as CheckedStack, stack }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
