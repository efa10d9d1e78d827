import * as z from "zod";
import { ToolchainError } from "../toolchain/error";
import { readJson } from "./result";

/** GitHub refuses more jobs from one matrix. docs.github.com/en/actions/reference/limits */
const MOST_JOBS = 256;

/** What `npm run changed -- --format json` prints; further keys of it are of no concern here. */
const changedSchema = z.object({
  plan: z.array(z.string()),
  removed: z.array(z.string()),
});

export interface ChangedStacks {
  /** Stacks to plan or apply, sorted. */
  readonly plan: readonly string[];
  /** Stacks that the code no longer has, though their resources may be there. */
  readonly removed: readonly string[];
}

/** @throws ToolchainError when the file is not what `npm run changed` prints */
export function readChanged(file: string): ChangedStacks {
  const parsed = changedSchema.safeParse(readJson(file));
  if (parsed.success) return { plan: [...parsed.data.plan].sort(), removed: [...parsed.data.removed].sort() };
  throw new ToolchainError(
    `${file} is not what "npm run changed -- --format json" prints: ${z.prettifyError(parsed.error)}`,
  );
}

/**
 * The same for stacks that somebody names, or for all.
 * @throws ToolchainError when one is named that is not there
 */
export function selectStacks(names: readonly string[], known: readonly string[]): ChangedStacks {
  if (names.length === 0) throw new ToolchainError(`Name the stacks, or "all". There are: ${known.join(", ")}`);
  if (names.includes("all")) return { plan: [...known].sort(), removed: [] };
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new ToolchainError(`There is no stack ${unknown.join(", ")}. There are: ${known.join(", ")}`);
  return { plan: [...new Set(names)].sort(), removed: [] };
}

/** A job's outputs, as lines for GITHUB_OUTPUT: both are JSON, in one line. */
export function jobOutputs({ plan, removed }: ChangedStacks): string {
  if (plan.length > MOST_JOBS)
    throw new ToolchainError(
      `${plan.length} stacks are touched, and GitHub runs no more than ${MOST_JOBS} jobs of a matrix. Split the change.`,
    );
  return `stacks=${JSON.stringify(plan)}\nremoved=${JSON.stringify(removed)}`;
}
