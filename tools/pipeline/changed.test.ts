import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProjectChange } from "../changed/project-change";
import { jsonReport } from "../changed/report/json";
import { jobOutputs, readChanged, selectStacks } from "./changed";

const folder = mkdtempSync(join(tmpdir(), "changed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (content: string) => {
  const file = join(folder, "changed.json");
  writeFileSync(file, content);
  return readChanged(file, ["pipeline-access", "remote-state"]);
};

test("what changed is read sorted, whatever else is told", () => {
  expect(read('{"plan":["b","a"],"removed":["old"],"reasons":{}}')).toEqual({
    plan: ["a", "b"],
    byHand: [],
    removed: ["old"],
  });
  expect(read('{"plan":[],"removed":[]}')).toEqual({ plan: [], byHand: [], removed: [] });
});

test("a stack that pipelines stand on is not planned by one, but told apart", () => {
  expect(read('{"plan":["remote-state","a"],"removed":[]}')).toMatchObject({ plan: ["a"], byHand: ["remote-state"] });
});

test("what npm run changed prints is read", () => {
  const details = { elements: [], callOuts: [] };
  const change: ProjectChange = {
    base: { ref: "main", commit: "0123456789abcdef", subject: "Before", ahead: 0 },
    head: { commit: "fedcba9876543210", isCommitted: true },
    stacks: [
      { stack: "new", kind: "added", ...details },
      { stack: "old", kind: "removed", ...details },
      { stack: "quiet", kind: "untouched", ...details },
    ],
  };
  expect(read(jsonReport(change))).toEqual({ plan: ["new"], byHand: [], removed: ["old"] });
});

test.each(["", "[]", '{"plan":"a","removed":[]}', '{"removed":[]}', '{"plan":[]}'])(
  "%s is refused with the file's name",
  (content) => {
    expect(() => read(content)).toThrow(/changed\.json/);
  },
);

test("stacks are selected by name or all, and one that is not there is refused", () => {
  expect(selectStacks(["b", "a", "b"], ["a", "b", "c"], []).plan).toEqual(["a", "b"]);
  expect(selectStacks(["all"], ["b", "a", "base"], ["base"]).plan).toEqual(["a", "b"]);
  expect(() => selectStacks(["d"], ["a", "b", "base"], ["base"])).toThrow("There is no stack d. There are: a, b");
  expect(() => selectStacks(["a", "base"], ["a", "base"], ["base"])).toThrow("an administrator runs npx cdktf deploy");
  expect(() => selectStacks([], ["a", "b"], [])).toThrow("Name the stacks");
});

test("outputs are one line each, of no stack and of many", () => {
  const many = Array.from({ length: 30 }, (_, index) => `stack-${index}`);
  expect(jobOutputs({ plan: [], byHand: ["base"], removed: ["old"] })).toBe(
    'stacks=[]\nby-hand=["base"]\nremoved=["old"]',
  );
  expect(jobOutputs({ plan: many, byHand: [], removed: [] }).split("\n")).toHaveLength(3);
});

test("more stacks than a matrix may have are refused", () => {
  const plan = Array.from({ length: 257 }, (_, index) => `stack-${index}`);
  expect(() => jobOutputs({ plan, byHand: [], removed: [] })).toThrow("257 stacks are touched");
});
