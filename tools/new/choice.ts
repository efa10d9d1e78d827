import { readdirSync } from "node:fs";
import { join } from "node:path";
import { closest } from "fastest-levenshtein";
import { discoverStacks, isStackName, STACK_NAME_RULE } from "../../shared/blueprint/discovery";
import { BlueprintMistakes } from "../../shared/blueprint/mistakes";

/** What shall be copied, and under which name. */
export interface Choice {
  /** The blueprint's folder name. */
  readonly from: string;
  /** The copy's. */
  readonly name: string;
}

/** A copy that may be made. */
export interface CheckedChoice extends Choice {
  /** The stacks that it will make, that of parameters.json first. */
  readonly stackNames: readonly string[];
  /** The project's blueprints, the copied one among them. */
  readonly blueprints: readonly string[];
}

/**
 * Whether the copy can be made.
 * @param beside Whether it will stand beside the project's blueprints, whose names are taken.
 * @throws BlueprintMistakes that say what to change
 */
export function checkChoice(root: string, { from, name }: Choice, beside: boolean): CheckedChoice {
  const blueprints = readdirSync(join(root, "blueprints"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  if (!blueprints.includes(from)) {
    throw new BlueprintMistakes([
      `There is no blueprint ${from}; did you mean ${closest(from, blueprints)}? There are: ${blueprints.join(", ")}`,
    ]);
  }
  if (!isStackName(name)) throw new BlueprintMistakes([`"${name}" cannot be its name: ${STACK_NAME_RULE}`]);
  if (beside && blueprints.includes(name)) {
    throw new BlueprintMistakes([`blueprints/${name} is there already; choose another name`]);
  }
  const { stacks } = discoverStacks(root);
  const copies = stacks
    .filter(({ parametersFile }) => parametersFile.startsWith(`blueprints/${from}/`))
    .map(({ stackName, parametersFile }) => ({ stackName: name + stackName.slice(from.length), parametersFile }))
    .sort((a, b) => a.stackName.length - b.stackName.length);
  if (copies.length === 0) {
    throw new BlueprintMistakes([
      `blueprints/${from} has no parameters file, so that a copy would make no stack; write blueprints/${from}/parameters.json`,
    ]);
  }
  for (const { stackName, parametersFile } of copies) {
    if (!isStackName(stackName)) {
      throw new BlueprintMistakes([
        `"${name}" is too long: with ${parametersFile} it makes the stack "${stackName}", and ${STACK_NAME_RULE}`,
      ]);
    }
    const other = stacks.find((one) => beside && one.stackName === stackName);
    if (other) {
      throw new BlueprintMistakes([
        `${other.parametersFile} makes the stack "${stackName}" already; choose another name than ${name}`,
      ]);
    }
  }
  return { from, name, stackNames: copies.map(({ stackName }) => stackName), blueprints };
}
