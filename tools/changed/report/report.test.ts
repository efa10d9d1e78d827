import * as fc from "fast-check";
import type { CallOut } from "../call-out";
import type { ProjectChange, StackChange } from "../project-change";
import type { ElementChange } from "../stack-difference";
import { jsonReport } from "./json";
import { markdownReport } from "./markdown";
import { textReport } from "./text";

const project = (stacks: readonly StackChange[], more: Partial<ProjectChange["base"]> = {}): ProjectChange => ({
  base: { ref: "origin/main", commit: "0123456789abcdef", subject: "A subject", ahead: 0, ...more },
  head: { commit: "fedcba9876543210", isCommitted: false },
  stacks,
});
const stack = (name: string, more: Partial<StackChange> = {}): StackChange => ({
  stack: name,
  kind: "changed",
  elements: [],
  callOuts: [],
  ...more,
});
const backendChange = (name: string): ElementChange => ({
  address: "terraform",
  change: "changed",
  values: [{ path: "backend.local.path", kind: "changed", before: `a/${name}.tfstate`, after: `b/${name}.tfstate` }],
});
const opening: CallOut = {
  topic: "network",
  effect: "opens",
  address: "aws_security_group.web",
  what: "now lets in 0.0.0.0/0 on tcp 22",
  attention: ["the whole internet"],
};
const lambda = (values: ElementChange["values"]): ElementChange => ({
  address: "aws_lambda_function.monitor",
  change: "changed",
  values,
});

test("a terminal shows what is touched, what deserves a look, and what differs in detail", () => {
  const changed = stack("orders", {
    elements: [
      { address: "aws_sqs_queue.new", change: "added", values: [] },
      lambda([
        { path: "filename", kind: "code", before: "a", after: "b" },
        { path: "source_code_hash", kind: "code", before: "a", after: "b" },
        { path: "timeout", kind: "changed", before: 3, after: 30 },
      ]),
    ],
    callOuts: [opening],
  });
  expect(textReport(project([changed, stack("quiet", { kind: "untouched" })]))).toBe(
    `Base origin/main (01234567, A subject) and the working tree (fedcba98 and what is not committed)

1 of 2 stacks is touched.

  orders  changed: 1 added, 1 changed; opens 1

Untouched: quiet

PERMISSIONS AND OPENINGS (! deserves a second look, + opens, - closes)
orders
  ! aws_security_group.web: now lets in 0.0.0.0/0 on tcp 22 [the whole internet]

IN DETAIL
orders
  + aws_sqs_queue.new
  ~ aws_lambda_function.monitor
      code changed
    ~ timeout: 3 -> 30`,
  );
});

test("what changes alike in every stack, such as the backend, is told once", () => {
  const text = textReport(project(["orders", "mails"].map((name) => stack(name, { elements: [backendChange(name)] }))));
  expect(text).toContain(`orders, mails
  ~ terraform
    ~ backend.local.path: "a/<stack>.tfstate" -> "b/<stack>.tfstate"`);
  expect(text.match(/backend/g)).toHaveLength(1);
});

test("a removed stack is listed apart, with its state, and how to destroy it from the base", () => {
  const removed = stack("old", { kind: "removed", backend: { local: { path: ".terraform-state/old.tfstate" } } });
  for (const report of [textReport, markdownReport]) {
    const text = report(project([removed]));
    expect(text).toMatch(/Removed: .?old|REMOVED: old/);
    expect(text).toContain("git switch --detach 0123456789abcdef && npm ci && npx cdktf destroy old");
    expect(text).toContain(".terraform-state/old.tfstate");
  }
});

test("a base that does not synthesize is said with its mistakes", () => {
  const change = project([stack("orders", { kind: "uncompared" })], { mistakes: "parameters.json: limit: must be 5" });
  for (const report of [textReport, markdownReport]) {
    expect(report(change)).toContain("every stack counts as touched");
    expect(report(change)).toContain("parameters.json: limit: must be 5");
  }
  expect(JSON.parse(jsonReport(change))).toMatchObject({ plan: ["orders"] });
});

test("JSON lists the stacks to plan, those that the code no longer has, and all details", () => {
  const change = project([
    stack("added", { kind: "added" }),
    stack("changed", { elements: [backendChange("changed")], callOuts: [opening] }),
    stack("gone", { kind: "removed" }),
    stack("quiet", { kind: "untouched" }),
  ]);
  expect(JSON.parse(jsonReport(change))).toEqual({
    plan: ["added", "changed"],
    removed: ["gone"],
    untouched: ["quiet"],
    ...change,
  });
});

test("of a long text only the lines that differ are shown, and of a long value where it begins to differ", () => {
  const script = (line: string) => `${"same\n".repeat(50)}${line}\n${"same\n".repeat(50)}`;
  const text = textReport(
    project([
      stack("orders", {
        elements: [
          lambda([
            { path: "script", kind: "changed", before: script("old"), after: script("new") },
            { path: "query", kind: "changed", before: `${"x".repeat(300)}old`, after: `${"x".repeat(300)}new` },
          ]),
        ],
      }),
    ]),
  );
  expect(text).toContain("    ~ script:\n      - old\n      + new\n");
  expect(text).toContain(`...${"x".repeat(30)}old" -> ...${"x".repeat(30)}new"`);
  expect(text).not.toContain("same");
});

const LIMIT = 65_536;
const nasty = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom("```", "</details>", "@everybody", "a\nb", "x".repeat(5_000)),
);
const stacks = fc.array(
  fc.record({
    stack: fc.stringMatching(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/),
    kind: fc.constantFrom("added" as const, "changed" as const, "removed" as const, "untouched" as const),
    elements: fc.array(
      fc.record({
        address: fc.stringMatching(/^aws_[a-z_]{1,40}\.[a-z_]{1,100}$/),
        change: fc.constantFrom("added" as const, "changed" as const),
        values: fc.array(
          fc.record({ path: nasty, kind: fc.constant("changed" as const), before: nasty, after: nasty }),
        ),
      }),
      { maxLength: 60, size: "max" },
    ),
    callOuts: fc.array(fc.record({ ...mapConstant(opening), what: nasty }), { maxLength: 60, size: "max" }),
  }),
  { maxLength: 30 },
);

function mapConstant(callOut: CallOut) {
  return {
    topic: fc.constant(callOut.topic),
    effect: fc.constant(callOut.effect),
    address: fc.constant(callOut.address),
    attention: fc.constant(callOut.attention),
  };
}

test("a comment is never longer than GitHub takes, its blocks are closed, and what is left out is said", () => {
  let cut = 0;
  fc.assert(
    fc.property(stacks, (all) => {
      const comment = markdownReport(project(all));
      expect(comment.length).toBeLessThanOrEqual(LIMIT);
      expect((comment.match(/^```/gm) ?? []).length % 2).toBe(0);
      expect(comment.match(/^<details>/gm)?.length ?? 0).toBe(comment.match(/^<\/details>/gm)?.length ?? 0);
      if (comment.includes("**Too long for a comment: left out")) cut++;
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(cut).toBeGreaterThan(0);
});

test("a comment that is too long keeps what deserves a look, and leaves details out", () => {
  const many = Array.from(
    { length: 2_000 },
    (_, index): ElementChange => ({
      address: `aws_sqs_queue.queue_${index}_with_a_long_name_that_takes_room`,
      change: "added",
      values: [],
    }),
  );
  const comment = markdownReport(
    project([stack("orders", { elements: many, callOuts: [opening] }), stack("mails", { elements: many.slice(0, 9) })]),
  );
  expect(comment.length).toBeLessThanOrEqual(LIMIT);
  expect(comment).toContain("now lets in 0.0.0.0/0");
  expect(comment).toMatch(/\d+ lines more are left out/);
  expect(comment).toMatch(
    /left out, in part or whole: details of .*npm run --silent changed -- --base 0123456789abcdef/,
  );
});

test("a commit's subject means nothing to GitHub", () => {
  expect(markdownReport(project([], { subject: "@team <img> `x`" }))).not.toMatch(/@team|<img>|`x`/);
});
