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
  /** Stacks that are touched, and that pipelines stand on: an administrator deploys them. */
  readonly byHand: readonly string[];
  /** Stacks that the code no longer has, though their resources may be there. */
  readonly removed: readonly string[];
}

/**
 * @param foundations stacks that no pipeline plans or applies
 * @throws ToolchainError when the file is not what `npm run changed` prints
 */
export function readChanged(file: string, foundations: readonly string[]): ChangedStacks {
  const parsed = changedSchema.safeParse(readJson(file));
  if (parsed.success) {
    const touched = [...parsed.data.plan].sort();
    return {
      plan: touched.filter((stack) => !foundations.includes(stack)),
      byHand: touched.filter((stack) => foundations.includes(stack)),
      removed: [...parsed.data.removed].sort(),
    };
  }
  throw new ToolchainError(
    `${file} is not what "npm run changed -- --format json" prints: ${z.prettifyError(parsed.error)}`,
  );
}

/**
 * What `npm run changed` would print if stacks were touched that somebody names, or all that pipelines deploy.
 * @throws ToolchainError when one is named that is not there, or that pipelines do not deploy
 */
export function selectStacks(
  names: readonly string[],
  known: readonly string[],
  foundations: readonly string[],
): { readonly plan: readonly string[]; readonly removed: readonly string[] } {
  const deployed = known.filter((stack) => !foundations.includes(stack));
  if (names.length === 0) throw new ToolchainError(`Name the stacks, or "all". There are: ${deployed.join(", ")}`);
  if (names.includes("all")) return { plan: [...deployed].sort(), removed: [] };
  const byHand = names.filter((name) => foundations.includes(name));
  if (byHand.length > 0)
    throw new ToolchainError(
      `Pipelines stand on ${byHand.join(", ")} and have no permission for it: an administrator runs npx cdktf deploy.`,
    );
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new ToolchainError(`There is no stack ${unknown.join(", ")}. There are: ${deployed.join(", ")}`);
  return { plan: [...new Set(names)].sort(), removed: [] };
}

/** A job's outputs, as lines for GITHUB_OUTPUT: each is JSON, in one line. */
export function jobOutputs({ plan, byHand, removed }: ChangedStacks): string {
  if (plan.length > MOST_JOBS)
    throw new ToolchainError(
      `${plan.length} stacks are touched, and GitHub runs no more than ${MOST_JOBS} jobs of a matrix. Split the change.`,
    );
  return Object.entries({ stacks: plan, "by-hand": byHand, removed })
    .map(([name, stacks]) => `${name}=${JSON.stringify(stacks)}`)
    .join("\n");
}
