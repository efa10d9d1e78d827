import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const PROJECT = resolve(__dirname, "../..");

/** What ShellCheck answers with. */
interface Finding {
  readonly line: number;
  readonly code: number;
  readonly message: string;
}

/** The scripts that run on the machines of the blueprints, with absolute paths. */
export function runtimeScripts(): string[] {
  const folder = join(PROJECT, "blueprints");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /^[^/]+\/runtime\/.+\.sh$/.test(path))
    .map((path) => join(folder, path))
    .sort();
}

/**
 * Lints scripts with ShellCheck down to the severity `style`, and returns what it does not like, each as
 * `path:line: SC0000 what`. `# shellcheck source=lib.sh` means the file of that name in the script's own folder.
 *
 * In a process of its own: the package is an ES module, which Jest does not load.
 */
export function lintScripts(paths: readonly string[]): string[] {
  const scripts = paths.map((path) => ({ text: readFileSync(path, "utf8"), files: neighbours(path) }));
  const output = execFileSync(process.execPath, [join(__dirname, "shell-lint-runner.mjs")], {
    input: JSON.stringify(scripts),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return (JSON.parse(output) as Finding[][]).flatMap((findings, index) =>
    findings.map(({ line, code, message }) => `${relative(PROJECT, paths[index] ?? "")}:${line}: SC${code} ${message}`),
  );
}

function neighbours(path: string): Record<string, string> {
  const names = readdirSync(dirname(path)).filter((name) => name.endsWith(".sh"));
  return Object.fromEntries(names.map((name) => [`./${name}`, readFileSync(join(dirname(path), name), "utf8")]));
}
