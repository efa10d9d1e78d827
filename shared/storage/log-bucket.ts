import type { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { PrivateBucket } from "./private-bucket";

export type LoadBalancerType = "application" | "network";

/**
 * Where load balancers and other buckets leave their access logs, for as long as the stack keeps logs. It is encrypted with
 * S3's own key: an Application Load Balancer can write to no other. A load balancer tries to write when it is told to log, and
 * has to wait until the bucket is `ready`.
 */
export class LogBucket extends PrivateBucket {
  // Asked for here: when the policy is rendered, it is too late for a stack to look up anything new.
  readonly #accountId = BlueprintStack.of(this).accountId;
  readonly #logsArn = BlueprintStack.of(this).arnOf("logs", "*");
  readonly #requestLogs: object[] = [];
  readonly #prefixes: Record<LoadBalancerType, Set<string>> = { application: new Set(), network: new Set() };

  constructor(scope: Construct, id: string) {
    const { retainData, logRetentionDays } = BlueprintStack.of(scope).parameters;
    super(scope, id, {
      holdsData: retainData,
      expirationDays: logRetentionDays,
      unloggedReason:
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

  /**
   * Lets S3 log the requests to a bucket of this account below a prefix, which ends in a slash.
   * docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  grantRequestLogs(bucketArn: string, prefix: string): void {
    this.#requestLogs.push({
      Sid: `RequestLogs${this.#requestLogs.length + 1}`,
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${this.arn}/${prefix}*`,
      Condition: { StringEquals: { "aws:SourceAccount": this.#accountId }, ArnLike: { "aws:SourceArn": bucketArn } },
    });
  }

  protected override statements(): object[] {
    const { application, network } = this.#prefixes;
    return [
      ...this.#requestLogs,
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
