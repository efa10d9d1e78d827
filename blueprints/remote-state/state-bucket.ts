import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { Key } from "../../shared/security/key";
import type { Grantee } from "../../shared/security/service-role";
import type { LogBucket } from "../../shared/storage/log-bucket";
import { PrivateBucket } from "../../shared/storage/private-bucket";

export interface StateBucketProps {
  readonly key: Key;
  readonly requestLogs: LogBucket;
  /** Days after which old versions are deleted, unless they are among those that are kept. */
  readonly oldVersionDays: number;
  /** Old versions that are kept whatever their age, 1..100. */
  readonly oldVersionsKept: number;
}

/**
 * A bucket for Terraform's states, which its own key encrypts and no other. What is granted is what the S3 backend calls:
 * developer.hashicorp.com/terraform/language/backend/s3, permissions required.
 */
export class StateBucket extends PrivateBucket {
  readonly #key: Key;

  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id, { ...props, holdsData: BlueprintStack.of(scope).parameters.retainData });
    this.#key = props.key;
  }

  /**
   * Lets somebody read states, which is what a plan without a lock does (`terraform plan -lock=false`).
   * @param states a stack's name, or the beginning of some and an asterisk, after the folders of a `keyPrefix`
   */
  grantRead(grantee: Grantee, states: string): void {
    grantee.grant({
      actions: ["s3:ListBucket"],
      resources: [this.arn],
      // Whoever may not list is told "forbidden" of a state that is not there yet. Whether S3 asks that with a prefix is not
      // documented, so a listing without one, of the names of all stacks, is allowed as well.
      conditions: { StringLikeIfExists: { "s3:prefix": objectsOf(states) } },
    });
    grantee.grant({ actions: ["s3:GetObject"], resources: [`${this.arn}/${objectsOf(states)}`] });
    this.#grantKey(grantee, "kms:Decrypt");
  }

  /** Lets somebody who reads states also write and lock them. */
  grantWrite(grantee: Grantee, states: string): void {
    const state = `${this.arn}/${objectsOf(states)}.tfstate`;
    grantee.grant({ actions: ["s3:PutObject"], resources: [state, `${state}.tflock`] });
    // Terraform deletes no state but that of a workspace, which nobody does in passing.
    grantee.grant({ actions: ["s3:DeleteObject"], resources: [`${state}.tflock`] });
    this.#grantKey(grantee, "kms:GenerateDataKey");
  }

  #grantKey(grantee: Grantee, action: string): void {
    this.#key.grantThrough(grantee, {
      actions: [action],
      through: ["s3"],
      // The context that S3 gives where a bucket has a key of its own: docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
      context: { "aws:s3:arn": this.arn },
      uncalled: "S3 calls KMS with the permissions of whoever reads or writes an object.",
    });
  }

  /** Terraform without `kms_key_id` asks for S3's own key, which would win over the bucket's. */
  protected override statements(): object[] {
    const encryption = "s3:x-amz-server-side-encryption";
    return [
      this.#denyOtherThan("NoOtherEncryption", encryption, "aws:kms"),
      this.#denyOtherThan("NoOtherKey", `${encryption}-aws-kms-key-id`, this.#key.arn),
    ];
  }

  /** Denies what asks for another value; what asks for none gets the bucket's. */
  #denyOtherThan(Sid: string, header: string, value: string): object {
    return {
      Sid,
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${this.arn}/*`,
      Condition: { Null: { [header]: "false" }, StringNotEquals: { [header]: value } },
    };
  }
}

/** All that lies in the folders of these stacks. */
function objectsOf(states: string): string {
  return states.endsWith("*") ? states : `${states}/*`;
}
