import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extract, list } from "tar";
import { until } from "../../shared/testing/until";
import { pipeline, SynthesizedFolder } from "./command.fixture";
import { HcpStandIn } from "./hcp/stand-in.fixture";

describe("with the backend cloud", () => {
  let hcp: HcpStandIn;
  let folder: SynthesizedFolder;
  let environment: Record<string, string>;

  beforeEach(async () => {
    hcp = new HcpStandIn();
    folder = new SynthesizedFolder();
    environment = { ...(await hcp.start()), ...folder.environment };
  });
  afterEach(async () => {
    await hcp.stop();
    folder.delete();
  });

  const run = async (verb: string, ...options: string[]) => {
    const file = folder.file("result.json");
    const end = await pipeline([verb, "tiny", "--result", file, ...options], environment);
    return { ...end, result: JSON.parse(readFileSync(file, "utf8")) };
  };
  const RUN = "/api/v2/runs/run-1";

  test("a plan uploads the folder, runs plan-only, and tells counts, text and the run's address", async () => {
    folder.write("assets/function/code.zip", "zip");
    folder.write(".terraform/providers/provider", "binary");
    folder.write("terraform.tfstate", "secret");

    const { code, stdout, stderr, result } = await run("plan");

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("tiny: planned, 2 to add, 1 to change, 0 to destroy");
    const url = `https://${hcp.backend.hostname}/app/acme/workspaces/blue-tiny/runs/run-1`;
    expect(result).toMatchObject({ stack: "tiny", outcome: "planned", hasChanges: true, added: 2, changed: 1, url });
    expect(result.text).toContain("Plan: 2 to add, 1 to change, 0 to destroy.");

    const [version] = hcp.json("POST", "/api/v2/workspaces/ws-1/configuration-versions");
    expect(version?.data).toMatchObject({ attributes: { speculative: true, "auto-queue-runs": false } });
    const [created] = hcp.json("POST", "/api/v2/runs");
    expect(created?.data).toMatchObject({
      attributes: { "plan-only": true, "auto-apply": false },
      relationships: { workspace: { data: { id: "ws-1" } }, "configuration-version": { data: { id: "cv-1" } } },
    });
    const [upload] = hcp.of("PUT", "/upload/secret-upload");
    expect(await unpacked(upload?.body)).toEqual([
      "assets",
      "assets/function",
      "assets/function/code.zip",
      "cdk.tf.json",
    ]);
  });

  async function unpacked(archive: Buffer | undefined): Promise<string[]> {
    const [file, target] = [folder.file("upload.tar.gz"), folder.file("unpacked")];
    writeFileSync(file, archive ?? "");
    mkdirSync(target);
    await extract({ file, cwd: target });
    await list({ file });
    return readdirSync(target, { recursive: true, encoding: "utf8" }).sort();
  }

  test("the token goes to HCP Terraform only, and neither it nor an address with a secret is said", async () => {
    const { stdout, stderr, result } = await run("plan");

    const withToken = hcp.calls.filter(({ token }) => token === "Bearer hcp-token");
    expect(withToken.every(({ path }) => path.startsWith("/api/v2/"))).toBe(true);
    expect(withToken.length).toBeGreaterThan(4);
    expect(hcp.calls.filter(({ path }) => path.includes("secret")).map(({ token }) => token)).toEqual([
      undefined,
      undefined,
    ]);
    expect(stdout + stderr + JSON.stringify(result)).not.toMatch(/hcp-token|secret-/);
  });

  test("a plan that fails ends with what Terraform said", async () => {
    hcp.states = [{ status: "errored" }];
    hcp.plan = { ...hcp.plan, status: "errored", "has-changes": false };
    hcp.log = "\u0002Error: no such zone\n\u0003";

    const { code, stdout, result } = await run("plan");

    expect(code).toBe(1);
    expect(result).toMatchObject({ outcome: "errored", text: "Error: no such zone" });
    expect(stdout).toContain("tiny: the plan failed");
  });

  test.each([
    ["policy_soft_failed", "policy-failed"],
    ["errored", "policy-failed"],
    ["canceled", "canceled"],
    ["discarded", "discarded"],
  ])("a plan-only run that ends as %s although its plan finished is told as %s", async (status, outcome) => {
    hcp.states = [{ status }];

    const { code, result } = await run("plan");

    expect([code, result.outcome]).toEqual([1, outcome]);
  });

  test("a plan that waits for a confirmation is told as such and confirmed by nobody", async () => {
    hcp.states = [{ status: "planned", confirmable: true }];

    const { code, result } = await run("plan");

    expect([code, result.outcome]).toEqual([1, "needs-confirmation"]);
    expect(hcp.of("POST", `${RUN}/actions/apply`)).toEqual([]);
  });

  test("a run that does not end in time is cancelled", async () => {
    hcp.states = [{ status: "pending" }];

    const { code, result } = await run("plan", "--timeout-minutes", "0.03");

    expect([code, result.outcome]).toEqual([1, "timed-out"]);
    expect(result.detail).toContain("another run of the workspace comes first");
    expect(hcp.of("POST", `${RUN}/actions/cancel`)).toHaveLength(1);
  });

  test("a command that is told to stop cancels its run first", async () => {
    hcp.states = [{ status: "planning" }];
    const file = folder.file("result.json");

    const { code } = await pipeline(["plan", "tiny", "--result", file], environment, async (child) => {
      await until(() => hcp.of("GET", RUN).length > 0, "the run is followed");
      child.kill("SIGINT");
    });

    expect(code).toBe(1);
    expect(hcp.of("POST", `${RUN}/actions/cancel`)).toHaveLength(1);
    expect(JSON.parse(readFileSync(file, "utf8")).outcome).toBe("canceled");
  });

  test("an apply waits for the plan, confirms it and waits for the end", async () => {
    hcp.states = [{ status: "planning" }, { status: "planned" }, { status: "planned", confirmable: true }];

    const { code, stdout, result } = await run("apply");

    expect(code).toBe(0);
    expect(result).toMatchObject({ outcome: "applied", added: 2 });
    expect(stdout).toContain("tiny: applied, 2 added, 1 changed, 0 destroyed");
    expect(hcp.of("POST", `${RUN}/actions/apply`)).toHaveLength(1);
    const [version] = hcp.json("POST", "/api/v2/workspaces/ws-1/configuration-versions");
    expect(version?.data).toMatchObject({ attributes: { speculative: false } });
    const [created] = hcp.json("POST", "/api/v2/runs");
    expect(created?.data).toMatchObject({ attributes: { "plan-only": false, "auto-apply": false } });
  });

  test("an apply that has nothing to change ends well without a confirmation", async () => {
    hcp.plan = { status: "finished", "has-changes": false };

    const { code, stdout } = await run("apply");

    expect(code).toBe(0);
    expect(stdout).toContain("tiny: applied, no changes");
    expect(hcp.of("POST", `${RUN}/actions/apply`)).toEqual([]);
  });

  test("an apply that fails halfway ends with what its own log says", async () => {
    hcp.states = [{ status: "planned", confirmable: true }];
    hcp.afterConfirmation = [{ status: "applying" }, { status: "errored" }];

    const { code, result } = await run("apply");

    expect(code).toBe(1);
    expect(result).toMatchObject({ outcome: "errored", text: "Error: creating stream: limit exceeded" });
  });

  test("an apply that changes resources is left alone when the command has to end", async () => {
    hcp.states = [{ status: "planned", confirmable: true }];
    hcp.afterConfirmation = [{ status: "applying" }];

    const { code, result } = await run("apply", "--timeout-minutes", "0.06");

    expect([code, result.outcome]).toEqual([1, "timed-out"]);
    expect(result.detail).toContain("goes on in HCP Terraform");
    expect(hcp.calls.filter(({ path }) => /cancel|discard/.test(path))).toEqual([]);
  });

  test.each(["policy_override", "post_plan_awaiting_decision"])(
    "an apply at %s is told to need an override, and left to whoever may give it",
    async (status) => {
      hcp.states = [{ status }];

      const { code, result } = await run("apply");

      expect([code, result.outcome]).toEqual([1, "needs-override"]);
      expect(result.detail).toContain("overrides and confirms it in HCP Terraform");
    },
  );

  test("on a runner nothing of what Terraform says is taken for a command", async () => {
    environment.GITHUB_ACTIONS = "true";
    hcp.log = "\u0002::error::forged\n\u0003";

    const { stdout } = await run("plan");

    expect(stdout).toMatch(/^::stop-commands::(\S+)\n[\s\S]*::error::forged\n::\1::\ntiny: planned/);
  });

  test("structured output is told as its messages, errors with their details", async () => {
    hcp.states = [{ status: "errored" }];
    hcp.plan = { ...hcp.plan, status: "errored" };
    hcp.log = `\u0002${[
      { "@message": "Terraform 1.11.4", type: "version" },
      { "@message": "aws_x.y: Refreshing state...", type: "refresh_start" },
      { "@message": "aws_kinesis_stream.orders: Plan to create", type: "planned_change" },
      {
        "@message": "Error: no credentials",
        type: "diagnostic",
        diagnostic: { severity: "error", summary: "no credentials", detail: "Set the role." },
      },
    ]
      .map((line) => JSON.stringify(line))
      .join("\n")}\n\u0003`;

    const { result } = await run("plan");

    expect(result.text).toBe("aws_kinesis_stream.orders: Plan to create\n\nError: no credentials\n\nSet the role.");
  });

  test("a workspace that is not there is told with how to make it, and nothing is uploaded", async () => {
    hcp.first("GET /api/v2/organizations/acme/workspaces/blue-tiny", { status: 404, body: { errors: [] } });

    const { code, stdout, result } = await run("plan");

    expect(code).toBe(1);
    expect(stdout).toMatch(/There is no workspace blue-tiny in acme.*in the project Scaling.*terraform init/);
    expect(result.outcome).toBe("errored");
    expect(hcp.calls).toHaveLength(1);
  });

  test("a workspace that leaves runs to machines is refused", async () => {
    hcp.workspace = { "execution-mode": "local" };

    expect((await run("plan")).result.detail).toContain('execution mode is "local"');
  });

  test.each([
    [401, "unauthorized", /not one that 127\.0\.0\.1:\d+ knows/],
    [403, "forbidden", /permission to queue plans/],
    [404, "not found", /lacks the permission to queue plans/],
    [422, "invalid", /422, invalid: said why/],
  ])("what is answered with %s says what was said and how to mend it", async (status, title, message) => {
    const call = "POST /api/v2/workspaces/ws-1/configuration-versions";
    hcp.first(call, { status, body: { errors: [{ status: String(status), title, detail: "said why" }] } });

    const { code, result } = await run("plan");

    expect(code).toBe(1);
    expect(result.detail).toContain(`${status}, ${title}: said why`);
    expect(result.detail).toMatch(message);
  });

  test("too many requests and a server's errors are tried again", async () => {
    const call = "GET /api/v2/organizations/acme/workspaces/blue-tiny";
    hcp.first(call, { status: 429, headers: { "x-ratelimit-reset": "0.2" } }, { status: 502, body: "bad gateway" });

    const { code } = await run("plan");

    expect(code).toBe(0);
    expect(hcp.of("GET", "/api/v2/organizations/acme/workspaces/blue-tiny")).toHaveLength(3);
  });

  test("a run is not asked for twice when the answer was a server's error", async () => {
    hcp.first("POST /api/v2/runs", { status: 500, body: "broken" });

    const { code, result } = await run("plan");

    expect(code).toBe(1);
    expect(result.detail).toMatch(/500 broken\. It was not sent again/);
    expect(hcp.of("POST", "/api/v2/runs")).toHaveLength(1);
  });

  test("what fails once the run is there is told with the run's address", async () => {
    hcp.first(`GET ${RUN}`, { status: 404, body: { errors: [{ title: "not found" }] } });

    const { code, result } = await run("apply");

    expect([code, result.outcome]).toEqual([1, "errored"]);
    expect(result.url).toMatch(/runs\/run-1$/);
    expect(result.detail).toMatch(/permission to read runs.*may go on in HCP Terraform/);
  });

  test("without a token it says which one to set", async () => {
    environment.TF_API_TOKEN = "";

    expect((await run("plan")).result.detail).toMatch(/TF_API_TOKEN is not set/);
  });

  test("a stack that is not synthesized is told so", async () => {
    const file = folder.file("result.json");

    const { code, stdout } = await pipeline(["plan", "other", "--result", file], environment);

    expect(code).toBe(1);
    expect(stdout).toMatch(/other is not synthesized/);
  });
});
