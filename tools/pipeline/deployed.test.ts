import * as fc from "fast-check";
import { deployedCommit, type Relation } from "./deployed";

/** A branch whose commits are numbers: what is smaller is older. */
const onOneBranch =
  (head: number) =>
  (commit: string): Relation =>
    Number(commit) < head ? "ancestor" : "descendant";

test("the base is the newest commit that was deployed, however many runs failed since", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50), { minLength: 1 }), fc.nat(10), (deployed, failedSince) => {
      const newestFirst = deployed.sort((one, other) => other - one).map(String);
      const head = Number(newestFirst[0]) + 1 + failedSince;
      expect(deployedCommit(newestFirst, String(head), onOneBranch(head))).toBe(newestFirst[0]);
    }),
  );
});

test("nothing has changed since when the commit itself is deployed", () => {
  expect(deployedCommit(["5", "4"], "5", onOneBranch(5))).toBe("5");
});

test("there is no base before the first deployment, and none that history lost", () => {
  expect(deployedCommit([], "1", onOneBranch(1))).toBeUndefined();
  expect(deployedCommit(["9"], "1", () => "unrelated")).toBeUndefined();
});

test("an older commit than the one that is deployed is refused", () => {
  expect(() => deployedCommit(["5"], "3", onOneBranch(3))).toThrow(/5 is deployed, which is newer than 3/);
});
