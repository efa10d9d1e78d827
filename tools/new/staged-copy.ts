import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkStacks } from "../../shared/blueprint/app";
import { generatedFiles } from "../documentation/generated-files";
import type { CheckedChoice } from "./choice";
import { renamingOf } from "./own-name";

/** A copied blueprint that is complete, in a place where nothing finds it yet. */
export interface StagedCopy {
  /** Absolute path of the copied folder. */
  readonly folder: string;
  /** How often the blueprint's own name was replaced, by the file in the folder. */
  readonly renamed: Readonly<Record<string, number>>;
}

/**
 * Copies a blueprint's folder, replaces its name where that stands for the stack, makes the generated files anew and
 * formats what has changed, and hands the result over. What `use` has not moved away is removed afterwards.
 * @throws BlueprintMistakes when the copy's parameters are not right, before `use` is called
 */
export function withStagedCopy<T>(root: string, choice: CheckedChoice, use: (copy: StagedCopy) => T): T {
  const { from, name, blueprints } = choice;
  mkdirSync(join(root, ".local"), { recursive: true });
  const stage = mkdtempSync(join(root, ".local", "new-"));
  try {
    const folder = join(stage, "blueprints", name);
    cpSync(join(root, "blueprints", from), folder, { recursive: true });
    const renamed = renameIn(folder, { from, to: name, others: blueprints.filter((one) => one !== from) });
    // What the copied code imports, and a linter that knows the rules.
    symlinkSync(join(root, "shared"), join(stage, "shared"));
    cpSync(join(root, "biome.json"), join(stage, "biome.json"));
    // Generated files are made with the values of the proof; these are the project's.
    checkStacks(stage);
    for (const [file, content] of Object.entries(generatedFiles(stage))) writeFileSync(join(stage, file), content);
    formatFiles(root, stage, "blueprints");
    return use({ folder, renamed });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Formats a folder by the biome.json in `cwd`: a longer name may need another line break. */
export function formatFiles(root: string, cwd: string, path: string): void {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, "format", "--write", path], {
    cwd,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${path} cannot be formatted:\n${stdout}${stderr}`);
}

function renameIn(folder: string, renaming: { from: string; to: string; others: string[] }): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const rename = renamingOf(file.split("\\").join("/"));
    if (!rename) continue;
    const { text, count } = rename(readFileSync(join(folder, file), "utf8"), renaming);
    if (count === 0) continue;
    writeFileSync(join(folder, file), text);
    counts[file] = count;
  }
  return counts;
}
