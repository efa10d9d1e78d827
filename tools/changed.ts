import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareWithBase } from "./changed/compare";
import type { ProjectChange } from "./changed/project-change";
import { jsonReport } from "./changed/report/json";
import { markdownReport } from "./changed/report/markdown";
import { textReport } from "./changed/report/text";
import { runMain } from "./run-main";
import { ToolchainError } from "./toolchain/error";

const REPORTS: Record<string, (change: ProjectChange) => string> = {
  text: textReport,
  markdown: markdownReport,
  json: jsonReport,
};

const USAGE = `Which stacks a change touches: the synthesized stacks of a base are compared with those of the working tree.

npm run --silent changed -- --base <ref> [--format ${Object.keys(REPORTS).join("|")}] [--summary <file>]

--base     a revision that git knows: origin/main, HEAD~3, a commit. What it has and the working tree has not shows as
           removed; for what a branch did since it left main: --base "$(git merge-base main HEAD)"
--format   text for a terminal (the default), markdown for a comment on a pull request, json for a program
--summary  appends the report in markdown to a file as well, such as "$GITHUB_STEP_SUMMARY"`;

const root = join(__dirname, "..");

async function main(args: readonly string[]): Promise<void> {
  const { base, format, summary } = options(args);
  const report = REPORTS[format];
  if (base === undefined || report === undefined) {
    const mistake = base === undefined ? "--base is missing." : `--format ${format} is not known.`;
    throw new ToolchainError(`${mistake}\n\n${USAGE}`);
  }
  const change = await compareWithBase({ root, base, report: console.error });
  console.log(report(change));
  if (summary !== undefined) appendFileSync(summary, `${markdownReport(change)}\n`);
}

function options(args: readonly string[]): { base?: string; format: string; summary?: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { base: { type: "string" }, format: { type: "string", default: "text" }, summary: { type: "string" } },
    });
    return values;
  } catch (error) {
    throw new ToolchainError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

runMain(() => main(process.argv.slice(2)));
