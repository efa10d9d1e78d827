import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "../../shared/testing/scratch-folder";
import { GitHubStandIn } from "../pipeline/github/stand-in.fixture";
import { HcpStandIn } from "../pipeline/hcp/stand-in.fixture";
import { StepRunner } from "./step-runner.fixture";

const STACK = "kinesis-scaler";
const PULL_REQUEST_COMMIT = "0123456789abcdef";
let hcp: HcpStandIn;
let github: GitHubStandIn;
let runner: StepRunner;
let folder: string;
let backend: string;

beforeAll(async () => {
  hcp = new HcpStandIn(STACK);
  github = new GitHubStandIn();
  folder = scratchFolder("steps");
  const event = join(folder, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { number: 17, head: { sha: PULL_REQUEST_COMMIT } } }));
  // A runner has neither: steps hand over what they need.
  const { BLUEPRINT_BACKEND = "", TF_API_TOKEN: _, ...certificate } = await hcp.start();
  const { GITHUB_TOKEN: __, ...variables } = await github.start();
  backend = BLUEPRINT_BACKEND;
  runner = new StepRunner({ ...certificate, ...variables, GITHUB_EVENT_PATH: event, GITHUB_SHA: PULL_REQUEST_COMMIT });
});
afterAll(async () => {
  runner.delete();
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([hcp.stop(), github.stop()]);
});

const action = (verb: string) => ({
  "inputs.backend": backend,
  "inputs.hcp-token": "hcp-token",
  "inputs.verb": verb,
  "inputs.stack": STACK,
});

test("a pull request's steps find the stacks, plan one of them and tell the plan in a comment", async () => {
  const touched = { "github.base_ref": "main", "vars.BLUEPRINT_BACKEND": backend };
  expect(await runner.run("plan.yml", "changed", "Which stacks does it touch?", touched)).toMatchObject({ code: 0 });
  expect(runner.summary).toBe("stacks are touched\n");
  expect(runner.asked).toContain(`--base ${runner.commit} --format json`);

  expect(await runner.run("plan.yml", "changed", "Hand them to the other jobs")).toMatchObject({ code: 0 });
  expect(runner.outputs).toEqual({ stacks: `["${STACK}"]`, "by-hand": "[]", removed: "[]" });

  expect(await runner.run("run-stack/action.yml", "action", "Synthesize", action("plan"))).toMatchObject({ code: 0 });
  const plan = await runner.run("run-stack/action.yml", "action", "Plan or apply", action("plan"));
  expect([plan.code, plan.stderr]).toEqual([0, ""]);
  expect(runner.summary).toContain(`### \`${STACK}\`: 2 to add, 1 to change, 0 to destroy`);
  expect(JSON.parse(runner.read(`results/${STACK}.json`))).toMatchObject({ stack: STACK, outcome: "planned" });

  const tell = () => runner.run("plan.yml", "comment", "Tell the plans on the pull request", { "github.token": "t" });
  expect(await tell()).toMatchObject({ code: 0, stderr: "" });
  expect(github.comments.map(({ body }) => body)).toEqual([expect.stringContaining("2 to add, 1 to change")]);
}, 240_000);

test("a pull request that touches nothing has an empty matrix, and its earlier comments say so", async () => {
  runner.changed = { plan: [], removed: [] };
  const touched = { "github.base_ref": "main", "vars.BLUEPRINT_BACKEND": "" };
  await runner.run("plan.yml", "changed", "Which stacks does it touch?", touched);
  expect(await runner.run("plan.yml", "changed", "Hand them to the other jobs")).toMatchObject({ code: 0 });
  expect(runner.outputs.stacks).toBe("[]");

  await runner.run("plan.yml", "comment", "Tell the plans on the pull request", { "github.token": "t" });

  expect(github.comments.map(({ body }) => body)).toEqual([expect.stringContaining("no longer touched")]);
});

describe("a deployment", () => {
  const which = (named: string) =>
    runner.run("deploy.yml", "changed", "Which stacks are to be applied?", {
      "vars.BLUEPRINT_BACKEND": backend,
      "github.token": "t",
      "inputs.stacks": named,
    });

  test("begins with the commit that was deployed last", async () => {
    runner.changed = { plan: [STACK], removed: ["old"] };
    github.deployments = [{ head_sha: PULL_REQUEST_COMMIT, conclusion: "success" }];

    expect(await which("")).toMatchObject({ code: 0 });

    expect(runner.asked).toContain(`--base ${PULL_REQUEST_COMMIT} --format json`);
    await runner.run("deploy.yml", "changed", "Hand them to the other jobs");
    expect(runner.outputs).toEqual({ stacks: `["${STACK}"]`, "by-hand": "[]", removed: '["old"]' });
  });

  test("is of all stacks when there was none yet, and of the named ones when it is started by hand", async () => {
    github.deployments = [];
    expect(await which("")).toMatchObject({ code: 0 });
    expect(JSON.parse(runner.read("changed.json"))).toEqual({ plan: [STACK], removed: [] });

    expect(await which(STACK)).toMatchObject({ code: 0 });
    const unknown = await which("kinesis-scalr");
    expect([unknown.code, unknown.stderr]).toEqual([1, `There is no stack kinesis-scalr. There are: ${STACK}\n`]);
  });

  test("stops, and takes nothing for all, when GitHub does not say what was deployed", async () => {
    const call = "GET /repos/acme/blueprints/actions/workflows/deploy.yml/runs";
    github.first(call, { status: 403, body: { message: "Resource not accessible" } });

    expect(await which("")).toMatchObject({ code: 1, stderr: expect.stringContaining("actions: read") });
  });

  test("of a job that is run again, after a newer commit was deployed, is refused", async () => {
    const older = runner.commit;
    github.deployments = [{ head_sha: runner.addCommit(), conclusion: "failure" }];
    const isNewest = (commit: string) => {
      runner.runsFor = commit;
      return runner.run("deploy.yml", "apply", "Is nothing newer deployed?", { "github.token": "t" });
    };

    expect(await isNewest(older)).toMatchObject({ code: 1, stderr: expect.stringContaining(`is newer than ${older}`) });
    expect(await isNewest(runner.commit)).toMatchObject({ code: 0 });
  });
});

test("the nightly run lists every stack, and keeps an issue for one that differs", async () => {
  await runner.run("drift.yml", "stacks", "List the stacks");
  expect(runner.outputs.stacks).toBe(`["${STACK}"]`);

  await runner.run("drift.yml", "issues", "Keep the issues", { "github.token": "t" });
  expect(github.issues).toMatchObject([{ title: `${STACK} is not as the code says`, labels: ["drift"] }]);
});

describe("the required check of a pull request", () => {
  const check = async (changed: string, mayPlan: string, stacks: string, plan: string, comment: string) =>
    (
      await runner.run("plan.yml", "planned", "Is every touched stack planned?", {
        "needs.changed.result": changed,
        "needs.changed.outputs.may-plan": mayPlan,
        "needs.changed.outputs.stacks": stacks,
        "needs.plan.result": plan,
        "needs.comment.result": comment,
      })
    ).code;

  test.each([
    ["all stacks are planned", "success", "true", '["a"]', "success", "success", 0],
    ["no stack is touched", "success", "true", "[]", "skipped", "success", 0],
    ["it comes from a fork", "success", "false", '["a"]', "skipped", "skipped", 0],
    ["one plan failed", "success", "true", '["a"]', "failure", "success", 1],
    ["the plans were cancelled", "success", "true", '["a"]', "cancelled", "skipped", 1],
    ["the plans were skipped although there are stacks", "success", "true", '["a"]', "skipped", "success", 1],
    ["the stacks are not known", "failure", "", "", "skipped", "skipped", 1],
    ["the stacks are not known, though a plan may be made", "failure", "true", "", "skipped", "skipped", 1],
    ["the job that finds them was cancelled", "cancelled", "", "", "skipped", "skipped", 1],
    ["nobody could be told", "success", "true", '["a"]', "success", "failure", 1],
    ["it is not known whether it may be planned", "success", "", '["a"]', "skipped", "skipped", 1],
  ])("when %s: %s, %s, %s, %s, %s ends with %i", async (_, changed, mayPlan, stacks, plan, comment, code) => {
    expect(await check(changed, mayPlan, stacks, plan, comment)).toBe(code);
  });
});
