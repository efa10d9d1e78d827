import type { CheckedStack } from "../shared/blueprint/app";
import { Template } from "../shared/testing/template";
import type { ProjectStack } from "./proof/project-stacks";
import { ToolchainError } from "./toolchain/error";

const DEFAULT_STACKS = ["kinesis-scaler", "sqs-target-tracking"];

/**
 * The stacks that the demo shows: those that are named, or the usual ones as far as the project has them, or its first.
 * @throws ToolchainError where there is none, or none of a name, and where one could not be destroyed, which would be
 * found minutes later
 */
export function shownStacks(built: readonly ProjectStack[], names: readonly string[]): CheckedStack[] {
  if (built.length === 0) {
    throw new ToolchainError("There is no stack to show: a parameters.json in a blueprint's folder makes one");
  }
  const shown = names.length > 0 ? names.map((name) => stackNamed(name, built)) : byDefault(built);
  for (const one of shown) refuseRetained(one);
  return shown.map(({ checked }) => checked);
}

function byDefault(built: readonly ProjectStack[]): readonly ProjectStack[] {
  const usual = built.filter(({ name }) => DEFAULT_STACKS.includes(name));
  return usual.length > 0 ? usual : built.slice(0, 1);
}

function stackNamed(name: string, built: readonly ProjectStack[]): ProjectStack {
  const stack = built.find((one) => one.name === name);
  if (stack) return stack;
  throw new ToolchainError(`There is no stack ${name}; there are: ${built.map((one) => one.name).join(", ")}`);
}

function refuseRetained({ name, checked, stack }: ProjectStack): void {
  const retained = Template.of(stack)
    .resources()
    .some(({ attributes }) => attributes.lifecycle?.prevent_destroy);
  if (!retained) return;
  throw new ToolchainError(
    `${name} keeps its data, and what is shown is destroyed: set "retainData" to false in ${checked.parametersFile} for the demo`,
  );
}
