import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";

export type LoadBalancerType = "application" | "network";

/** Days that a deleted or overwritten log can be called back. */
const NONCURRENT_DAYS = 7;
const INCOMPLETE_UPLOAD_DAYS = 1;

/**
 * Where load balancers leave their access logs, for as long as the stack keeps logs. It is encrypted with S3's own key:
 * an Application Load Balancer can write to no other.
 */
export class LogBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  /** What has to exist before a load balancer logs here: it tries to, when it is told. */
  readonly ready: ITerraformDependable[];
  // Asked for here: when the policy is rendered, it is too late for a stack to look up anything new.
  readonly #accountId = BlueprintStack.of(this).accountId;
  readonly #logsArn = BlueprintStack.of(this).arnOf("logs", "*");
  readonly #prefixes: Record<LoadBalancerType, Set<string>> = { application: new Set(), network: new Set() };

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { retainData, logRetentionDays } = stack.parameters;
    const s3Bucket = new S3Bucket(this, "bucket", {
      bucket: stack.bucketNameOf(this),
      forceDestroy: !retainData,
      // S3 deletes no bucket with logs in it: better to stop a destroy before it begins than halfway.
      lifecycle: { preventDestroy: retainData },
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
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
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
          expiration: [{ days: logRetentionDays }],
          noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_DAYS }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: INCOMPLETE_UPLOAD_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
    const policy = new S3BucketPolicy(this, "policy", {
      bucket,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: "2012-10-17", Statement: this.#statements() }),
      }),
      // S3 takes one change of a bucket's access at a time.
      dependsOn: [publicAccess],
    });
    this.ready = [policy];
    stack.exceptFromBaseline({
      rule: "35.logging",
      resource: `aws_s3_bucket.${s3Bucket.friendlyUniqueId}`,
      reason:
        "It holds nothing but access logs; logging the access to them would need one more bucket, and so on without end.",
    });
  }

  /**
   * Lets the load balancers of this account log below a prefix.
   * @throws Error on a prefix that Elastic Load Balancing does not take
   */
  grantLoadBalancerLogs(type: LoadBalancerType, prefix: string): void {
    if (!/^[^/](?:.*[^/])?$/.test(prefix) || prefix.includes("AWSLogs")) {
      throw new Error(`${this.node.path}: the prefix "${prefix}" must have no slash at its ends, and no AWSLogs in it`);
    }
    this.#prefixes[type].add(prefix);
  }

  #statements(): object[] {
    const { application, network } = this.#prefixes;
    return [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [this.arn, `${this.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      ...(application.size > 0 ? [this.#applicationLoadBalancers(application)] : []),
      ...(network.size > 0 ? this.#networkLoadBalancers(network) : []),
    ];
  }

  /**
   * The principal of all Regions, which has replaced an account a Region. That the account is in the path is the limit
   * that the documentation names: it knows no condition, and with one on aws:SourceArn access has been seen denied.
   * docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
   */
  #applicationLoadBalancers(prefixes: Iterable<string>): object {
    return {
      Sid: "ApplicationLoadBalancerLogs",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: this.#objects(prefixes),
    };
  }

  /** docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html */
  #networkLoadBalancers(prefixes: Iterable<string>): object[] {
    const deliverer = { Effect: "Allow", Principal: { Service: "delivery.logs.amazonaws.com" } };
    const account = { "aws:SourceAccount": this.#accountId };
    const ArnLike = { "aws:SourceArn": this.#logsArn };
    return [
      {
        Sid: "NetworkLoadBalancerLogs",
        ...deliverer,
        Action: "s3:PutObject",
        Resource: this.#objects(prefixes),
        Condition: { StringEquals: { ...account, "s3:x-amz-acl": "bucket-owner-full-control" }, ArnLike },
      },
      {
        Sid: "NetworkLoadBalancerAclCheck",
        ...deliverer,
        Action: "s3:GetBucketAcl",
        Resource: this.arn,
        Condition: { StringEquals: account, ArnLike },
      },
    ];
  }

  #objects(prefixes: Iterable<string>): string[] {
    return [...prefixes].map((prefix) => `${this.arn}/${prefix}/AWSLogs/${this.#accountId}/*`);
  }
}
