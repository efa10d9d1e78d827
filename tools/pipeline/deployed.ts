import { spawnSync } from "node:child_process";
import { ToolchainError } from "../toolchain/error";

/** How a commit lies to the one that is to be deployed. */
export type Relation = "ancestor" | "descendant" | "unrelated";

/**
 * The commit whose deployment was the last to go well: what has changed since then is to be deployed. It is the newest
 * one, so that a run that failed, was cancelled or was never approved leaves its stacks to the next one.
 * @param commits of successful deployments, the newest first
 * @returns undefined when nothing was deployed yet, or history was rewritten: then all stacks are
 * @throws ToolchainError when something newer is deployed already: applying would take it back
 */
export function deployedCommit(
  commits: readonly string[],
  head: string,
  relationOf: (commit: string) => Relation,
): string | undefined {
  const [last] = commits;
  if (last === undefined) return undefined;
  if (last === head) return last;
  switch (relationOf(last)) {
    case "ancestor":
      return last;
    case "descendant":
      throw new ToolchainError(
        `Commit ${last} is deployed, which is newer than ${head}: deploying that would take the newer one back. ` +
          "Run the workflow for the newest commit, or revert what is to be taken back.",
      );
    case "unrelated":
      return undefined;
  }
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
