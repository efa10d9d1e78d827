import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ProjectCopy } from "../../shared/testing/project-copy";
import type { ProjectStack } from "./project-stacks";

/** The name that a blueprint's copy gets: names that begin alike are the likeliest to be cut to the same. */
export function copiedName(blueprint: string): string {
  return `${blueprint}-copy`;
}

/** The blueprint's folder that a stack comes from. */
export function blueprintOf({ checked }: ProjectStack): string {
  return basename(checked.folder);
}

/** Whether a blueprint's copy adopts something that the original makes. */
export function adoptsFromOriginal(blueprint: string): boolean {
  return blueprint in EDITS;
}

/** The stack that a copied folder makes of the same parameters file. */
export function copiedStack(stack: ProjectStack): string {
  return copiedName(blueprintOf(stack)) + stack.name.slice(blueprintOf(stack).length);
}

// An account can have one OIDC provider of an address, so that a second stack adopts it. Its README says so under "Copy it".
const EDITS: Record<string, (parameters: Record<string, object>) => object> = {
  "pipeline-access": ({ github, hcpTerraform, ...parameters }) => ({
    ...parameters,
    ...(github && { github: { ...github, oidcProvider: "adopt" } }),
    ...(hcpTerraform && { hcpTerraform: { ...hcpTerraform, oidcProvider: "adopt" } }),
  }),
};

/** Blueprints, and beside each its copy, made by `cp -r` and no edit but those above. Whoever asks for it deletes it. */
export function projectWithCopies(blueprints: readonly string[]): ProjectCopy {
  const project = new ProjectCopy(blueprints);
  for (const name of blueprints) {
    project.copyBlueprint(name, copiedName(name));
    const file = `blueprints/${copiedName(name)}/parameters.json`;
    const edited = EDITS[name]?.(JSON.parse(readFileSync(join(project.root, file), "utf8")));
    if (edited) project.write(file, JSON.stringify(edited));
  }
  return project;
}
