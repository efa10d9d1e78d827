import { renameSync } from "node:fs";
import { join } from "node:path";
import { type Choice, checkChoice } from "./choice";
import { nextSteps, renamedLine, stacksLine } from "./report";
import { withStagedCopy } from "./staged-copy";

/**
 * Copies a blueprint beside itself. The new folder is there complete, or not at all.
 * @returns what to tell the user, a line each
 * @throws BlueprintMistakes
 */
export function copyBlueprint(root: string, choice: Choice): string[] {
  const checked = checkChoice(root, choice, true);
  return withStagedCopy(root, checked, ({ folder, renamed }) => {
    renameSync(folder, join(root, "blueprints", checked.name));
    return [
      `blueprints/${checked.name} is a copy of ${checked.from}, and stands beside it.`,
      renamedLine(renamed),
      stacksLine(checked),
      ...nextSteps(checked.name, [
        [`npx jest blueprints/${checked.name}`, "its tests"],
        [`npm run demo -- ${checked.stackNames[0]}`, "deploy it on this machine, see what it does, destroy it"],
        [`npx cdktf deploy ${checked.stackNames[0]}`, "deploy it to your account"],
      ]),
    ];
  });
}
