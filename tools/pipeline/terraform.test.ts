import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { until } from "../../shared/testing/until";
import { describeWithToolchain } from "../proof/prepared-toolchain";
import { pipeline, SynthesizedFolder } from "./command.fixture";
import { countsOf } from "./terraform/counts";

describe("counts of a plan", () => {
  const change = (...actions: string[]) => ({ change: { actions } });

  test("are as Terraform counts: a replacement is added and destroyed", () => {
    const resource_changes = [
      change("create"),
      change("delete", "create"),
      change("update"),
      change("no-op"),
      change("read"),
    ];
    expect(countsOf({ resource_changes })).toMatchObject({ hasChanges: true, added: 2, changed: 1, destroyed: 1 });
  });

  test("are none of what is read or left as it is, and tell outputs, imports and moves as changes", () => {
    const nothing = fc.array(fc.constantFrom(change("no-op"), change("read")));
    fc.assert(
      fc.property(nothing, (resource_changes) => {
        expect(countsOf({ resource_changes }).hasChanges).toBe(false);
      }),
    );
    expect(countsOf({ output_changes: { url: { actions: ["update"] } } }).hasChanges).toBe(true);
    expect(countsOf({ resource_changes: [{ change: { actions: ["no-op"], importing: {} } }] })).toMatchObject({
      hasChanges: true,
      imported: 1,
    });
    expect(countsOf({ resource_changes: [{ previous_address: "old", ...change("no-op") }] })).toMatchObject({
      hasChanges: true,
      moved: 1,
    });
  });
});

describeWithToolchain("with Terraform here", (toolchain) => {
  let folder: SynthesizedFolder;
  const backend = { terraform: { backend: { local: { path: "../../tiny.tfstate" } } } };
  const resource = (input: string) => ({ resource: { terraform_data: { one: { input } } } });

  beforeEach(() => {
    folder = new SynthesizedFolder({ ...backend, ...resource("first") });
  });
  afterEach(() => folder.delete());

  const environment = () => ({
    ...folder.environment,
    TERRAFORM_BINARY_NAME: toolchain.terraform.binary,
    BLUEPRINT_BACKEND: '{"type":"local","directory":"unused"}',
    GITHUB_TOKEN: "github-token",
  });
  const run = async (verb: "plan" | "apply", ...options: string[]) => {
    const file = folder.file(`${verb}.json`);
    const end = await pipeline([verb, "tiny", "--result", file, ...options], environment());
    return { ...end, result: JSON.parse(readFileSync(file, "utf8")) };
  };

  test("a plan changes nothing, an apply does what was planned, and the next plan is empty", async () => {
    const plan = await run("plan");
    expect([plan.code, plan.stderr]).toEqual([0, ""]);
    expect(plan.result).toMatchObject({ outcome: "planned", hasChanges: true, added: 1, changed: 0, destroyed: 0 });
    expect(plan.result.text).toContain("terraform_data.one will be created");
    expect(existsSync(folder.file("tiny.tfstate"))).toBe(false);

    const apply = await run("apply");
    expect(apply).toMatchObject({ code: 0, result: { outcome: "applied", added: 1 } });
    expect(apply.stdout).toContain("tiny: applied, 1 added, 0 changed, 0 destroyed");
    expect(readFileSync(folder.file("tiny.tfstate"), "utf8")).toContain("first");

    expect((await run("plan")).result).toMatchObject({ outcome: "planned", hasChanges: false });
    expect((await run("apply")).stdout).toContain("tiny: applied, no changes");
  });

  test("what is sensitive is not told, and no plan file is left behind", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("plan-"));
    folder.write(
      "cdk.tf.json",
      JSON.stringify({ ...backend, resource: { terraform_data: { one: { input: '${sensitive("hush")}' } } } }),
    );

    const { result, stdout } = await run("plan");

    expect(result.text).toContain("(sensitive value)");
    expect(stdout + JSON.stringify(result)).not.toContain("hush");
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("plan-"))).toEqual(before);
  });

  test("a plan that fails is told with Terraform's words", async () => {
    folder.write("cdk.tf.json", JSON.stringify({ ...backend, resource: { terraform_data: { one: { nothing: 1 } } } }));

    const { code, result } = await run("plan");

    expect([code, result.outcome]).toEqual([1, "errored"]);
    expect(result.text).toContain('No argument or block type is named "nothing"');
  });

  const slow = (seconds: number) => ({
    ...backend,
    resource: {
      terraform_data: {
        one: { provisioner: [{ "local-exec": { command: `sleep ${seconds}; env > ../../environment` } }] },
      },
    },
  });

  test("an apply that is told to stop ends in order: what it began is in the state, and the lock is gone", async () => {
    folder.write("cdk.tf.json", JSON.stringify(slow(3)));
    const file = folder.file("apply.json");

    const { code } = await pipeline(["apply", "tiny", "--result", file], environment(), async (child) => {
      await until(() => existsSync(join(folder.path, ".tiny.tfstate.lock.info")), "the state is locked");
      await new Promise((resolve) => setTimeout(resolve, 2000));
      child.kill("SIGINT");
    });

    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(file, "utf8")).outcome).toBe("canceled");
    expect(readFileSync(folder.file("tiny.tfstate"), "utf8")).toContain("terraform_data");
    expect(existsSync(join(folder.path, ".tiny.tfstate.lock.info"))).toBe(false);
  });

  test("providers and provisioners get no token of GitHub's or HCP Terraform's", async () => {
    folder.write("cdk.tf.json", JSON.stringify(slow(0)));

    expect((await run("apply")).code).toBe(0);
    expect(readFileSync(folder.file("environment"), "utf8")).toContain("TF_IN_AUTOMATION=1");
    expect(readFileSync(folder.file("environment"), "utf8")).not.toMatch(/github-token/);
  });

  test("on a runner the backend local is refused: the state would be lost", async () => {
    const file = folder.file("apply.json");

    const { code, stdout } = await pipeline(["apply", "tiny", "--result", file], {
      ...environment(),
      GITHUB_ACTIONS: "true",
    });

    expect(code).toBe(1);
    expect(stdout).toContain("With the backend local a runner has no state");
  });
});
