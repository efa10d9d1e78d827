import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { deniesWithoutTls, resourcePolicies } from "../policies";
import type { Rule } from "../rule";
import { secretIn, secretInSetting } from "../secrets";
import { denotes, findingsFor } from "./findings";

const PUBLIC_ACCESS_FLAGS = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
];

export const storageRules: readonly Rule[] = [
  {
    id: "35.public-access",
    title: "every bucket blocks public access, by all four flags",
    source: "S3.1, S3.8, CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) => {
          const [block] = of(template, "aws_s3_bucket_public_access_block", bucket);
          return PUBLIC_ACCESS_FLAGS.some((flag) => block?.attributes[flag] !== true);
        },
        "does not block public access",
        `add an aws_s3_bucket_public_access_block with ${PUBLIC_ACCESS_FLAGS.join(", ")} true`,
      ),
  },
  {
    id: "35.encryption",
    title: "every bucket says how it is encrypted",
    source: "CKV_AWS_19, CKV_AWS_145",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) => of(template, "aws_s3_bucket_server_side_encryption_configuration", bucket).length === 0,
        "does not say how it is encrypted",
        "add an aws_s3_bucket_server_side_encryption_configuration",
      ),
  },
  {
    id: "35.tls",
    title: "every bucket refuses requests without TLS",
    source: "S3.5, CKV_AWS_379",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) => {
          const policies = of(template, "aws_s3_bucket_policy", bucket).map(({ address }) => address);
          return !resourcePolicies(template, "aws_s3_bucket_policy")
            .filter(({ address }) => policies.includes(address))
            .some(({ statements }) =>
              statements.some((statement) =>
                deniesWithoutTls(statement, (action) => action === "s3:*" || action === "*"),
              ),
            );
        },
        "takes requests without TLS",
        "add a bucket policy that denies s3:* to * where aws:SecureTransport is false",
      ),
  },
  {
    id: "35.versioning",
    title: "what is overwritten or deleted in a bucket can be brought back",
    source: "CKV_AWS_21",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) =>
          of(template, "aws_s3_bucket_versioning", bucket).every(
            ({ attributes }) => blocks<Attributes>(attributes.versioning_configuration)[0]?.status !== "Enabled",
          ),
        "keeps no versions",
        'add an aws_s3_bucket_versioning with the status "Enabled"',
      ),
  },
  {
    id: "35.lifecycle",
    title: "what is left of uploads that were broken off goes away",
    source: "S3.13, CKV_AWS_300",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) =>
          !of(template, "aws_s3_bucket_lifecycle_configuration", bucket)
            .flatMap(({ attributes }) => blocks<Attributes>(attributes.rule))
            .some(abortsEveryUpload),
        "keeps what is left of uploads that were broken off",
        "add a lifecycle rule for all objects with abort_incomplete_multipart_upload.days_after_initiation",
      ),
  },
  {
    id: "35.logging",
    title: "every bucket has its requests logged; a bucket for logs is an exception, or there is no end",
    source: "S3.9, CKV_AWS_18",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) => of(template, "aws_s3_bucket_logging", bucket).length === 0,
        "has its requests not logged",
        "add an aws_s3_bucket_logging, or declare an exception for a bucket that holds logs itself",
      ),
  },
  {
    id: "35.ownership",
    title: "a bucket's owner owns what others put into it, and no ACL says otherwise",
    source: "S3.12, CKV2_AWS_65",
    check: (template) =>
      findingsFor(
        buckets(template),
        (_, bucket) =>
          of(template, "aws_s3_bucket_ownership_controls", bucket).every(
            ({ attributes }) => blocks<Attributes>(attributes.rule)[0]?.object_ownership !== "BucketOwnerEnforced",
          ),
        "has objects that their ACLs may open",
        'add an aws_s3_bucket_ownership_controls with the object_ownership "BucketOwnerEnforced"',
      ),
  },
  {
    id: "35.objects",
    title:
      "an object that a deployment uploads is encrypted, as its bucket is or by itself, opened by no ACL, and no secret",
    source: "CKV_AWS_186, S3.12; practice: its content is in the state",
    check: (template) => {
      const mend = "put it into a bucket of the stack, without an ACL; let secrets be read from Secrets Manager";
      return template.resources("aws_s3_object").flatMap((object) => {
        const secret = secretIn(String(object.attributes.content ?? ""));
        return [
          ...(isEncrypted(template, object)
            ? []
            : ["does not say how it is encrypted, and its bucket is not the stack's"]),
          ...(["private", undefined].includes(object.attributes.acl) ? [] : ["has an ACL, which may open it"]),
          ...(secret ? [`holds ${secret}`] : []),
        ].map((what) => ({ address: object.address, what, mend }));
      });
    },
  },
  {
    id: "58.recovery",
    title: "every table can be restored to any second of the last days",
    source: "DynamoDB.2, CKV_AWS_28",
    check: (template) =>
      tables(
        template,
        ({ point_in_time_recovery }) => blocks<Attributes>(point_in_time_recovery)[0]?.enabled === true,
      ).map(({ address }) => ({
        address,
        what: "has no point-in-time recovery",
        mend: "set point_in_time_recovery.enabled to true",
      })),
  },
  {
    id: "58.deletion",
    title: "no table can be deleted in passing",
    source: "DynamoDB.6",
    check: (template) =>
      tables(template, ({ deletion_protection_enabled }) => deletion_protection_enabled === true).map(
        ({ address }) => ({
          address,
          what: "can be deleted",
          mend: "set deletion_protection_enabled to true, or declare an exception where the data is not to be retained",
        }),
      ),
  },
  {
    id: "58.encryption",
    title: "every table is encrypted with a KMS key",
    source: "CKV_AWS_119",
    check: (template) =>
      tables(
        template,
        ({ server_side_encryption }) => blocks<Attributes>(server_side_encryption)[0]?.enabled === true,
      ).map(({ address }) => ({
        address,
        what: "is encrypted with a key that DynamoDB owns, whose use nobody can see",
        mend: "set server_side_encryption.enabled to true",
      })),
  },
  {
    id: "58.capacity",
    title: "every table's capacity follows its load",
    source: "DynamoDB.1",
    check: (template) =>
      tables(template, ({ billing_mode }) => billing_mode === "PAY_PER_REQUEST")
        .filter(
          ({ address }) =>
            !template.resources("aws_appautoscaling_target").some((it) => refersTo(it.attributes, address)),
        )
        .map(({ address }) => ({
          address,
          what: "has a fixed capacity",
          mend: "set billing_mode to PAY_PER_REQUEST, or register the table with Application Auto Scaling",
        })),
  },
  {
    id: "59.backup",
    title: "every backup vault says by which key it is encrypted",
    source: "Backup.1, CKV_AWS_166",
    check: (template) =>
      findingsFor(
        template.resources("aws_backup_vault"),
        ({ kms_key_arn }) => !kms_key_arn,
        "is encrypted with AWS Backup's own key, whose policy nobody can change",
        "set kms_key_arn",
      ),
  },
  {
    id: "59.secret",
    title: "every secret says by which key it is encrypted",
    source: "CKV_AWS_149",
    check: (template) =>
      findingsFor(
        template.resources("aws_secretsmanager_secret"),
        ({ kms_key_id }) => !kms_key_id,
        "is encrypted with Secrets Manager's own key, whose policy nobody can change",
        "set kms_key_id",
      ),
  },
  {
    id: "59.parameter",
    title: "no parameter holds a secret in the clear",
    source: "CKV2_AWS_34, which asks for SecureString where there is a secret; its value would still be in the state",
    check: (template) =>
      template.resources("aws_ssm_parameter").flatMap(({ address, attributes }) => {
        if (attributes.type === "SecureString") return [];
        const name = String(attributes.name).split("/").at(-1) ?? "";
        const value = String(attributes.insecure_value ?? attributes.value ?? "");
        const secret = secretInSetting(name, value);
        if (!secret) return [];
        return [{ address, what: `holds ${secret}`, mend: "put it into Secrets Manager, and its ARN here" }];
      }),
  },
];

function buckets(template: Template): Resource[] {
  return template.resources("aws_s3_bucket");
}

/** Resources of a type that configure a bucket, which they name by reference or in words. */
function of(template: Template, type: string, bucket: Resource): Resource[] {
  return template.resources(type).filter(({ attributes }) => denotes(attributes.bucket, bucket, "bucket"));
}

/** A bucket of the stack has rule 35.encryption looking after it. */
function isEncrypted(template: Template, { attributes }: Resource): boolean {
  const own = buckets(template).some((bucket) => denotes(attributes.bucket, bucket, "bucket"));
  return own || Boolean(attributes.server_side_encryption);
}

function tables(template: Template, conforms: (attributes: Attributes) => boolean): Resource[] {
  return template.resources("aws_dynamodb_table").filter(({ attributes }) => !conforms(attributes));
}

/** A rule that is limited to some objects leaves the uploads of others. */
function abortsEveryUpload({ status, filter, prefix, abort_incomplete_multipart_upload }: Attributes): boolean {
  const limits = [prefix, ...blocks<Attributes>(filter).flatMap((one) => Object.values(one))];
  return (
    status === "Enabled" &&
    limits.every((limit) => limit === undefined || limit === null || limit === "") &&
    Number(blocks<Attributes>(abort_incomplete_multipart_upload)[0]?.days_after_initiation) > 0
  );
}
