import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { ProjectCopy } from "../testing/project-copy";
import { BACKEND_VARIABLE, backendSettings, useBackend } from "./backend";

describe("where state lives", () => {
  const local = { type: "local", directory: ".terraform-state" };

  test("the context says it, the environment variable wins", () => {
    expect(backendSettings(local, {})).toEqual(local);
    expect(backendSettings(local, { [BACKEND_VARIABLE]: '{"type":"local","directory":"elsewhere"}' })).toEqual({
      type: "local",
      directory: "elsewhere",
    });
  });

  const bucket = "remote-state-states-111122223333-eu-central-1";
  const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const s3 = { type: "s3", bucket, region: "eu-central-1", kmsKeyArn };
  const cloud = { type: "cloud", organization: "example", project: "Scaling blueprints" };
  const inContext = 'cdktf.json, context "backend"';

  test("what is left out has a default", () => {
    expect(backendSettings(s3, {})).toEqual({ ...s3, keyPrefix: "" });
    expect(backendSettings(cloud, {})).toEqual({ ...cloud, workspacePrefix: "", hostname: "app.terraform.io" });
  });

  test.each<[unknown, NodeJS.ProcessEnv, string]>([
    [undefined, {}, `${inContext}: must be an object whose type is one of local, s3, cloud, got nothing`],
    ["s3", {}, `${inContext}: must be an object whose type is one of local, s3, cloud, got "s3"`],
    [{ type: "floppy" }, {}, `${inContext}: must be an object whose type is one of local, s3, cloud, got {"type":`],
    [{ type: "toString" }, {}, "must be an object whose type is one of local, s3, cloud"],
    [{ type: "local" }, {}, `${inContext} of type local: directory must be a text`],
    [{ ...local, directroy: "x" }, {}, "of type local: directroy is not a setting; did you mean directory?"],
    [{ ...s3, region: "Frankfurt" }, {}, 'region must be a Region\'s code, such as eu-central-1, got "Frankfurt"'],
    [{ ...s3, kmsKeyArn: "alias/state" }, {}, 'kmsKeyArn must be the ARN of a KMS key, got "alias/state". Key that'],
    [{ ...s3, keyPrefix: "platform" }, {}, "keyPrefix must be empty, or folders that each end in a slash"],
    [{ ...s3, keyPrefix: "/platform/" }, {}, "keyPrefix must be empty, or folders that each end in a slash"],
    [{ ...cloud, organization: "no spaces" }, {}, "organization must be an organization's name"],
    [{ ...cloud, hostname: "https://app.terraform.io" }, {}, "hostname must be a host's name, without https://"],
    [{ ...cloud, workspacePrefix: "x".repeat(51) }, {}, "workspacePrefix must be a text of 0..50 characters"],
    [local, { [BACKEND_VARIABLE]: "local" }, "environment variable BLUEPRINT_BACKEND: must be JSON such as"],
    [
      local,
      { [BACKEND_VARIABLE]: '{"type":"s3"}' },
      "environment variable BLUEPRINT_BACKEND of type s3: bucket must be",
    ],
  ])("%j with %j is a mistake that says where it stands", (context, environment, message) => {
    expect(() => backendSettings(context, environment)).toThrow(message);
  });

  test("all that an s3 backend lacks is said at once, with what each setting means", () => {
    expect(() => backendSettings({ type: "s3" }, {})).toThrow(
      /bucket must be .*\n.*region must be .*\n.*kmsKeyArn must be/,
    );
    expect(() => backendSettings({ type: "s3" }, {})).toThrow("the output `bucket` of remote-state");
  });

  describe("as Terraform gets it", () => {
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "backend-"));
    });
    afterEach(() => rmSync(root, { recursive: true }));

    const terraformOf = (context: object, stackName = "demo") => {
      const app = Testing.stubVersion(new App({ outdir: join(root, "cdktf.out"), stackTraces: false }));
      const stack = new TerraformStack(app, stackName);
      useBackend(stack, backendSettings(context, {}), root);
      return JSON.parse(Testing.synth(stack)).terraform;
    };

    test("the local state's path is relative and lies outside the output, one file a stack", () => {
      expect(terraformOf(local).backend).toEqual({ local: { path: "../../../.terraform-state/demo.tfstate" } });
    });

    test("in a bucket each stack has a folder, for its state, its lock and its workspaces; all encrypted with the key", () => {
      expect(terraformOf({ ...s3, keyPrefix: "platform/" })).toEqual({
        required_version: ">= 1.10",
        backend: {
          s3: {
            bucket,
            region: "eu-central-1",
            key: "platform/demo/terraform.tfstate",
            workspace_key_prefix: "platform/demo/workspaces",
            encrypt: true,
            kms_key_id: kmsKeyArn,
            use_lockfile: true,
          },
        },
      });
    });

    test("in HCP Terraform each stack has a workspace", () => {
      const longest = "x".repeat(50);
      const { cloud: block } = terraformOf({ ...cloud, workspacePrefix: longest }, "y".repeat(40));
      expect(block).toEqual({
        hostname: "app.terraform.io",
        organization: "example",
        workspaces: { name: `${longest}${"y".repeat(40)}`, project: "Scaling blueprints" },
      });
      expect(block.workspaces.name).toHaveLength(90);
    });
  });
});

test("a backend that does not exist ends synthesis with one line and exit code 1", () => {
  const project = new ProjectCopy();
  try {
    expect(project.synthesize().status).toBe(0);
    expect(project.synthesize({ [BACKEND_VARIABLE]: '{"type":"nowhere"}' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("BLUEPRINT_BACKEND"),
    });
  } finally {
    project.delete();
  }
});
