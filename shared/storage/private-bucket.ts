import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { Key } from "../security/key";
import type { LogBucket } from "./log-bucket";

/** Where the requests to a bucket are logged, or why nowhere, in a sentence that the blueprint's README prints. */
type RequestLogs =
  | { readonly requestLogs: LogBucket; readonly unloggedReason?: undefined }
  | { readonly requestLogs?: undefined; readonly unloggedReason: string };

/** In what buckets differ. */
export type PrivateBucketSettings = RequestLogs & {
  /** Whether a destroy stops before it, or takes what is in it along. */
  readonly holdsData: boolean;
  /** @default - S3's own key */
  readonly key?: Key;
  /** Days after which an object expires. @default - never */
  readonly expirationDays?: number;
  /** What the keys of the objects that expire begin with. @default - all objects do */
  readonly expirationPrefix?: string;
  /** Days that a deleted or overwritten object can be called back. @default 7 */
  readonly oldVersionDays?: number;
  /** Old versions of an object that are kept whatever their age, 1..100. @default - none */
  readonly oldVersionsKept?: number;
};

const OLD_VERSION_DAYS = 7;
const INCOMPLETE_UPLOAD_DAYS = 1;

/** A bucket that only its account uses, over TLS only: encrypted, versioned, without ACLs. */
export abstract class PrivateBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  /** What has to exist before somebody puts an object: the bucket's policy. */
  readonly ready: ITerraformDependable[];
  /** How objects are encrypted and kept, which is decided when they are put. */
  protected readonly settings: ITerraformDependable[];

  protected constructor(scope: Construct, id: string, props: PrivateBucketSettings) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { holdsData, key, expirationDays, expirationPrefix, oldVersionDays = OLD_VERSION_DAYS } = props;
    const expiration = expirationDays ? [{ days: expirationDays }] : undefined;
    const s3Bucket = new S3Bucket(this, "bucket", {
      bucket: stack.bucketNameOf(this),
      forceDestroy: !holdsData,
      // S3 deletes no bucket with objects in it: better to stop a destroy before it begins than halfway.
      lifecycle: { preventDestroy: holdsData },
    });
    const bucket = s3Bucket.bucket;
    this.bucketName = bucket;
    this.arn = s3Bucket.arn;
    new S3BucketOwnershipControls(this, "ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    const publicAccess = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [
        key
          ? {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
              // One key of the bucket's own for some time, and not a call of KMS for every object.
              bucketKeyEnabled: true,
            }
          : { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
      ],
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [
        {
          id: "expire",
          status: "Enabled",
          filter: [{}],
          expiration: expirationPrefix ? undefined : expiration,
          noncurrentVersionExpiration: [
            { noncurrentDays: oldVersionDays, newerNoncurrentVersions: props.oldVersionsKept },
          ],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: INCOMPLETE_UPLOAD_DAYS }],
        },
        ...(expirationPrefix
          ? [{ id: "expire-some", status: "Enabled", filter: [{ prefix: expirationPrefix }], expiration }]
          : []),
      ],
      dependsOn: [versioning],
    });
    const policy = new S3BucketPolicy(this, "policy", {
      bucket,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: "2012-10-17", Statement: [this.#tlsOnly(), ...this.statements()] }),
      }),
      // S3 takes one change of a bucket's access at a time.
      dependsOn: [publicAccess],
    });
    this.ready = [policy];
    this.settings = [encryption, versioning];
    if (props.requestLogs) this.#logRequests(props.requestLogs);
    else {
      stack.exceptFromBaseline({
        rule: "35.logging",
        resource: `aws_s3_bucket.${s3Bucket.friendlyUniqueId}`,
        reason: props.unloggedReason,
      });
    }
  }

  /** What the bucket's policy says beside TLS. */
  protected statements(): object[] {
    return [];
  }

  #logRequests(logs: LogBucket): void {
    const prefix = `requests/${this.node.id}/`;
    logs.grantRequestLogs(this.arn, prefix);
    new S3BucketLoggingA(this, "logging", {
      bucket: this.bucketName,
      targetBucket: logs.bucketName,
      targetPrefix: prefix,
      dependsOn: logs.ready,
    });
  }

  #tlsOnly(): object {
    return {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [this.arn, `${this.arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
  }
}
