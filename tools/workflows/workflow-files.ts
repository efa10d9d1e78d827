import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly "timeout-minutes"?: number;
  readonly permissions?: unknown;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** A workflow, or an action of the project's own, whose steps stand for one job. */
export interface WorkflowFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  readonly isAction: boolean;
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** All workflows, and all actions of the project's own. */
export function workflowFiles(root: string): WorkflowFile[] {
  const workflows = namesIn(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`);
  const actions = namesIn(join(root, ".github/actions")).map((name) => `.github/actions/${name}/action.yml`);
  return [...workflows, ...actions].map((path) => workflowFile(path, readFileSync(join(root, path), "utf8")));
}

export function workflowFile(path: string, text: string): WorkflowFile {
  const content = parse(text);
  if (!path.includes("/actions/")) return { ...content, path, text, isAction: false };
  return { path, text, isAction: true, jobs: { action: { steps: content.runs.steps } } };
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
