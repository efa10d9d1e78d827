import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { measureNode } from "./processes";
import type { Report } from "./report";

const BLUEPRINT = "kinesis-scaler";
const COPIES = [1, 10, 50];
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
    const app = measureNode(APP, { cwd: root, env, runs: 5 });
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

  const base = synthesizeCopies(0, report);
  const times = COPIES.map((copies) => {
    const milliseconds = synthesizeCopies(copies, report);
    return { copies, each: (milliseconds - base) / copies };
  });
  for (const { copies, each } of times) {
    // One copy's share is smaller than the noise of two whole runs; it is shown, the goal is for ten and more.
    if (copies === 1) report.line("an added copy, of 1", `${each.toFixed(1)} ms`);
    else report.goal(`an added copy, of ${copies}, in ms`, each, { atMost: 20, digits: 1 });
  }
}

function appArguments(): string[] {
  const { app } = JSON.parse(readFileSync(join(__dirname, "../../cdktf.json"), "utf8")) as { app: string };
  return app.split(" ").slice(1);
}

function firstSynthesis(): number {
  const project = new ProjectCopy([BLUEPRINT]);
  try {
    return measureNode(APP, { cwd: project.root, runs: 1 }).milliseconds;
  } finally {
    project.delete();
  }
}

function synthesizeCopies(copies: number, report: Report): number {
  const project = new ProjectCopy([BLUEPRINT]);
  try {
    for (let copy = 1; copy <= copies; copy++) project.copyBlueprint(BLUEPRINT, `copy-${copy}`);
    measureNode(APP, { cwd: project.root, runs: 1 }); // Fills the bundle cache.
    const { milliseconds, megabytes } = measureNode(APP, { cwd: project.root, runs: 5 });
    report.line(`synthesis, ${copies + 1} stacks`, `${ms(milliseconds)} ms, ${megabytes.toFixed(0)} MB`);
    return milliseconds;
  } finally {
    project.delete();
  }
}

function ms(milliseconds: number): string {
  return milliseconds.toFixed(0);
}
