import { spawnSync } from "node:child_process";
import { ToolchainError } from "../toolchain/error";

/** How a commit lies to the one that is to be deployed. */
export type Relation = "ancestor" | "descendant" | "unrelated";

/** A run of the workflow that deploys, for a push, which is over. */
export interface DeploymentRun {
  readonly commit: string;
  /** docs.github.com/en/actions/reference: success, failure, cancelled, skipped, timed_out, ... */
  readonly conclusion: string;
}

/** Such a run applied nothing: a newer one took its place before it began, or nothing was to be deployed. */
const NOTHING_APPLIED = new Set(["cancelled", "skipped"]);

/**
 * The commit whose deployment was the last to go well: what has changed since then is to be deployed. A run that failed,
 * was cancelled or was never approved leaves its stacks to the next one.
 * @param runs the newest first
 * @returns undefined when nothing was deployed yet, or history was rewritten: then all stacks are
 * @throws ToolchainError when something newer was deployed, if only in part: applying would take it back. Whoever runs the
 * failed jobs of an old run again comes here.
 */
export function deployedCommit(
  runs: readonly DeploymentRun[],
  head: string,
  relationOf: (commit: string) => Relation,
): string | undefined {
  const newer = runs.find(
    ({ commit, conclusion }) =>
      !NOTHING_APPLIED.has(conclusion) && commit !== head && relationOf(commit) === "descendant",
  );
  if (newer)
    throw new ToolchainError(
      `Commit ${newer.commit} was deployed, or some of it, and is newer than ${head}: deploying that would take the newer ` +
        "one back. Run the workflow for the newest commit, or revert what is to be taken back.",
    );
  const last = runs.find(({ conclusion }) => conclusion === "success")?.commit;
  if (last === undefined || last === head) return last;
  return relationOf(last) === "ancestor" ? last : undefined;
}

/** By the repository in the folder, which needs its whole history. */
export function gitRelation(folder: string, head: string): (commit: string) => Relation {
  const isAncestor = (older: string, newer: string) =>
    spawnSync("git", ["merge-base", "--is-ancestor", older, newer], { cwd: folder, stdio: "ignore" }).status === 0;
  return (commit) => {
    if (isAncestor(commit, head)) return "ancestor";
    return isAncestor(head, commit) ? "descendant" : "unrelated";
  };
}
