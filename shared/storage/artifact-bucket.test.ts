import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { TerraformOutput } from "cdktf";
import { InstanceRole } from "../compute/instance-role";
import { Key } from "../security/key";
import { mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { ArtifactBucket } from "./artifact-bucket";

const content = 'console.log("${HOME} ünd");\n';
const hash = createHash("sha256").update(content).digest("hex");

function deployed(withKey = false) {
  const stack = new TestStack();
  const key = withKey ? new Key(stack, "key", { description: "Programs" }) : undefined;
  const artifacts = new ArtifactBucket(stack, "artifacts", { key });
  return { stack, artifacts };
}

describe("an artifact bucket", () => {
  test("goes with its stack and what is in it, also where data are retained", () => {
    const template = Template.of(deployed().stack);
    expect(template.only("aws_s3_bucket").attributes).toMatchObject({
      bucket: expect.stringMatching(/^test-artifacts-\$\{.*account_id\}-eu-central-1$/),
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("keeps what is in it until it is replaced", () => {
    const { attributes } = Template.of(deployed().stack).only("aws_s3_bucket_lifecycle_configuration");
    expect(attributes.rule).toEqual([
      {
        id: "expire",
        status: "Enabled",
        filter: [{}],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ]);
  });

  test("is encrypted with S3's own key, or with one of the stack by way of a bucket key", () => {
    const ruleOf = (withKey: boolean) =>
      Template.of(deployed(withKey).stack).only("aws_s3_bucket_server_side_encryption_configuration").attributes.rule;
    expect(ruleOf(false)).toEqual([{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }]);
    expect(ruleOf(true)).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/),
        },
        bucket_key_enabled: true,
      },
    ]);
  });

  test("says why requests to it are not logged", () => {
    const { stack } = deployed();
    expect(stack.baselineExceptions).toEqual([
      {
        rule: "35.logging",
        resource: Template.of(stack).only("aws_s3_bucket").address,
        reason: expect.stringMatching(/programs/),
      },
    ]);
  });
});

describe("an object", () => {
  test("has a key by its content, and is encrypted as the bucket is by the time that it is put", () => {
    const { stack, artifacts } = deployed();
    artifacts.addObject("program", { content, hash, extension: "js" });
    const template = Template.of(stack);
    const { attributes } = template.only("aws_s3_object");
    expect(attributes).toMatchObject({
      bucket: expect.stringMatching(/^\$\{aws_s3_bucket\..*\.bucket\}$/),
      key: `program/${hash}.js`,
    });
    expect(attributes).not.toHaveProperty("server_side_encryption");
    expect(attributes.depends_on).toEqual(
      expect.arrayContaining(
        ["aws_s3_bucket_policy", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning"].map(
          (type) => template.only(type).address,
        ),
      ),
    );
  });

  test("is uploaded from a file with just that content", () => {
    const { stack, artifacts } = deployed();
    artifacts.addObject("program", { content, hash, extension: "js" });
    const asset = artifacts.node.findChild("program-file") as unknown as { sourcePath: string; path: string };
    expect(readFileSync(asset.sourcePath, "utf8")).toBe(content);
    expect(Template.of(stack).only("aws_s3_object").attributes.source).toMatch(/^assets\/.*\/program\.js$/);
  });

  test("has none of the stack's tags, of which S3 takes only ten", () => {
    const { stack, artifacts } = deployed();
    artifacts.addObject("program", { content, hash, extension: "js" });
    expect(Template.of(stack).only("aws_s3_object").attributes.override_provider).toEqual({
      default_tags: { tags: {} },
    });
  });

  test("is there before whoever uses its key, and its successor before it is gone", () => {
    const { stack, artifacts } = deployed();
    const { key } = artifacts.addObject("program", { content, hash, extension: "js" });
    new TerraformOutput(stack, "program", { value: key });
    const template = Template.of(stack);
    const { address, attributes } = template.only("aws_s3_object");
    expect(template.outputs().program?.value).toBe(`\${${address}.key}`);
    expect(attributes.lifecycle).toEqual({ create_before_destroy: true });
  });

  test("is refused with the hash of something else, which a machine would refuse only when it boots", () => {
    const { artifacts } = deployed();
    const refuse = (other: string) => () => artifacts.addObject("program", { content, hash: other, extension: "js" });
    const wrong = hash.replace(/./g, "0");
    expect(mistakesOf(refuse(wrong))).toEqual([
      `test: artifacts.program.hash: must be the SHA-256 of the content in hexadecimal digits (${hash}), got "${wrong}"; take that of what is uploaded`,
    ]);
    expect(mistakesOf(refuse(hash.toUpperCase()))).toHaveLength(1);
  });
});

describe("who may read", () => {
  const granted = (withKey: boolean) => {
    const { stack, artifacts } = deployed(withKey);
    const role = new InstanceRole(stack, "server");
    artifacts.grantRead(role);
    const template = Template.of(stack);
    const bucket = template.only("aws_s3_bucket").address;
    const statements = template.policyStatements(template.only("aws_iam_role").address);
    return { bucket, statements: statements.filter(({ Action }) => /^(s3|kms):/.test(Action?.[0] ?? "")), stack };
  };

  test("may download objects, and neither list nor change them", () => {
    const { bucket, statements } = granted(false);
    expect(statements).toEqual([{ Effect: "Allow", Action: ["s3:GetObject"], Resource: [`\${${bucket}.arn}/*`] }]);
  });

  test("may have S3 decrypt them where the stack has a key, and nothing else that the key encrypts", () => {
    const { bucket, statements, stack } = granted(true);
    expect(statements[1]).toEqual({
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [expect.stringMatching(/^\$\{aws_kms_key\./)],
      Condition: {
        StringEquals: {
          "kms:ViaService": [expect.stringMatching(/^s3\.\$\{.*region.*\}\.amazonaws\.com$/)],
          "kms:EncryptionContext:aws:s3:arn": [`\${${bucket}.arn}`],
        },
      },
    });
    expect(stack.uncalledPermissions).toContainEqual(expect.objectContaining({ action: "kms:Decrypt" }));
  });
});
