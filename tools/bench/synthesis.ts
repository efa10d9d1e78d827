import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { measureNode } from "./processes";
import type { Report } from "./report";

const BLUEPRINT = "kinesis-scaler";
const COUNTS = [1, 10, 50];
/** As cdktf runs it. */
const APP = appArguments();
/** What cdktf's own TypeScript template runs: ts-node, with type check. TypeScript 5, as 7 has no API for it. */
const TEMPLATE = ["--require", "ts-node/register", "main.ts"];
const TEMPLATE_ENVIRONMENT = {
  TS_NODE_COMPILER: "typescript-5",
  TS_NODE_COMPILER_OPTIONS: '{"module":"commonjs","moduleResolution":"node10"}',
};

/** Whole-app synthesis, against cdktf's default template, and with copies of a blueprint added. */
export function benchSynthesis(root: string, report: Report): void {
  const outdir = mkdtempSync(join(tmpdir(), "bench-synth-"));
  try {
    const env = { CDKTF_OUTDIR: outdir };
    const first = firstSynthesis();
    const app = measureNode(APP, { cwd: root, env });
    const template = measureNode(TEMPLATE, { cwd: root, env: { ...env, ...TEMPLATE_ENVIRONMENT } });
    report.line("synthesis, whole app, first (no bundle cached)", `${ms(first)} ms`);
    report.line("synthesis, whole app", `${ms(app.milliseconds)} ms, ${app.megabytes.toFixed(0)} MB`);
    report.line(
      "synthesis, whole app, by ts-node",
      `${ms(template.milliseconds)} ms, ${template.megabytes.toFixed(0)} MB`,
    );
    report.goal("whole app against ts-node", app.milliseconds / template.milliseconds, { atMost: 0.6, digits: 2 });
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }

  for (const kind of ["parameters file", "copied folder"] as const) {
    const base = synthesizeWith(kind, 0, report);
    for (const count of COUNTS) {
      const each = (synthesizeWith(kind, count, report) - base) / count;
      // Of fewer stacks the noise of two whole runs is too large a part, and of a folder's share half is Node.js loading it.
      const hasGoal = kind === "parameters file" && count === COUNTS.at(-1);
      if (hasGoal) report.goal(`an added ${kind}, of ${count}, in ms`, each, { atMost: 20, digits: 1 });
      else report.line(`an added ${kind}, of ${count}`, `${each.toFixed(1)} ms`);
    }
  }
}

function firstSynthesis(): number {
  const project = new ProjectCopy([BLUEPRINT]);
  try {
    return measureNode(APP, { cwd: project.root, runs: 1 }).milliseconds;
  } finally {
    project.delete();
  }
}

/** With stacks added: by parameters files of the same blueprint, or by copies of its folder, whose code is loaded anew. */
function synthesizeWith(kind: "parameters file" | "copied folder", count: number, report: Report): number {
  const project = new ProjectCopy([BLUEPRINT]);
  try {
    for (let added = 1; added <= count; added++) {
      if (kind === "copied folder") project.copyBlueprint(BLUEPRINT, `copy-${added}`);
      else project.copyParameters(BLUEPRINT, `copy-${added}`);
    }
    measureNode(APP, { cwd: project.root, runs: 1 }); // Fills the bundle cache.
    const { milliseconds, megabytes } = measureNode(APP, { cwd: project.root, runs: 5 });
    report.line(`synthesis, ${count + 1} stacks (${kind})`, `${ms(milliseconds)} ms, ${megabytes.toFixed(0)} MB`);
    return milliseconds;
  } finally {
    project.delete();
  }
}

function ms(milliseconds: number): string {
  return milliseconds.toFixed(0);
}
