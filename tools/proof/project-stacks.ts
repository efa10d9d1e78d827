import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { App } from "cdktf";
import { buildStacks, type CheckedStack, checkStacks } from "../../shared/blueprint/app";
import { LOCAL_STATE } from "../../shared/blueprint/backends/local";
import type { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { Values } from "../../shared/blueprint/discovery";

export const projectRoot = resolve(__dirname, "../..");

export interface ProjectStack {
  readonly name: string;
  readonly checked: CheckedStack;
  readonly stack: BlueprintStack;
}

/** Every stack that the project has, built: a blueprint that is added later is among them. */
export function projectStacks(root = projectRoot): ProjectStack[] {
  return builtStacks(root, "project");
}

/** Every stack of the proof, built: each blueprint, with the values that it is deployed with to be proven. */
export function provenStacks(root = projectRoot): ProjectStack[] {
  return builtStacks(root, "proof");
}

/** Stacks of the project that are not among the proven ones, or have other values there. */
export function unprovenStacks(proven: readonly ProjectStack[]): ProjectStack[] {
  const same = (one: ProjectStack, other: ProjectStack) =>
    one.name === other.name && isDeepStrictEqual(one.checked.parameters, other.checked.parameters);
  return projectStacks().filter((own) => !proven.some((one) => same(one, own)));
}

function builtStacks(root: string, values: Values): ProjectStack[] {
  const outdir = mkdtempSync(join(tmpdir(), "stacks-"));
  try {
    const checked = checkStacks(root, values);
    const built = buildStacks(new App({ outdir }), root, checked, LOCAL_STATE);
    return built.map((stack, index) => ({ name: stack.stackName, checked: checked[index] as CheckedStack, stack }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
