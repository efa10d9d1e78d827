import { projectRoot } from "../proof/project-stacks";
import { actionlint, lintSteps } from "./lint";
import { type WorkflowFile, workflowFile, workflowFiles } from "./workflow-files";
import { ruleFindings } from "./workflow-rules";

const files = workflowFiles(projectRoot);
const GOOD = `# What it is for.
on: push
permissions:
  contents: read
defaults:
  run:
    shell: bash
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: ./.github/actions/prepare
      - run: echo "$NAME"
        env:
          NAME: \${{ github.ref_name }}
`;
const workflow = (text: string): WorkflowFile => workflowFile(".github/workflows/test.yml", text);
const changed = (from: string | RegExp, to: string): WorkflowFile => {
  const text = GOOD.replace(from, to);
  expect(text).not.toBe(GOOD);
  return workflow(text);
};

test("actionlint, ShellCheck and the project's own rules have nothing to say about the workflows and actions", () => {
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining([".github/workflows/plan.yml", ".github/actions/run-stack/action.yml"]),
  );
  expect(actionlint(projectRoot, files)).toEqual([]);
  expect(lintSteps(files)).toEqual([]);
  expect(files.flatMap(ruleFindings)).toEqual([]);
});

test("every workflow and action is pinned to one commit of an action, everywhere the same", () => {
  const pins = files.flatMap(({ text }) => [...text.matchAll(/uses: ([\w.-]+\/[\w.-]+)[\w./-]*@(\S+ # \S+)/g)]);
  const commits = new Map<string, Set<string>>();
  for (const [, action = "", commit = ""] of pins) commits.set(action, (commits.get(action) ?? new Set()).add(commit));
  expect([...commits].filter(([, all]) => all.size > 1)).toEqual([]);
  expect(commits.size).toBeGreaterThan(4);
});

describe("of a workflow", () => {
  test("that is right nothing is found", () => {
    expect(ruleFindings(workflow(GOOD))).toEqual([]);
    expect(actionlint(projectRoot, [workflow(GOOD)])).toEqual([]);
    expect(lintSteps([workflow(GOOD)])).toEqual([]);
  });

  test.each([
    ["a tag", /@\S+ # v7.0.1/, "@v7", "is not pinned"],
    ["a commit without its release", " # v7.0.1", "", "is not pinned"],
    ["more permissions for every job", "contents: read", "contents: write", "permissions are not"],
    ["no permissions", "permissions:\n  contents: read\n", "", "permissions are not"],
    ["secrets for strangers", "on: push", "on: pull_request_target", "pull_request_target"],
    ["no time limit", "    timeout-minutes: 5\n", "", "no timeout-minutes"],
    ["an expression in a script", '"$NAME"', '"${{ github.head_ref }}"', 'hand it over in "env"'],
    ["a token in .git/config", "persist-credentials: false", "fetch-depth: 0", "persist-credentials"],
    ["a shell that ignores pipes", "shell: bash", "shell: sh", "default shell"],
    ["no first comment", "# What it is for.\n", "", "does not begin with a comment"],
  ])("%s is found", (_, from, to, finding) => {
    expect(ruleFindings(changed(from, to))).toEqual([expect.stringContaining(finding)]);
  });

  test("an expression that names nothing is found with its line", () => {
    expect(actionlint(projectRoot, [changed("github.ref_name", "nothing.there")])).toEqual([
      expect.stringMatching(/^\.github\/workflows\/test\.yml:19: undefined variable "nothing"/),
    ]);
  });

  test("a script that ShellCheck does not like is found", () => {
    expect(lintSteps([changed('"$NAME"', "$NAME")])).toEqual([expect.stringContaining("SC2086")]);
  });
});
