import { mkdirSync, mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";

const scratch = resolve(__dirname, "../../.local");

/** Makes a folder inside the project, so that its packages are found; ignored by git. Whoever asks for it removes it. */
export function scratchFolder(name: string): string {
  mkdirSync(scratch, { recursive: true });
  return mkdtempSync(join(scratch, `${name}-`));
}
