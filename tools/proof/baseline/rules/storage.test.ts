import { policy, resources, testRules } from "./examples";
import { storageRules } from "./storage";

const flags = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};
const bucket = "${aws_s3_bucket.logs.id}";
const table = (attributes: object) => resources({ "aws_dynamodb_table.jobs": { name: "jobs", ...attributes } });
const tlsOnly = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["${aws_s3_bucket.logs.arn}", "${aws_s3_bucket.logs.arn}/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

testRules(storageRules, {
  "35.public-access": {
    violating: {
      "a bucket without a block": [resources({ "aws_s3_bucket.logs": {} }), /does not block public access/],
      "a flag that is missing": [
        resources({
          "aws_s3_bucket.logs": {},
          "aws_s3_bucket_public_access_block.logs": { bucket, ...flags, ignore_public_acls: undefined },
        }),
        /^aws_s3_bucket.logs does not block/,
      ],
      "a block of another bucket": [
        resources({
          "aws_s3_bucket.logs": {},
          "aws_s3_bucket_public_access_block.logs": { bucket: "${aws_s3_bucket.other.id}", ...flags },
        }),
        /^aws_s3_bucket.logs does not block/,
      ],
    },
    conforming: {
      "all four flags": resources({
        "aws_s3_bucket.logs": {},
        "aws_s3_bucket_public_access_block.logs": { bucket, ...flags },
      }),
    },
  },
  "35.encryption": {
    violating: {
      "a bucket without a word on it": [resources({ "aws_s3_bucket.logs": {} }), /does not say how it is encrypted/],
    },
    conforming: {
      "a configuration, by the bucket's name": resources({
        "aws_s3_bucket.logs": { bucket: "my-logs" },
        "aws_s3_bucket_server_side_encryption_configuration.logs": { bucket: "my-logs", rule: [{}] },
      }),
    },
  },
  "35.tls": {
    violating: {
      "a bucket without a policy": [resources({ "aws_s3_bucket.logs": {} }), /takes requests without TLS/],
      "a policy that denies reading only": [
        resources({
          "aws_s3_bucket.logs": {},
          "aws_s3_bucket_policy.logs": { bucket, policy: policy({ ...tlsOnly, Action: "s3:GetObject" }) },
        }),
        /takes requests without TLS/,
      ],
      "a policy that denies where there is TLS": [
        resources({
          "aws_s3_bucket.logs": {},
          "aws_s3_bucket_policy.logs": {
            bucket,
            policy: policy({ ...tlsOnly, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
          },
        }),
        /takes requests without TLS/,
      ],
    },
    conforming: {
      "a policy that denies more than everything": resources({
        "aws_s3_bucket.logs": {},
        "aws_s3_bucket_policy.logs": { bucket, policy: policy({ ...tlsOnly, Action: ["s3:GetObject", "s3:*"] }) },
      }),
      "a policy that denies where there is none": resources({
        "aws_s3_bucket.logs": {},
        "aws_s3_bucket_policy.logs": { bucket, policy: policy(tlsOnly) },
      }),
    },
  },
  "58.recovery": {
    violating: {
      "a table without recovery": [table({}), /has no point-in-time recovery/],
      "recovery that is switched off": [table({ point_in_time_recovery: { enabled: false } }), /no point-in-time/],
    },
    conforming: {
      recovery: table({ point_in_time_recovery: { enabled: true } }),
      "recovery, as a list of one block": table({ point_in_time_recovery: [{ enabled: true }] }),
    },
  },
  "58.deletion": {
    violating: { "a table without protection": [table({}), /^aws_dynamodb_table.jobs can be deleted/] },
    conforming: { protection: table({ deletion_protection_enabled: true }) },
  },
  "58.encryption": {
    violating: { "DynamoDB's own key": [table({}), /a key that DynamoDB owns/] },
    conforming: { "a KMS key": table({ server_side_encryption: { enabled: true } }) },
  },
  "58.capacity": {
    violating: { "a fixed capacity": [table({ read_capacity: 5 }), /has a fixed capacity/] },
    conforming: {
      "on demand": table({ billing_mode: "PAY_PER_REQUEST" }),
      "a scalable target": resources({
        "aws_dynamodb_table.jobs": {},
        "aws_appautoscaling_target.read": { resource_id: "table/${aws_dynamodb_table.jobs.name}" },
      }),
    },
  },
});
