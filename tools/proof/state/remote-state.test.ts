import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { BACKEND_VARIABLE } from "../../../shared/blueprint/backend";
import { parsePolicy } from "../../../shared/testing/policy-document";
import { ProjectCopy } from "../../../shared/testing/project-copy";
import { until } from "../../../shared/testing/until";
import { cdktfFor, type LocalSession, openLocalSession } from "../../local-aws/session";
import { pipeline } from "../../pipeline/command.fixture";
import { localAccount, managedPolicy } from "../deployed-permissions";
import { parseCalls } from "../permissions/calls";
import { checkPermissions } from "../permissions/check-permissions";
import { isAllowed } from "../permissions/evaluate";
import { describeWithToolchain } from "../prepared-toolchain";
import { addNoteBlueprint } from "./note-blueprint";

const MINUTES = 60_000;
const MIGRATE = ["--migrate-state"];

/** What remote-state puts out, as far as it matters here. */
interface Outputs {
  readonly backend_setting: string;
  readonly bucket: string;
  readonly read_policy_arns: Readonly<Record<string, string>>;
  readonly write_policy_arns: Readonly<Record<string, string>>;
}

describeWithToolchain("state in the bucket of remote-state, on the local AWS", (toolchain) => {
  const project = new ProjectCopy(["remote-state"]);
  const lines: string[] = [];
  let session: LocalSession;
  let outputs: Outputs;
  let s3: S3Client;
  let iam: IAMClient;
  const environment = localAccount("us-east-1");

  const cdktf = (environment: Readonly<Record<string, string>>) =>
    // As in a user's shell: cdktf answers Terraform's question whether to move the state.
    cdktfFor(session.aws, toolchain, project.root, (line) => lines.push(line), { TF_INPUT: "1", ...environment });
  /** With the state in the bucket, and the calls of Terraform recorded under a name. */
  const inBucket = (accessKeyId = "team") =>
    cdktf({ [BACKEND_VARIABLE]: outputs.backend_setting, AWS_ACCESS_KEY_ID: accessKeyId });
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.bucket }));
    return Contents.map(({ Key }) => Key);
  };
  const stateOf = async (stack: string) => {
    const Key = `${stack}/terraform.tfstate`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? "{}");
  };
  const policyOf = (verb: "read" | "write", stack: string) => managedPolicy(outputs[`${verb}_policy_arns`][stack], iam);
  const problems = async (accessKeyId: string, document: string, reasons: readonly string[]) => {
    const calls = parseCalls(readFileSync(session.aws.requestLog, "utf8")).filter(
      (call) => call.accessKeyId === accessKeyId && call.service === "s3",
    );
    expect(calls.length).toBeGreaterThan(0);
    const found = await checkPermissions({
      calls,
      policies: [document],
      environment,
      reasons: reasons.map((action) => ({ action, reason: "S3 calls KMS for whoever reads or writes an object." })),
    });
    return found.map(({ message }) => message);
  };

  beforeAll(async () => {
    for (const name of ["first", "second"]) addNoteBlueprint(project, name);
    project.write("blueprints/remote-state/parameters.json", '{"retainData": false, "policiesFor": ["first", "*"]}');
    session = await openLocalSession(toolchain, { root: project.root, name: "proof-state", port: 0 }, (line) =>
      lines.push(line),
    );
    await session.cdktf.deploy(["remote-state", "first"]);
    outputs = (await session.cdktf.outputs("remote-state")) as unknown as Outputs;
    const config = {
      endpoint: session.aws.url,
      region: environment.region,
      credentials: { accessKeyId: "proof", secretAccessKey: "local" },
      requestHandler: new NodeHttpHandler(),
    };
    s3 = new S3Client(config);
    iam = new IAMClient(config);
  }, 5 * MINUTES);
  afterAll(async () => {
    await session?.aws.down();
    project.delete();
  });

  test(
    "a stack moves from a local state into the bucket, nothing is planned, and only what its policies allow is called",
    async () => {
      await inBucket("writer").deploy(["first"], MIGRATE);
      expect(await inBucket("writer").pendingChanges("first")).toBeUndefined();
      expect(await planAsAPipelineDoes("first", "reader")).toMatchObject({ outcome: "planned", hasChanges: false });
      expect((await stateOf("first")).resources.map(({ type }: { type: string }) => type)).toContain(
        "aws_ssm_parameter",
      );

      const [read, write] = [await policyOf("read", "first"), await policyOf("write", "first")];
      expect(await problems("reader", read, ["kms:Decrypt"])).toEqual([]);
      expect(await problems("writer", write, ["kms:Decrypt", "kms:GenerateDataKey"])).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "two stacks have a state each, and the policies for one do not reach the other's",
    async () => {
      await inBucket().deploy(["second"]);
      expect(await keys()).toEqual(["first/terraform.tfstate", "second/terraform.tfstate"]);
      const addresses = async (stack: string) => (await inBucket().resources(stack)).join();
      expect([await addresses("first"), await addresses("second")]).toEqual([
        "aws_ssm_parameter.note",
        "aws_ssm_parameter.note",
      ]);
      expect((await stateOf("first")).lineage).not.toBe((await stateOf("second")).lineage);

      const statements = parsePolicy(await policyOf("write", "first"));
      const mayWrite = (stack: string) => {
        const resource = `arn:aws:s3:::${outputs.bucket}/${stack}/terraform.tfstate`;
        return isAllowed(statements, { action: "s3:PutObject", resource, conditions: {} }, environment);
      };
      expect([mayWrite("first"), mayWrite("second"), mayWrite("first-europe")]).toEqual([true, false, false]);
    },
    5 * MINUTES,
  );

  test(
    "while somebody holds the lock, another deployment fails and says who holds it; afterwards it goes well",
    async () => {
      const holder = askToDestroy("first");
      let asked = "";
      holder.stdout?.on("data", (chunk) => {
        asked += chunk;
      });
      try {
        await until(() => asked.includes("Enter a value:"), `the question whether to destroy, after ${asked}`);
        await expect(inBucket().deploy(["first"])).rejects.toThrow(
          /Error acquiring the state lock[\s\S]*PreconditionFailed[\s\S]*Operation: +OperationTypeApply[\s\S]*Who: +\S+@/,
        );
      } finally {
        await decline(holder);
      }
      await inBucket().deploy(["first"]);
      expect(await keys()).not.toContain("first/terraform.tfstate.tflock");
    },
    5 * MINUTES,
  );

  test(
    "it moves back to a local state without a planned change, and all is destroyed without a trace",
    async () => {
      const local = cdktf({});
      await local.deploy(["first"], MIGRATE);
      expect(await local.pendingChanges("first")).toBeUndefined();
      expect(existsSync(join(project.root, session.aws.folders.stateDirectory, "first.tfstate"))).toBe(true);
      await inBucket().destroy(["second"]);
      await local.destroy(["first", "remote-state"]);
      expect([...(await local.resources("first")), ...(await local.resources("remote-state"))]).toEqual([]);
    },
    5 * MINUTES,
  );

  async function planAsAPipelineDoes(stack: string, accessKeyId: string): Promise<unknown> {
    const result = join(project.root, "results", `${stack}.json`);
    const { code, stdout, stderr } = await pipeline(["plan", stack, "--result", result], {
      ...session.aws.environment(),
      ...toolchain.environment,
      [BACKEND_VARIABLE]: outputs.backend_setting,
      AWS_ACCESS_KEY_ID: accessKeyId,
    });
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining(`${stack}: planned, no changes`), ""]);
    return JSON.parse(readFileSync(result, "utf8"));
  }

  /** A destroy that waits for an answer, which is a lock that is held. */
  function askToDestroy(stack: string): ChildProcess {
    return spawn(toolchain.terraform.binary, ["apply", "-destroy", "-no-color"], {
      cwd: join(session.aws.folders.output, "stacks", stack),
      env: { ...session.aws.environment(), ...toolchain.environment, TF_INPUT: "1", AWS_ACCESS_KEY_ID: "holder" },
      stdio: ["pipe", "pipe", "ignore"],
    });
  }

  async function decline(holder: ChildProcess): Promise<void> {
    holder.stdin?.end("no\n");
    await until(() => holder.exitCode !== null, "the end of the declined destroy");
  }
});
