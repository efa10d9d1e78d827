import { Testing } from "cdktf";
import type * as z from "zod";
import { parsePolicy } from "../../shared/testing/policy-document";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import RemoteState from "./stack";

const templateOf = (parameters: z.input<typeof schema> = {}) =>
  Template.of(new RemoteState(Testing.app(), "states", schema.parse(parameters)));
const template = templateOf();
const states = template.find("aws_s3_bucket", { bucket: /^states-states-/ });
const key = template.only("aws_kms_key");

/** A policy's statements, with references to bucket and key in words. */
function statementsOf(name: RegExp, of = template) {
  return parsePolicy(of.find("aws_iam_policy", { name }).attributes.policy).map(({ Action, Resource, Condition }) => ({
    Action,
    Resource: Resource?.map((one) =>
      one.replace(/\$\{aws_s3_bucket\.[^}]*\}/, "BUCKET").replace(/\$\{aws_kms_key.*/, "KEY"),
    ),
    Condition,
  }));
}

describe("remote-state", () => {
  test("states and their key are retained unless the parameters let go of them", () => {
    const protection = (retainData: boolean) => {
      const of = templateOf({ retainData });
      const bucket = of.find("aws_s3_bucket", { bucket: /^states-states-/ }).attributes;
      return [bucket.lifecycle.prevent_destroy, bucket.force_destroy, of.only("aws_kms_key").attributes.lifecycle];
    };
    expect(protection(true)).toEqual([true, false, { prevent_destroy: true }]);
    expect(protection(false)).toEqual([false, true, { prevent_destroy: false }]);
  });

  test("the bucket is encrypted with the stack's own key, which is rotated", () => {
    const { attributes } = template.find("aws_s3_bucket_server_side_encryption_configuration", {
      bucket: `\${${states.address}.bucket}`,
    });
    expect(attributes.rule).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: `\${${key.address}.arn}`,
        },
        bucket_key_enabled: true,
      },
    ]);
    expect(key.attributes.enable_key_rotation).toBe(true);
  });

  test("what asks for another encryption or key is refused, what asks for none is not", () => {
    const { attributes } = template.find("aws_s3_bucket_policy", { bucket: `\${${states.address}.bucket}` });
    const header = "s3:x-amz-server-side-encryption";
    expect(parsePolicy(attributes.policy).filter(({ Sid }) => Sid?.startsWith("NoOther"))).toMatchObject([
      {
        Effect: "Deny",
        Action: ["s3:PutObject"],
        Condition: { Null: { [header]: ["false"] }, StringNotEquals: { [header]: ["aws:kms"] } },
      },
      {
        Effect: "Deny",
        Action: ["s3:PutObject"],
        Condition: {
          Null: { [`${header}-aws-kms-key-id`]: ["false"] },
          StringNotEquals: { [`${header}-aws-kms-key-id`]: [`\${${key.address}.arn}`] },
        },
      },
    ]);
  });

  test("old versions stay for their days, and the newest of them for good", () => {
    const { attributes } = templateOf({ oldVersionDays: 30, oldVersionsKept: 5 }).find(
      "aws_s3_bucket_lifecycle_configuration",
      { bucket: /states_bucket/ },
    );
    expect(attributes.rule).toHaveLength(1);
    expect(attributes.rule[0]).toMatchObject({
      noncurrent_version_expiration: [{ noncurrent_days: 30, newer_noncurrent_versions: 5 }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
    });
    expect(attributes.rule[0].expiration).toBeUndefined();
  });

  test("requests to the states are logged, in a bucket that S3 may write to for this one only", () => {
    const logs = template.find("aws_s3_bucket", { bucket: /^states-logs-/ });
    const { attributes } = template.only("aws_s3_bucket_logging");
    expect(attributes).toMatchObject({
      bucket: `\${${states.address}.bucket}`,
      target_bucket: `\${${logs.address}.bucket}`,
      target_prefix: "requests/states/",
    });
    const policy = template.find("aws_s3_bucket_policy", { bucket: `\${${logs.address}.bucket}` });
    expect(attributes.depends_on).toEqual([policy.address]);
    expect(parsePolicy(policy.attributes.policy)).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Principal: { Service: ["logging.s3.amazonaws.com"] },
        Action: ["s3:PutObject"],
        Resource: [`\${${logs.address}.arn}/requests/states/*`],
        Condition: {
          StringEquals: { "aws:SourceAccount": ["${data.aws_caller_identity.caller.account_id}"] },
          ArnLike: { "aws:SourceArn": [`\${${states.address}.arn}`] },
        },
      }),
    );
  });

  describe("the policies for a stack", () => {
    const one = templateOf({ policiesFor: ["orders"] });
    const throughS3 = {
      StringEquals: {
        "kms:ViaService": ["s3.${data.aws_region.region.id}.amazonaws.com"],
        "kms:EncryptionContext:aws:s3:arn": [`\${${states.address}.arn}`],
      },
    };
    const reading = [
      {
        Action: ["s3:ListBucket"],
        Resource: ["BUCKET"],
        Condition: { StringLikeIfExists: { "s3:prefix": ["orders/*"] } },
      },
      { Action: ["s3:GetObject"], Resource: ["BUCKET/orders/*"], Condition: undefined },
      { Action: ["kms:Decrypt"], Resource: ["KEY"], Condition: throughS3 },
    ];

    test("let one read its states and nobody else's", () => {
      expect(statementsOf(/orders-read/, one)).toEqual(reading);
    });

    test("let the other also write and lock them, and delete nothing but the lock", () => {
      expect(statementsOf(/orders-write/, one)).toEqual([
        ...reading,
        {
          Action: ["s3:PutObject"],
          Resource: ["BUCKET/orders/*.tfstate", "BUCKET/orders/*.tfstate.tflock"],
          Condition: undefined,
        },
        { Action: ["s3:DeleteObject"], Resource: ["BUCKET/orders/*.tfstate.tflock"], Condition: undefined },
        { Action: ["kms:GenerateDataKey"], Resource: ["KEY"], Condition: throughS3 },
      ]);
    });
  });

  test("a beginning of names and an asterisk has policies for all stacks that begin so", () => {
    const many = templateOf({ policiesFor: ["ha-jenkins-*", "platform/*", "*"] });
    expect(many.resources("aws_iam_policy").map(({ attributes }) => attributes.name)).toEqual([
      "states-policies-_any-read-us-east-1",
      "states-policies-_any-write-us-east-1",
      "states-policies-ha-jenkins-_any-read-us-east-1",
      "states-policies-ha-jenkins-_any-write-us-east-1",
      "states-policies-platform@_any-read-us-east-1",
      "states-policies-platform@_any-write-us-east-1",
    ]);
    expect(statementsOf(/ha-jenkins-_any-read/, many)[1]?.Resource).toEqual(["BUCKET/ha-jenkins-*"]);
  });

  test("an output is the setting of cdktf.json, with bucket and key", () => {
    expect(JSON.parse(template.outputs().backend_setting?.value)).toEqual({
      type: "s3",
      bucket: `\${${states.address}.bucket}`,
      region: "us-east-1",
      kmsKeyArn: `\${${key.address}.arn}`,
    });
  });

  test("the resources of the default parameters are these", () => {
    expect(template.resourceCounts()).toMatchSnapshot();
  });
});
