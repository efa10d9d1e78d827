import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../shared/testing/until";
import { GitProject } from "./git-project.fixture";

let project: GitProject;
beforeAll(() => {
  project = new GitProject(["kinesis-scaler", "sqs-target-tracking"]);
});
afterEach(() => {
  const left = project.leftovers();
  const status = project.git("status", "--porcelain");
  const worktrees = project.git("worktree", "list").trim().split("\n");
  project.reset();
  expect({ left, worktrees: worktrees.length }).toEqual({ left: [], worktrees: 1 });
  expect(status).not.toMatch(/cdktf\.out|\.terraform-state/);
});
afterAll(() => project.delete());

test("a comment in a shared construct touches nothing, and only the report is printed", () => {
  project.edit("shared/messaging/queue.ts", "export class Queue", "// A word.\nexport class Queue");
  const { status, stdout, stderr } = project.run(["--base", "HEAD"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/and what is not committed\)\n\nNo stack is touched, of 3\.\n$/);
});

test("what is not committed counts: a parameter touches one stack, files add and remove stacks, a wider statement is called out", () => {
  project.edit(
    "blueprints/kinesis-scaler/parameters.json",
    '"retainData": false',
    '"logRetentionDays": 90, "retainData": false',
  );
  project.edit(
    "blueprints/kinesis-scaler/scaled-stream.ts",
    'to.grant({ actions: ["kinesis:DescribeStreamSummary"], resources: [this.#arnByName()] })',
    'to.grant({ actions: ["kinesis:*"], resources: ["*"] })',
  );
  project.copy.copyParameters("sqs-target-tracking", "europe");
  project.copy.remove("blueprints/sqs-target-tracking/parameters.fifo.json");

  const change = project.changed("HEAD");
  expect(change).toMatchObject({
    plan: ["kinesis-scaler", "sqs-target-tracking-europe"],
    removed: ["sqs-target-tracking-fifo"],
    untouched: ["sqs-target-tracking"],
    head: { isCommitted: false },
  });
  const [scaler, , , removed] = change.stacks;
  const retentions = scaler!.elements
    .flatMap(({ values }) => values)
    .filter(({ path }) => path === "retention_in_days");
  expect(retentions.length).toBeGreaterThan(0);
  for (const value of retentions) expect(value).toMatchObject({ before: 30, after: 90 });
  expect(scaler!.callOuts[0]).toMatchObject({
    effect: "opens",
    what: expect.stringMatching(/^may now kinesis:\* on \*, wider than before: kinesis:DescribeStreamSummary on arn:/),
    attention: ["every action (kinesis:*)", "all resources (*)"],
  });
  expect(removed).toMatchObject({ backend: { local: { path: ".terraform-state/sqs-target-tracking-fifo.tfstate" } } });
});

test("a shared construct touches the stacks that use it and no other, and a port open to the world is called out", () => {
  project.edit(
    "shared/network/security-group.ts",
    "    this.securityGroupId = group.id;\n",
    "    this.securityGroupId = group.id;\n    this.allowFrom({ cidr: '0.0.0.0/0' }, 22, 'Everybody');\n",
  );
  project.commit("Everybody may come in");
  try {
    const { plan, untouched, head, stacks } = project.changed("HEAD~1");
    expect({ plan, untouched }).toEqual({
      plan: ["sqs-target-tracking", "sqs-target-tracking-fifo"],
      untouched: ["kinesis-scaler"],
    });
    expect(head.isCommitted).toBe(true);
    for (const { callOuts } of stacks.filter(({ kind }) => kind === "changed")) {
      expect(callOuts.length).toBeGreaterThan(0);
      for (const callOut of callOuts) {
        expect(callOut).toMatchObject({
          topic: "network",
          effect: "opens",
          what: "now lets in 0.0.0.0/0 on tcp 22",
          attention: ["the whole internet"],
        });
      }
    }
  } finally {
    project.git("reset", "--quiet", "--hard", "HEAD~1");
  }
});

test("a base that is broken blocks nobody, and what it has more than HEAD is told to show the other way round", () => {
  project.git("checkout", "--quiet", "-b", "broken");
  project.edit("blueprints/kinesis-scaler/parameters.json", '"orders"', "5");
  project.commit("A mistake");
  project.git("checkout", "--quiet", "-");
  const summary = join(project.copy.root, "node_modules/summary.md");
  writeFileSync(summary, "before\n");
  const { status, stdout, stderr } = project.run(["--base", "broken", "--format", "json", "--summary", summary]);
  expect(readFileSync(summary, "utf8")).toMatch(
    /^before\n### What this change touches[\s\S]*every stack counts as touched/,
  );
  expect(status).toBe(0);
  expect(stderr).toContain('--base "$(git merge-base broken HEAD)"');
  expect(JSON.parse(stdout)).toMatchObject({
    base: { mistakes: expect.stringContaining("blueprints/kinesis-scaler/parameters.json") },
    plan: ["kinesis-scaler", "sqs-target-tracking", "sqs-target-tracking-fifo"],
  });
});

test("a working tree that is broken is an error that shows its mistakes", () => {
  project.edit("blueprints/kinesis-scaler/parameters.json", '"maxShards": 8', '"maxShards": "many"');
  const { status, stdout, stderr } = project.run(["--base", "HEAD"]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^The working tree does not synthesize:\n.*maxShards/s);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  [["--base", "nowhere"], {}, /^--base nowhere: git knows no such revision here\. Fetch it first/],
  [[], {}, /^--base is missing\.\n\n.*npm run --silent changed -- --base <ref>/s],
  [["--base", "HEAD", "--format", "html"], {}, /^--format html is not known/],
  [["--since", "HEAD"], {}, /^Unknown option '--since'.*--base <ref>/s],
  [["--base", "HEAD"], { PATH: "" }, /^git cannot be run .*: install it/],
  [["--base", "HEAD"], { GIT_DIR: "/nowhere" }, /is no git repository that can be compared with/],
])("%j with %j is refused with one message", (args, environment, message) => {
  const { status, stdout, stderr } = project.run(args, environment);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("Ctrl-C stops the command, and leaves nothing behind", async () => {
  const command = project.start(["--base", "HEAD"]);
  const ended = once(command, "exit");
  await until(() => project.leftovers().some((names) => names.includes("base")), "the base is taken out");
  command.kill("SIGINT");
  expect(await ended).toEqual([null, "SIGINT"]);
});

test("where there is no repository, the message says so", () => {
  rmSync(join(project.copy.root, ".git"), { recursive: true });
  const { status, stderr } = project.run(["--base", "HEAD"], {
    GIT_CEILING_DIRECTORIES: join(project.copy.root, ".."),
  });
  project.git("init", "--quiet");
  project.commit("Again");
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("is no git repository") });
});
