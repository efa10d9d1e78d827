import { join } from "node:path";
import { PROOF, parametersFilesIn } from "../blueprint/discovery";

/** Parameters files that a blueprint comes with, the proof's among them, relative to its folder. */
export function parametersFilesOf(folder: string): string[] {
  return [...parametersFilesIn(folder), ...parametersFilesIn(join(folder, PROOF)).map((file) => join(PROOF, file))];
}
