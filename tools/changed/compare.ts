import { join } from "node:path";
import { type Report, ToolchainError } from "../toolchain/error";
import { providePackages } from "./packages";
import { type ProjectChange, stackChanges } from "./project-change";
import { Repository } from "./revision";
import { type Synthesis, synthesize } from "./synthesis";
import { inTemporaryFolder } from "./temporary-folder";

export interface CompareOptions {
  /** The project's folder: its files as they are, committed or not, are compared. */
  readonly root: string;
  /** Any revision that git knows: `origin/main`, `HEAD~3`. */
  readonly base: string;
  /** Gets progress and warnings. */
  readonly report: Report;
}

/**
 * Synthesizes a base revision and the working tree side by side, and compares the stacks. Nothing of either is changed.
 *
 * @throws ToolchainError without git or the revision, and when the working tree does not synthesize. A base that does not
 * is no error, or nobody could mend it.
 */
export function compareWithBase({ root, base: ref, report }: CompareOptions): Promise<ProjectChange> {
  return inTemporaryFolder("changed", async (folder, signal) => {
    const repository = await Repository.at(root, signal);
    const [base, head] = await Promise.all([repository.revision(ref), repository.workingTree()]);
    if (base.ahead > 0) {
      report(
        `${ref} has ${base.ahead} commit(s) that are not in HEAD: what they did shows the other way round. ` +
          `To leave them out: --base "$(git merge-base ${ref} HEAD)"`,
      );
    }
    const synthesizeBase = async (): Promise<Synthesis> => {
      const copy = join(folder, "base");
      await repository.takeOut(base, copy);
      const failure = await providePackages(root, copy, report, signal);
      return failure === undefined ? synthesize(copy, join(folder, "base-out"), signal) : { mistakes: failure };
    };
    const ends = await Promise.allSettled([synthesizeBase(), synthesize(root, join(folder, "head-out"), signal)]);
    const [before, after] = ends.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    }) as [Synthesis, Synthesis];
    if (signal.aborted) throw new ToolchainError("Interrupted.");
    if ("mistakes" in after) throw new ToolchainError(`The working tree does not synthesize:\n${after.mistakes}`);
    return {
      base: { ...base, ...("mistakes" in before && { mistakes: before.mistakes }) },
      head,
      stacks: await stackChanges(before, after.stacks),
    };
  });
}
