import type { Template } from "../../../shared/testing/template";
import { isTrue } from "../../proof/baseline/rules/findings";
import type { Fact } from "../fact";
import { ownerOf } from "./owner";

/** What each setting of a public access block does. */
const BLOCKS: Record<string, string> = {
  block_public_acls: "refuses public ACLs",
  block_public_policy: "refuses a public bucket policy",
  ignore_public_acls: "ignores public ACLs",
  restrict_public_buckets: "restricts a public policy to the account",
};

/** Public access blocks of buckets and of the account, and ACLs that are open to all. */
export function bucketFacts(template: Template): Fact[] {
  const blocked = [
    ...template
      .resources("aws_s3_bucket_public_access_block")
      .map(({ attributes }) => ({ attributes, address: ownerOf(template, attributes.bucket, "aws_s3_bucket") })),
    ...template.resources("aws_s3_account_public_access_block"),
  ].flatMap(({ address, attributes }) =>
    Object.entries(BLOCKS)
      .filter(([setting]) => isTrue(attributes[setting]))
      .map(([, what]): Fact => ({ effect: "closes", address, what, attention: ["public access block weakened"] })),
  );
  const acls = [...template.resources("aws_s3_bucket_acl"), ...template.resources("aws_s3_bucket")]
    .filter(({ attributes }) => /^(?:public-|authenticated-)/.test(String(attributes.acl)))
    .map(
      ({ address, attributes }): Fact => ({
        effect: "opens",
        address,
        what: `has the ACL ${attributes.acl}`,
        attention: ["everybody"],
      }),
    );
  return [...blocked, ...acls];
}
