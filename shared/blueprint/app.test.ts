import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "../testing/project-copy";

/** Every file of the synthesized output, with the hash of its content. */
function outputOf(project: ProjectCopy): Record<string, string> {
  const folder = join(project.root, "cdktf.out");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(folder.length), createHash("sha256").update(readFileSync(file)).digest("hex")];
    }),
  );
}

describe("synthesis of the project", () => {
  const projects: ProjectCopy[] = [];
  const copy = (blueprints?: string[]) => {
    const project = new ProjectCopy(blueprints);
    projects.push(project);
    return project;
  };
  afterEach(() => {
    for (const project of projects.splice(0)) project.delete();
  });

  test("two clones in different folders, time zones and homes give the same bytes, assets included", () => {
    const [one, other] = [copy(), copy()];
    expect(
      one.synthesize({ TZ: "Pacific/Kiritimati", HOME: "/nowhere", USER: "one", LANG: "de_DE.UTF-8" }).status,
    ).toBe(0);
    expect(other.synthesize({ TZ: "America/Los_Angeles", USER: "other" }).status).toBe(0);
    const output = outputOf(one);
    expect(Object.keys(output).filter((file) => file.endsWith(".zip"))).not.toHaveLength(0);
    expect(outputOf(other)).toEqual(output);
  });

  test("a variant's file makes a second stack", () => {
    const project = copy();
    project.write(
      "blueprints/kinesis-scaler/parameters.europe.json",
      '{"region": "eu-central-1", "streams": [{"name": "a", "maxShards": 2}]}',
    );
    expect(project.synthesize().status).toBe(0);
    expect(readdirSync(join(project.root, "cdktf.out/stacks")).sort()).toEqual([
      "kinesis-scaler",
      "kinesis-scaler-europe",
    ]);
  });

  test("the provider's release is a range, and one release where a variable says so", () => {
    const project = copy();
    const versionWith = (environment: NodeJS.ProcessEnv) => {
      expect(project.synthesize(environment).status).toBe(0);
      const json = readFileSync(join(project.root, "cdktf.out/stacks/kinesis-scaler/cdk.tf.json"), "utf8");
      return JSON.parse(json).terraform.required_providers.aws.version;
    };
    expect(versionWith({})).toBe(">= 5.100, < 7.0");
    expect(versionWith({ BLUEPRINT_AWS_PROVIDER: "5.100.0" })).toBe("5.100.0");
  });

  test("mistakes of several files end it with one line each, exit code 1, no stack trace and nothing written", () => {
    const project = copy();
    project.write(
      "blueprints/kinesis-scaler/parameters.json",
      '{"streams": [{"name": "a", "minShards": 4, "maxShards": 2}], "stremas": []}',
    );
    project.write("blueprints/kinesis-scaler/parameters.broken.json", "{");
    project.write("blueprints/half/README.md", "");
    const { status, stderr } = project.synthesize();
    expect(status).toBe(1);
    expect(stderr.trim().split("\n")).toEqual([
      "blueprints/half: has no stack.ts; copy it from another blueprint, or remove the folder",
      "blueprints/half: has no parameters.ts; copy it from another blueprint, or remove the folder",
      "blueprints/half: has no parameters.json; each parameters file makes one stack, so there is none to deploy",
      "kinesis-scaler-broken: not valid JSON: close brace expected at blueprints/kinesis-scaler/parameters.broken.json:1:2",
      "kinesis-scaler: streams[0].maxShards must be 1..10000 and at least minShards (4), got 2 (blueprints/kinesis-scaler/parameters.json)",
      "kinesis-scaler: stremas is not a parameter; did you mean streams? (blueprints/kinesis-scaler/parameters.json)",
    ]);
    expect(existsSync(join(project.root, "cdktf.out"))).toBe(false);
  });

  test("a blueprint whose stack.ts exports no class is told so", () => {
    const project = copy();
    project.write("blueprints/kinesis-scaler/stack.ts", "export const nothing = 1;");
    expect(project.synthesize()).toMatchObject({
      status: 1,
      stderr:
        "blueprints/kinesis-scaler/parameters.json: stack.ts beside it has no default export; it must export the stack's class\n",
    });
  });
});
