import { basename } from "node:path";
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

/** The stack that a copied folder makes of the same parameters file. */
export function copiedStack(stack: ProjectStack): string {
  return copiedName(blueprintOf(stack)) + stack.name.slice(blueprintOf(stack).length);
}

/** Blueprints, and beside each its copy, made by nothing but `cp -r`. Whoever asks for it deletes it. */
export function projectWithCopies(blueprints: readonly string[]): ProjectCopy {
  const project = new ProjectCopy(blueprints);
  for (const name of blueprints) project.copyBlueprint(name, copiedName(name));
  return project;
}
