import { existsSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

/** One parameters file, and the stack that it makes. */
export interface StackSource {
  /** `<blueprint>` for parameters.json, `<blueprint>-<variant>` for parameters.<variant>.json. */
  readonly stackName: string;
  /** Path of the parameters file, relative to the project's root, with forward slashes. */
  readonly parametersFile: string;
  /** Absolute path of the blueprint's folder. */
  readonly folder: string;
}

/**
 * Whose values make the stacks: those of the project's parameters files, or those of `proof/` in each blueprint's folder,
 * with which tests deploy it whatever the project's say. Without any there, the project's are the proof's.
 */
export type Values = "project" | "proof";

export interface Discovery {
  readonly stacks: readonly StackSource[];
  readonly mistakes: readonly string[];
}

// A stack's name becomes part of the names of AWS resources: the narrowest of their alphabets, and room for a suffix.
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_STACK_NAME_LENGTH = 40;
const PARAMETERS_FILE = /^parameters(?:\.(.+))?\.json$/;
const SCHEMA_FILE = "parameters.schema.json";

/** Of a blueprint's folder, the one that holds its scenario, and the values that it is deployed with to be proven. */
export const PROOF = "proof";

/** What {@link isStackName} asks for, in a sentence. */
export const STACK_NAME_RULE =
  `a stack's name has at most ${MAX_STACK_NAME_LENGTH} ` +
  "characters: lower-case letters, digits and single hyphens, beginning with a letter";

export function isStackName(name: string): boolean {
  return NAME.test(name) && name.length <= MAX_STACK_NAME_LENGTH;
}

/** A blueprint's parameters files, relative to its folder and with forward slashes, in alphabetical order. */
export function parametersFiles(folder: string, values: Values): string[] {
  const proof = join(folder, PROOF);
  const ofProof = values === "proof" && existsSync(proof) ? parametersFilesIn(proof) : [];
  return ofProof.length > 0 ? ofProof.map((file) => posix.join(PROOF, file)) : parametersFilesIn(folder);
}

function parametersFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => PARAMETERS_FILE.test(file) && file !== SCHEMA_FILE)
    .sort();
}

/**
 * Finds every blueprints/<name>/parameters[.<variant>].json below the project's root, or those of the proof, in
 * alphabetical order.
 * Reads names only: no file is opened and no code is loaded.
 */
export function discoverStacks(root: string, values: Values = "project"): Discovery {
  const stacks: StackSource[] = [];
  const mistakes: string[] = [];
  const blueprints = join(root, "blueprints");
  if (!existsSync(blueprints)) {
    return { stacks, mistakes: ["blueprints: no such folder; run the command in the project's root"] };
  }

  const folders = readdirSync(blueprints, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const name of folders.map((entry) => entry.name).sort()) {
    const folder = join(blueprints, name);
    const where = `blueprints/${name}`;

    for (const required of ["stack.ts", "parameters.ts"]) {
      if (!existsSync(join(folder, required))) {
        mistakes.push(`${where}: has no ${required}; copy it from another blueprint, or remove the folder`);
      }
    }
    const files = parametersFiles(folder, values);
    // With values for the proof it is a blueprint of which the project has no stack.
    if (files.length === 0 && parametersFiles(folder, "proof").length === 0) {
      mistakes.push(
        `${where}: has no parameters.json; each parameters file makes one stack, so there is none to deploy`,
      );
    }
    for (const file of files) {
      const parametersFile = posix.join(where, file);
      const variant = PARAMETERS_FILE.exec(posix.basename(file))?.[1];
      const stackName = variant === undefined ? name : `${name}-${variant}`;
      if (!isStackName(stackName)) {
        mistakes.push(
          `${parametersFile}: makes the stack "${stackName}"; ${STACK_NAME_RULE}; rename the folder or the file`,
        );
        continue;
      }
      const other = stacks.find((stack) => stack.stackName === stackName);
      if (other) {
        mistakes.push(
          `${parametersFile}: makes the stack "${stackName}", and so does ${other.parametersFile}; rename one of the two`,
        );
        continue;
      }
      stacks.push({ stackName, parametersFile, folder });
    }
  }
  return { stacks, mistakes };
}
