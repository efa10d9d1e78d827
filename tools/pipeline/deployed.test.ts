import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { type DeploymentRun, deployedCommit, gitRelation, type Relation } from "./deployed";

/** A branch whose commits are numbers: what is smaller is older. */
const onOneBranch =
  (head: number) =>
  (commit: string): Relation =>
    Number(commit) < head ? "ancestor" : "descendant";
const conclusions = fc.constantFrom("success", "failure", "cancelled", "skipped", "timed_out");
const someRuns = fc
  .uniqueArray(fc.record({ commit: fc.nat(50), conclusion: conclusions }), { selector: ({ commit }) => commit })
  .map((runs) => runs.sort((one, other) => other.commit - one.commit))
  .map((runs) => runs.map(({ commit, conclusion }): DeploymentRun => ({ commit: String(commit), conclusion })));

test("the base is the newest commit whose deployment went well, whatever happened since", () => {
  fc.assert(
    fc.property(someRuns, (runs) => {
      const well = runs.filter(({ conclusion }) => conclusion === "success").map(({ commit }) => Number(commit));
      expect(deployedCommit(runs, "51", onOneBranch(51))).toBe(well.length > 0 ? String(Math.max(...well)) : undefined);
    }),
  );
});

test("a commit is refused exactly when a newer one was applied, if only in part", () => {
  fc.assert(
    fc.property(someRuns, fc.nat(50), (runs, head) => {
      const applied = runs.filter(({ conclusion }) => ["success", "failure", "timed_out"].includes(conclusion));
      const isRefused = applied.some(({ commit }) => Number(commit) > head);
      const decide = () => deployedCommit(runs, String(head), onOneBranch(head));
      if (isRefused) expect(decide).toThrow(`is newer than ${head}`);
      else expect(decide).not.toThrow();
    }),
  );
});

test("nothing has changed since when the commit itself is deployed, and there is no base that history lost", () => {
  expect(deployedCommit([{ commit: "5", conclusion: "success" }], "5", onOneBranch(5))).toBe("5");
  expect(deployedCommit([{ commit: "9", conclusion: "success" }], "1", () => "unrelated")).toBeUndefined();
});

test("git says which of two commits is older, and of one that it does not know that it is unrelated", () => {
  const folder = mkdtempSync(join(tmpdir(), "history-"));
  try {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
    const commit = () => {
      git("-c", "user.name=test", "-c", "user.email=test@test", "commit", "--quiet", "--allow-empty", "-m", "one");
      return git("rev-parse", "HEAD");
    };
    git("init", "--quiet");
    const [first, second] = [commit(), commit()];
    expect(gitRelation(folder, second)(first)).toBe("ancestor");
    expect(gitRelation(folder, first)(second)).toBe("descendant");
    expect(gitRelation(folder, first)("0".repeat(40))).toBe("unrelated");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
