import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NO_CHANGES, type Outcome, type Result } from "../result";
import type { Stop } from "../stop";
import { countsOf, type PlanJson } from "./counts";
import { type Ended, terraform } from "./process";

/** How long an apply waits for the state's lock: about as long as somebody else's apply. */
const LOCK_TIMEOUT = "20m";

export interface RunStackOptions {
  /** Path of Terraform. */
  readonly binary: string;
  readonly stack: string;
  /** The stack's folder, with its cdk.tf.json. */
  readonly folder: string;
  readonly verb: "plan" | "apply";
  readonly stop: Stop;
  /** Called with what an apply says as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Plans or applies a stack with Terraform on this machine, by way of a plan file: what is applied is what was planned. */
export async function runStack(options: RunStackOptions): Promise<Result> {
  // A plan file holds secrets in clear text.
  const scratch = mkdtempSync(join(tmpdir(), "plan-"));
  try {
    return await withPlanFile(join(scratch, "plan"), options);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Counts = Pick<Result, "hasChanges" | "added" | "changed" | "destroyed" | "imported" | "moved">;

async function withPlanFile(file: string, options: RunStackOptions): Promise<Result> {
  const { binary, stack, folder, verb, stop, onOutput } = options;
  const run = (...args: string[]) => terraform(binary, args, folder, stop);
  const end = (outcome: Outcome, counts: Counts, text: string) => ({
    stack,
    verb,
    outcome,
    ...counts,
    text: text.trim(),
  });
  const failed = ({ said }: Ended, counts: Counts = NO_CHANGES) => end(stop.reason ?? "errored", counts, said);

  const init = await run("init", "-input=false", "-no-color");
  if (init.code !== 0) return failed(init);
  // A plan only reads, and its role need not be allowed to lock.
  const lock = verb === "plan" ? "-lock=false" : `-lock-timeout=${LOCK_TIMEOUT}`;
  const plan = await run("plan", "-input=false", "-no-color", lock, `-out=${file}`);
  if (plan.code !== 0) return failed(plan);
  const json = await run("show", "-json", file);
  const shown = await run("show", "-no-color", file);
  if (json.code !== 0) return failed(json);
  const counts = countsOf(JSON.parse(json.stdout) as PlanJson);
  if (verb === "plan") return end("planned", counts, shown.stdout);
  if (!counts.hasChanges) return end("applied", counts, shown.stdout);

  const apply = await terraform(binary, ["apply", "-input=false", "-no-color", lock, file], folder, stop, onOutput);
  return apply.code === 0 ? end("applied", counts, shown.stdout) : failed(apply, counts);
}
