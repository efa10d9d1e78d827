import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatedFiles } from "./documentation/generated-files";
import { runMain } from "./run-main";

const root = join(__dirname, "..");

/** Writes what is generated from the blueprints' code: JSON Schemas for editors, and sections of their READMEs. */
async function main(): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), "generate-"));
  try {
    for (const [file, content] of Object.entries(generatedFiles(root, outdir))) {
      writeFileSync(join(root, file), content);
      console.log(file);
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

runMain(main);
