import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./documentation/generated-files";
import { projectRoot } from "./proof/project-stacks";
import { runMain } from "./run-main";

/** Writes what is generated from the blueprints' code: JSON Schemas for editors, and sections of their READMEs. */
async function main(): Promise<void> {
  for (const [file, content] of Object.entries(generatedFiles())) {
    writeFileSync(join(projectRoot, file), content);
    console.log(file);
  }
}

runMain(main);
