import { S3Backend, type TerraformStack } from "cdktf";
import * as z from "zod";
import { regionCode } from "../region-code";

/** Terraform and OpenTofu lock by an object from 1.10 on. */
const TERRAFORM_VERSION = ">= 1.10";

/** State in a bucket, for a team: locked while it is used, encrypted with a key. `remote-state` makes both. */
export const s3Settings = z.strictObject({
  type: z.literal("s3"),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name")
    .describe("Bucket that states are kept in: the output `bucket` of remote-state."),
  region: regionCode.describe("Region of the bucket, whatever the stacks' own are."),
  kmsKeyArn: z
    .string()
    // Neither an alias, which S3 compares with no key's ARN in a bucket's policy, nor a key's id, which is the caller's account's.
    .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, "the ARN of a KMS key")
    .describe("Key that states are encrypted with: the output `key_arn` of remote-state."),
  keyPrefix: z
    .string()
    .regex(/^([A-Za-z0-9_.-]+\/)*$/, "empty, or folders that each end in a slash, such as platform/")
    .default("")
    .describe("What the keys of all states begin with, where several projects share a bucket. Default: nothing."),
});

/** All of a stack lies below a folder of its own, so that its name is what permissions are given for. */
export function useS3Backend(stack: TerraformStack, settings: z.output<typeof s3Settings>): void {
  const folder = `${settings.keyPrefix}${stack.node.id}`;
  const backend = new S3Backend(stack, {
    bucket: settings.bucket,
    region: settings.region,
    key: `${folder}/terraform.tfstate`,
    // Terraform lists what is below it at each init. Its default, env:, is one for all stacks.
    workspaceKeyPrefix: `${folder}/workspaces`,
    encrypt: true,
    kmsKeyId: settings.kmsKeyArn,
  });
  backend.addOverride("use_lockfile", true);
  stack.addOverride("terraform.required_version", TERRAFORM_VERSION);
}
