import { blocks, type PolicyStatement } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { isPublic, resourcePolicies } from "../policies";
import type { Rule } from "../rule";

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
      buckets(template)
        .filter((bucket) => {
          const [block] = of(template, "aws_s3_bucket_public_access_block", bucket);
          return PUBLIC_ACCESS_FLAGS.some((flag) => block?.attributes[flag] !== true);
        })
        .map(({ address }) => ({
          address,
          what: "does not block public access",
          mend: `add an aws_s3_bucket_public_access_block with ${PUBLIC_ACCESS_FLAGS.join(", ")} true`,
        })),
  },
  {
    id: "35.encryption",
    title: "every bucket says how it is encrypted",
    source: "CKV_AWS_19, CKV_AWS_145",
    check: (template) =>
      buckets(template)
        .filter((bucket) => of(template, "aws_s3_bucket_server_side_encryption_configuration", bucket).length === 0)
        .map(({ address }) => ({
          address,
          what: "does not say how it is encrypted",
          mend: "add an aws_s3_bucket_server_side_encryption_configuration",
        })),
  },
  {
    id: "35.tls",
    title: "every bucket refuses requests without TLS",
    source: "S3.5, CKV_AWS_379",
    check: (template) =>
      buckets(template)
        .filter((bucket) => {
          const policies = of(template, "aws_s3_bucket_policy", bucket).map(({ address }) => address);
          return !resourcePolicies(template, "aws_s3_bucket_policy")
            .filter(({ address }) => policies.includes(address))
            .some(({ statements }) => statements.some(deniesWithoutTls));
        })
        .map(({ address }) => ({
          address,
          what: "takes requests without TLS",
          mend: "add a bucket policy that denies s3:* to * where aws:SecureTransport is false",
        })),
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
];

function buckets(template: Template): Resource[] {
  return template.resources("aws_s3_bucket");
}

/** Resources of a type that configure a bucket, which they name by reference or in words. */
function of(template: Template, type: string, bucket: Resource): Resource[] {
  return template.resources(type).filter(({ attributes }) => {
    const name = bucket.attributes.bucket;
    return refersTo(attributes.bucket, bucket.address) || (name !== undefined && attributes.bucket === name);
  });
}

function tables(template: Template, conforms: (attributes: Attributes) => boolean): Resource[] {
  return template.resources("aws_dynamodb_table").filter(({ attributes }) => !conforms(attributes));
}

function deniesWithoutTls(statement: PolicyStatement): boolean {
  const plain = statement.Condition?.Bool?.["aws:SecureTransport"];
  return (
    statement.Effect === "Deny" &&
    isPublic(statement) &&
    (statement.Action ?? []).some((action) => action === "s3:*" || action === "*") &&
    plain?.length === 1 &&
    plain[0] === "false"
  );
}
