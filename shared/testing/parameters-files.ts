import { parametersFiles } from "../blueprint/discovery";

/** Parameters files that a blueprint comes with, the proof's among them, relative to its folder. */
export function parametersFilesOf(folder: string): string[] {
  return [...new Set([...parametersFiles(folder, "project"), ...parametersFiles(folder, "proof")])];
}
