import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { LOCAL_STATE } from "../../shared/blueprint/backends/local";
import { BlueprintMistakes } from "../../shared/blueprint/mistakes";
import { appArguments } from "../../shared/testing/app-command";
import { type CheckedChoice, type Choice, checkChoice } from "./choice";
import { linkedPaths, withoutDeadLinks } from "./links";
import { CodeReader } from "./needed-files";
import { renamedLine, stacksLine } from "./report";
import { formatFiles, withStagedCopy } from "./staged-copy";
import { readPackageJson, standalonePackage } from "./standalone-package";
import { standaloneNotice, standaloneReadme } from "./standalone-texts";

/** What stands at the root of any project of this kind, as it is. The lock file is pruned by `npm install`. */
const AS_IT_IS = [
  ".editorconfig",
  ".gitattributes",
  ".gitignore",
  ".npmrc",
  ".nvmrc",
  "LICENSE",
  "biome.json",
  "package-lock.json",
];
const DECISION = /^docs\/decisions\/\d+-[^/]+\.md$/;

/**
 * Writes a project that holds a copy of one blueprint and what it needs of this one. The new folder is there complete, or
 * not at all.
 * @param out The new folder; one that is there has to be empty.
 * @returns what to tell the user, a line each
 * @throws BlueprintMistakes
 */
export function exportBlueprint(root: string, choice: Choice, out: string): string[] {
  const checked = checkChoice(root, choice, false);
  const target = resolve(out);
  refuseUsedFolder(root, target);
  return withStagedCopy(root, checked, ({ folder, renamed }) => {
    const project = join(dirname(dirname(folder)), "project");
    const { shared, packages } = fill(project, root, folder, checked);
    putAt(target, project);
    return [
      `${target} is a project of its own: a copy of ${checked.from}, ${shared} files of shared/, ${packages} packages.`,
      renamedLine(renamed),
      stacksLine(checked),
      "",
      `Next, in ${target}:`,
      "  npm install                       installs the packages, and takes those that are not needed from package-lock.json",
      "  npm test                          type check, lint, tests",
      `  npx cdktf deploy ${checked.stackNames[0]?.padEnd(17)}deploy it to your account`,
    ];
  });
}

/** @throws BlueprintMistakes */
function refuseUsedFolder(root: string, target: string): void {
  if (!relative(root, target).startsWith("..")) {
    throw new BlueprintMistakes([`${target} is inside this project; choose a folder outside, or leave --out away`]);
  }
  if (!existsSync(target)) return;
  if (!statSync(target).isDirectory()) throw new BlueprintMistakes([`${target} is a file; choose a new folder`]);
  if (readdirSync(target).length > 0) {
    throw new BlueprintMistakes([`${target} is not empty, and nothing is overwritten; choose a new folder`]);
  }
}

/** Fills the empty folder of the new project. @returns how much it took */
function fill(project: string, root: string, blueprint: string, choice: CheckedChoice) {
  const place = `blueprints/${choice.name}`;
  cpSync(blueprint, join(project, place), { recursive: true });
  const original = filesOf(join(root, "blueprints", choice.from)).map((file) => `blueprints/${choice.from}/${file}`);
  const { files, packages } = new CodeReader(root).needed([...filesOfApp(root), ...original]);
  const taken = files.filter((file) => !file.startsWith("blueprints/"));
  const readme = join(project, place, "README.md");
  const decisions = existsSync(readme)
    ? linkedPaths(`${place}/README.md`, readFileSync(readme, "utf8")).filter((path) => DECISION.test(path))
    : [];
  for (const file of [...taken, ...AS_IT_IS, ...decisions]) copyFile(join(root, file), join(project, file));

  const origin = readPackageJson(root);
  const json = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
  const tsconfig = json("tsconfig.json");
  const jest = json("jest.config.json");
  const cdktf = json("cdktf.json");
  // A state of its own, wherever this project's are.
  const context = { ...cdktf.context, backend: LOCAL_STATE };
  const written: Record<string, object | string> = {
    "package.json": standalonePackage(origin, { ...choice, packages }),
    "cdktf.json": { ...cdktf, projectId: choice.name, context },
    "tsconfig.json": { ...tsconfig, include: ["main.ts", "blueprints", "shared"] },
    "jest.config.json": { ...jest, roots: ["<rootDir>/blueprints", "<rootDir>/shared"] },
    "README.md": standaloneReadme(choice, origin),
    NOTICE: standaloneNotice(choice, origin),
  };
  for (const [file, content] of Object.entries(written)) {
    writeFileSync(join(project, file), typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  for (const file of filesOf(project).filter((one) => one.endsWith(".md"))) {
    const text = readFileSync(join(project, file), "utf8");
    writeFileSync(
      join(project, file),
      withoutDeadLinks(file, text, (path) => existsSync(join(project, path))),
    );
  }
  formatFiles(root, project, ".");
  return { shared: taken.filter((file) => file.startsWith("shared/")).length, packages: packages.length };
}

/** The project's files that the app's command in cdktf.json runs. */
function filesOfApp(root: string): string[] {
  const words = appArguments(root).flatMap((word) => word.split("="));
  return words
    .filter((word) => statSync(join(root, word), { throwIfNoEntry: false })?.isFile())
    .map((file) => posix.normalize(file));
}

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return entries.filter((file) => statSync(join(folder, file)).isFile()).map((file) => file.split("\\").join("/"));
}

function copyFile(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
}

/** Another file system may lie there: what is copied only half is removed again. */
function putAt(target: string, project: string): void {
  const wasThere = existsSync(target);
  try {
    cpSync(project, target, { recursive: true });
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    if (wasThere) mkdirSync(target);
    throw new BlueprintMistakes([`${target} cannot be written: ${(error as Error).message}`]);
  }
}
