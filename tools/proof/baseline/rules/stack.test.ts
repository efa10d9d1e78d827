import { resources, testRules } from "./examples";
import { stackRules } from "./stack";

const queue = (attributes: object) => resources({ "aws_sqs_queue.q": attributes });
const provider = (attributes: object) => ({ provider: { aws: [attributes] } });
const versions = (version?: string, required_version: string | undefined = ">= 1.10") => ({
  terraform: { required_version, required_providers: { aws: { source: "aws", version } } },
});
const output = (name: string, attributes: object) => ({ output: { [name]: attributes } });

testRules(stackRules, {
  "60.account": {
    violating: {
      "an account in an ARN": [
        queue({ kms_master_key_id: "arn:aws:kms:${local.region}:123456789012:key/1" }),
        /^aws_sqs_queue.q holds the account id 123456789012/,
      ],
      "an account in an output": [output("queue", { value: "123456789012" }), /^output.queue holds/],
      "an account in a data source": [
        { data: { aws_ami: { a: { owners: ["210987654321"] } } } },
        /^data.aws_ami.a holds the account id 210987654321/,
      ],
    },
    conforming: {
      "a reference": queue({ kms_master_key_id: "arn:aws:kms:${local.region}:${local.account}:key/1" }),
      "longer numbers, and digests": queue({ a: "1234567890123", source_code_hash: "+123456789012/" }),
      "the provider's and the state's own": {
        provider: { aws: [{ allowed_account_ids: ["123456789012"] }] },
        terraform: { backend: { s3: { bucket: "state-123456789012" } } },
      },
    },
  },
  "60.region": {
    violating: {
      "a region in an ARN": [
        queue({ policy: "arn:aws:sqs:eu-central-1:${local.account}:q" }),
        /^aws_sqs_queue.q holds the region eu-central-1/,
      ],
      "an availability zone": [queue({ zone: "us-east-1a" }), /holds the region us-east-1/],
      "another region than the provider's in a role's name": [
        { ...provider({ region: "us-east-1" }), ...resources({ "aws_iam_role.r": { name: "resize-eu-west-1" } }) },
        /^aws_iam_role.r holds the region eu-west-1/,
      ],
      "the provider's region in a name that is a region's own": [
        { ...provider({ region: "us-east-1" }), ...queue({ name: "jobs-us-east-1" }) },
        /^aws_sqs_queue.q holds the region us-east-1/,
      ],
      "the provider's region in another attribute of a role": [
        {
          ...provider({ region: "us-east-1" }),
          ...resources({ "aws_iam_role.r": { assume_role_policy: "us-east-1" } }),
        },
        /^aws_iam_role.r holds the region us-east-1/,
      ],
      "a region for governments": [queue({ zone: "us-gov-west-1" }), /holds the region us-gov-west-1/],
    },
    conforming: {
      "a reference": queue({ policy: "arn:aws:sqs:${data.aws_region.r.region}:${local.account}:q" }),
      "the provider's own": provider({ region: "eu-central-1" }),
      "the provider's region in a name that is valid in all regions": {
        ...provider({ region: "us-east-1" }),
        ...resources({
          "aws_iam_role.r": { name: "resize-us-east-1" },
          "aws_iam_instance_profile.p": { name: "resize-us-east-1", role: "resize-us-east-1" },
          "aws_s3_bucket.b": { bucket: "logs-us-east-1" },
        }),
      },
      "text that only looks like one": queue({ name: "focus-east-1", other: "us-east-10" }),
    },
  },
  "60.tags": {
    violating: {
      "no default tags": [provider({ region: "x" }), /^provider.aws has no default tags/],
      "empty default tags": [provider({ default_tags: [{ tags: {} }] }), /has no default tags/],
    },
    conforming: { "default tags": provider({ default_tags: [{ tags: { Stack: "s" } }] }) },
  },
  "60.versions": {
    violating: {
      "no version": [versions(undefined), /^terraform.required_providers.aws has no version/],
      "no upper bound": [versions(">= 5.100"), /has no upper or no lower bound/],
      "no lower bound": [versions("< 7.0"), /has no upper or no lower bound/],
      "no version of Terraform": [{ terraform: {} }, /^terraform has no required_version/],
    },
    conforming: {
      "both bounds": versions(">= 5.100, < 7.0"),
      "one version": versions("6.25.0"),
      "a pessimistic constraint": versions("~> 6.25"),
    },
  },
  "60.backend": {
    violating: { "state in clear": [{ terraform: { backend: { s3: { bucket: "b" } } } }, /is not encrypted/] },
    conforming: {
      "encrypted state": { terraform: { backend: { s3: { bucket: "b", encrypt: true } } } },
      "local state": { terraform: { backend: { local: { path: "p" } } } },
    },
  },
  "60.outputs": {
    violating: {
      "no description": [output("queue", { value: "x" }), /^output.queue has no description/],
      "a secret for all to see": [output("admin_password", { value: "x", description: "y" }), /shows a secret/],
    },
    conforming: {
      "a described output": output("queue", { value: "x", description: "Where jobs go." }),
      "a hidden secret": output("admin_password", { value: "x", description: "y", sensitive: true }),
      "a pointer to a secret": output("adminPasswordSecretArn", { value: "x", description: "y" }),
      "a command that reads a secret": output("password_command", { value: "x", description: "y" }),
    },
  },
});
