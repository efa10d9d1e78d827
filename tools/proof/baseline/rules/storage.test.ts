import { policy, resources, testRules } from "./examples";
import { storageRules } from "./storage";

const flags = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};
const bucket = "${aws_s3_bucket.logs.id}";
const withBucket = (others: Record<string, object> = {}) => resources({ "aws_s3_bucket.logs": {}, ...others });
const lifecycle = (...rule: object[]) => withBucket({ "aws_s3_bucket_lifecycle_configuration.logs": { bucket, rule } });
const abort = { id: "abort", status: "Enabled", abort_incomplete_multipart_upload: { days_after_initiation: 7 } };
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
  "35.versioning": {
    violating: {
      "no word on versions": [withBucket(), /^aws_s3_bucket.logs keeps no versions/],
      "versions that are suspended": [
        withBucket({
          "aws_s3_bucket_versioning.logs": { bucket, versioning_configuration: { status: "Suspended" } },
        }),
        /keeps no versions/,
      ],
      "another bucket's versions": [
        withBucket({
          "aws_s3_bucket_versioning.logs": {
            bucket: "${aws_s3_bucket.logs-2.id}",
            versioning_configuration: { status: "Enabled" },
          },
        }),
        /keeps no versions/,
      ],
    },
    conforming: {
      versions: withBucket({
        "aws_s3_bucket_versioning.logs": { bucket, versioning_configuration: [{ status: "Enabled" }] },
      }),
    },
  },
  "35.lifecycle": {
    violating: {
      "no rule": [withBucket(), /^aws_s3_bucket.logs keeps what is left of uploads/],
      "a rule for objects only": [
        lifecycle({ id: "old", status: "Enabled", expiration: { days: 90 } }),
        /keeps what is left/,
      ],
      "a rule that is switched off": [lifecycle({ ...abort, status: "Disabled" }), /keeps what is left/],
      "a rule for some objects": [lifecycle({ ...abort, filter: [{ prefix: "tmp/" }] }), /keeps what is left/],
      "a rule for some objects, the older way": [lifecycle({ ...abort, prefix: "tmp/" }), /keeps what is left/],
    },
    conforming: {
      "a rule for all objects": lifecycle(abort),
      "a rule for all objects, by an empty filter": lifecycle({ ...abort, filter: [{}] }),
      "a rule for all objects, by an empty prefix": lifecycle(
        { id: "old", status: "Enabled", filter: [{ prefix: "old/" }] },
        { ...abort, filter: [{ prefix: "" }] },
      ),
    },
  },
  "35.logging": {
    violating: {
      "a bucket whose requests nobody sees": [withBucket(), /^aws_s3_bucket.logs has its requests not logged/],
      "a bucket for logs": [
        withBucket({ "aws_s3_bucket_logging.other": { bucket: "other", target_bucket: bucket } }),
        /^aws_s3_bucket.logs has its requests not logged/,
      ],
    },
    conforming: {
      "a bucket with logs elsewhere": withBucket({
        "aws_s3_bucket_logging.logs": { bucket, target_bucket: "central-logs" },
      }),
    },
  },
  "35.ownership": {
    violating: {
      "no word on it": [withBucket(), /^aws_s3_bucket.logs has objects that their ACLs may open/],
      "objects that are their writer's": [
        withBucket({
          "aws_s3_bucket_ownership_controls.logs": { bucket, rule: { object_ownership: "BucketOwnerPreferred" } },
        }),
        /has objects/,
      ],
    },
    conforming: {
      "objects that are the bucket's owner's": withBucket({
        "aws_s3_bucket_ownership_controls.logs": { bucket, rule: [{ object_ownership: "BucketOwnerEnforced" }] },
      }),
    },
  },
  "35.objects": {
    violating: {
      "an object in a bucket that nobody looks after": [
        resources({ "aws_s3_object.program": { bucket: "elsewhere", key: "program" } }),
        /^aws_s3_object.program does not say how it is encrypted, and its bucket is not the stack's/,
      ],
      "an object that an ACL opens": [
        withBucket({ "aws_s3_object.program": { bucket, key: "program", acl: "public-read" } }),
        /has an ACL, which may open it/,
      ],
      "an object with a secret in it": [
        withBucket({ "aws_s3_object.program": { bucket, key: "program", content: "password=hunter22" } }),
        /holds an assignment to a password, secret or token/,
      ],
    },
    conforming: {
      "an object of the stack's bucket": withBucket({ "aws_s3_object.program": { bucket, key: "p", acl: "private" } }),
      "an object of the stack's bucket, by its name": resources({
        "aws_s3_bucket.logs": { bucket: "my-logs" },
        "aws_s3_object.program": { bucket: "my-logs", key: "program", content: "console.log(1)" },
      }),
      "an object elsewhere that says how it is encrypted": resources({
        "aws_s3_object.program": { bucket: "elsewhere", key: "program", server_side_encryption: "aws:kms" },
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
  "59.backup": {
    violating: {
      "AWS Backup's own key": [
        resources({ "aws_backup_vault.v": { name: "v" } }),
        /^aws_backup_vault.v is encrypted with AWS Backup's own key/,
      ],
    },
    conforming: { "a key": resources({ "aws_backup_vault.v": { kms_key_arn: "${aws_kms_key.k.arn}" } }) },
  },
  "59.secret": {
    violating: {
      "Secrets Manager's own key": [
        resources({ "aws_secretsmanager_secret.s": { name: "s" } }),
        /^aws_secretsmanager_secret.s is encrypted with Secrets Manager's own key/,
      ],
    },
    conforming: { "a key": resources({ "aws_secretsmanager_secret.s": { kms_key_id: "${aws_kms_key.k.arn}" } }) },
  },
  "59.parameter": {
    violating: {
      "a parameter that is called a secret": [
        resources({ "aws_ssm_parameter.p": { name: "/orders/DB_PASSWORD", type: "String", insecure_value: "x" } }),
        /^aws_ssm_parameter.p holds what its name calls a secret/,
      ],
      "a parameter with a secret in it": [
        resources({ "aws_ssm_parameter.p": { name: "URL", type: "String", value: "amqp://me:hunter2@broker" } }),
        /holds a password in a URL/,
      ],
      "several in a list": [
        resources({
          "aws_ssm_parameter.p": { name: "a", type: "StringList", insecure_value: "b,AKIAABCDEFGHIJKLMNOP" },
        }),
        /holds an AWS access key/,
      ],
      "a secret's value": [
        resources({ "aws_ssm_parameter.p": { name: "a", type: "String", value: "${random_password.admin.result}" } }),
        /holds a reference to a secret's value/,
      ],
    },
    conforming: {
      "what is no secret": resources({
        "aws_ssm_parameter.p": { name: "/token-servers/PORT", type: "String", insecure_value: "9000" },
      }),
      "what says where a secret is": resources({
        "aws_ssm_parameter.p": { name: "/orders/TOKEN_ARN", type: "String", insecure_value: "${aws_sqs_queue.q.arn}" },
      }),
      "a parameter that is encrypted": resources({
        "aws_ssm_parameter.p": { name: "/orders/TOKEN", type: "SecureString", value_wo: "x" },
      }),
    },
  },
});
