import * as fc from "fast-check";
import { commentActions, marker, wantedComments } from "./comments";
import { issueActions } from "./drift";
import { NO_CHANGES, type Result } from "./result";

const stacks = ["a", "b", "c", "d"];
const where = { commit: "0123456789", runUrl: "https://github.test/run" };
const result = (stack: string, more: Partial<Result> = {}): Result => ({
  stack,
  verb: "plan",
  outcome: "planned",
  ...NO_CHANGES,
  text: "the plan",
  ...more,
});

/** What becomes of the comments on a pull request. */
function after(existing: { id: number; body: string }[], plan: string[], removed: string[] = []) {
  const wanted = wantedComments(
    { plan, byHand: [], removed },
    plan.map((stack) => result(stack)),
    where,
  );
  const bodies = new Map(existing.map(({ id, body }) => [id, body]));
  for (const action of commentActions(wanted, existing, where.commit)) {
    bodies.set(action.do === "create" ? 1000 + bodies.size : action.id, action.body);
  }
  return [...bodies].map(([id, body]) => ({ id, body }));
}

test("each stack has one comment, whatever was touched before, and a second run changes nothing", () => {
  const some = fc.subarray(stacks);
  fc.assert(
    fc.property(fc.array(some, { maxLength: 4 }), some, (earlier, now) => {
      const before = earlier.reduce<{ id: number; body: string }[]>((posts, plan) => after(posts, plan), []);
      const posts = after(before, now);

      const ever = new Set([...earlier.flat(), ...now]);
      expect(posts).toHaveLength(ever.size);
      for (const stack of ever) {
        const [post] = posts.filter(({ body }) => body.startsWith(marker(stack)));
        expect(post?.body.includes("no longer touched")).toBe(!now.includes(stack));
      }
      expect(after(posts, now)).toEqual(posts);
    }),
  );
});

test("a comment that only quotes a marker is not taken for the stack's", () => {
  const quoting = { id: 1, body: `> ${marker("a")}` };
  expect(after([quoting], ["a"])).toHaveLength(2);
  expect(after([quoting], [])).toEqual([quoting]);
});

test("without a plan are a stack without a result, one that is deployed by hand, and one that is taken out", () => {
  const wanted = wantedComments({ plan: ["a"], byHand: ["base"], removed: ["old"] }, [], where);
  expect(wanted.map(({ body }) => body)).toEqual([
    expect.stringContaining("`a`: there is no plan"),
    expect.stringMatching(/`base`: touched, and deployed by hand[\s\S]*npx cdktf deploy base/),
    expect.stringMatching(/`old`: taken out of the code[\s\S]*Nothing destroys/),
  ]);
});

describe("drift", () => {
  const drifted = result("a", { hasChanges: true, changed: 1 });
  const actionsOf = (results: Result[], existing: { id: number; body: string }[] = []) =>
    issueActions({ plan: ["a"], byHand: [], removed: [] }, results, existing, where.runUrl);
  const opened = (results: Result[]) => {
    const [action] = actionsOf(results);
    return { id: 7, body: action?.body ?? "" };
  };

  test("opens an issue for a stack that differs, one that cannot be planned, and one without a result", () => {
    expect(actionsOf([drifted])).toMatchObject([{ do: "open", title: "a is not as the code says" }]);
    expect(actionsOf([result("a", { outcome: "errored" })])).toMatchObject([
      { do: "open", title: "a cannot be planned" },
    ]);
    expect(actionsOf([])).toMatchObject([{ do: "open", title: "a cannot be planned" }]);
    expect(actionsOf([result("a")])).toEqual([]);
  });

  test("changes the issue that is open, and closes it when the stack is as the code says again", () => {
    expect(actionsOf([drifted], [opened([drifted])])).toMatchObject([{ do: "update", number: 7 }]);
    expect(actionsOf([result("a")], [opened([drifted])])).toMatchObject([{ do: "close", number: 7 }]);
  });

  test("leaves issues of stacks alone that were not looked at", () => {
    const other = { id: 8, body: "<!-- blueprint-drift: b -->" };
    expect(actionsOf([result("a")], [other])).toEqual([]);
  });
});
