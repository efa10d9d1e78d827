import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "./command.fixture";
import { GitHubStandIn } from "./github/stand-in.fixture";
import { NO_CHANGES, type Result, writeResult } from "./result";

let github: GitHubStandIn;
let folder: string;
let environment: Record<string, string>;

beforeEach(async () => {
  github = new GitHubStandIn();
  folder = mkdtempSync(join(tmpdir(), "github-"));
  const event = join(folder, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { number: 17, head: { sha: "0123456789abcdef" } } }));
  environment = { ...(await github.start()), GITHUB_EVENT_PATH: event };
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the verb on what is to be told about, a result each. */
function tell(verb: "comment" | "drift", plan: string[], results: (Partial<Result> & { stack: string })[]) {
  const changed = join(folder, "changed.json");
  writeFileSync(changed, JSON.stringify({ plan, removed: [] }));
  const files = results.map((result) => {
    const file = join(folder, "results", `${result.stack}.json`);
    writeResult(file, { verb: "plan", outcome: "planned", ...NO_CHANGES, text: "the plan", ...result });
    return file;
  });
  return pipeline([verb, "--changed", changed, ...files], environment);
}

const TWO_ADDED = { hasChanges: true, added: 2 };

describe("comments", () => {
  test("are made once, changed in place, and end when the stack is no longer touched", async () => {
    github.addComment("Looks good!", "somebody");
    github.addComment("<!-- blueprint-plan: a -->\nforged", "somebody");
    expect(await tell("comment", ["a", "b"], [{ stack: "a", ...TWO_ADDED }, { stack: "b" }])).toMatchObject({
      code: 0,
    });
    expect(github.comments).toHaveLength(4);

    const { code, stderr } = await tell("comment", ["a"], [{ stack: "a", outcome: "errored", text: "Error: no" }]);

    expect([code, stderr]).toEqual([0, ""]);
    expect(github.comments.map(({ body }) => body)).toEqual([
      "Looks good!",
      "<!-- blueprint-plan: a -->\nforged",
      expect.stringContaining("### `a`: the plan failed"),
      expect.stringContaining("### `b`: no longer touched"),
    ]);
  });

  test("hold counts, commit, the workflow's run, HCP Terraform's run and the plan", async () => {
    const url = "https://app.terraform.io/app/acme/workspaces/a/runs/run-1";
    await tell("comment", ["a"], [{ stack: "a", ...TWO_ADDED, url }]);

    const body = github.comments[0]?.body;
    expect(body).toMatch(/^<!-- blueprint-plan: a -->\n\n### `a`: 2 to add, 0 to change, 0 to destroy/);
    expect(body).toContain("commit 0123456 by [this run](https://github.test/acme/blueprints/actions/runs/42)");
    expect(body).toContain(`[run in HCP Terraform](${url})`);
    expect(body).toContain("```text\nthe plan\n```");
  });

  test("are read over all pages", async () => {
    await tell("comment", ["a", "b", "c", "d", "e"], []);
    await tell("comment", ["a", "b", "c", "d", "e"], []);

    expect(github.comments).toHaveLength(5);
  });

  test("are tried again after a secondary limit", async () => {
    const body = { message: "You have exceeded a secondary rate limit" };
    github.first("POST /repos/acme/blueprints/issues/17/comments", {
      status: 403,
      headers: { "retry-after": "1" },
      body,
    });

    expect((await tell("comment", ["a"], [{ stack: "a" }])).code).toBe(0);
    expect(github.comments).toHaveLength(1);
  });

  test.each([
    [401, "Bad credentials", /GITHUB_TOKEN is no valid token/],
    [403, "Resource not accessible by integration", /permissions: pull-requests: write/],
    [404, "Not Found", /permissions: pull-requests: write/],
  ])("that GitHub refuses with %s fail with what it said and how to mend it", async (status, message, mend) => {
    github.first("GET /repos/acme/blueprints/issues/17/comments", { status, body: { message } });

    const { code, stderr } = await tell("comment", ["a"], [{ stack: "a" }]);

    expect(code).toBe(1);
    expect(stderr).toContain(`${status}, ${message}`);
    expect(stderr).toMatch(mend);
    expect(stderr).not.toMatch(/github-token|\n\s+at /);
  });

  test("need a pull request, and name the variables that are missing", async () => {
    environment = { GITHUB_EVENT_PATH: environment.GITHUB_EVENT_PATH ?? "" };
    expect((await tell("comment", [], [])).stderr).toContain("GITHUB_REPOSITORY and GITHUB_TOKEN");

    environment = { ...environment, GITHUB_REPOSITORY: "a/b", GITHUB_TOKEN: "t", GITHUB_EVENT_PATH: "" };
    expect((await tell("comment", [], [])).stderr).toContain("This runs on pull requests only");
  });
});

test("an issue is opened for a stack that drifted, changed the next night, and closed when all is well", async () => {
  const night = (result: Partial<Result>) => tell("drift", ["a"], [{ stack: "a", ...result }]);

  await night(TWO_ADDED);
  expect(github.issues).toMatchObject([{ title: "a is not as the code says", labels: ["drift"], state: "open" }]);
  await night({ outcome: "errored", text: "Error: no role" });
  expect(github.issues).toMatchObject([{ title: "a cannot be planned", state: "open" }]);
  expect(github.issues[0]?.body).toContain("Error: no role");
  await night({});
  expect(github.issues).toMatchObject([{ state: "closed" }]);
  await night(TWO_ADDED);
  expect(github.issues.map(({ state }) => state)).toEqual(["closed", "open"]);
  expect(github.labels).toEqual(["drift"]);
});

test("the commit that was deployed last is asked of the workflow's runs for pushes to the branch", async () => {
  const head = "f".repeat(40);
  const deployed = (...deployments: typeof github.deployments) => {
    github.deployments = deployments;
    return pipeline(["deployed", "deploy.yml", "main"], { ...environment, GITHUB_SHA: head });
  };

  const failed = { head_sha: "e".repeat(40), conclusion: "failure" };
  expect(await deployed(failed, { head_sha: head, conclusion: "success" })).toMatchObject({
    code: 0,
    stdout: `${head}\n`,
  });
  expect(await deployed(failed)).toMatchObject({ code: 0, stdout: "\n" });
  expect(new URL(github.calls[0]?.path ?? "", "http://x").searchParams.toString()).toBe(
    "status=completed&event=push&branch=main&per_page=100",
  );
});
