import type { BlueprintStack } from "../blueprint/blueprint-stack";

/**
 * The tags of what AWS makes from a launch template or for a group. The provider's default tags do not reach it: they are
 * only put on what Terraform makes itself. The same ones, with a name.
 */
export function machineTags(stack: BlueprintStack, name: string): Record<string, string> {
  return { ...stack.defaultTags, Name: name };
}
