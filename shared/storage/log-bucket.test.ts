import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { parsePolicy } from "../testing/policy-document";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { LogBucket } from "./log-bucket";

function deployed(stack = new TestStack()) {
  return { stack, logs: new LogBucket(stack, "logs") };
}

const statements = (stack: TestStack) => parsePolicy(Template.of(stack).only("aws_s3_bucket_policy").attributes.policy);

describe("a log bucket", () => {
  const { stack } = deployed();
  const template = Template.of(stack);

  test("has a name that nobody else in the world has", () => {
    expect(template.only("aws_s3_bucket").attributes.bucket).toMatch(/^test-logs-\$\{.*account_id\}-eu-central-1$/);
  });

  test("is private, owned by its account, encrypted by S3 and versioned", () => {
    expect(template.only("aws_s3_bucket_public_access_block").attributes).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(template.only("aws_s3_bucket_ownership_controls").attributes.rule).toEqual({
      object_ownership: "BucketOwnerEnforced",
    });
    expect(template.only("aws_s3_bucket_server_side_encryption_configuration").attributes.rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
    ]);
    expect(template.only("aws_s3_bucket_versioning").attributes.versioning_configuration).toEqual({
      status: "Enabled",
    });
  });

  test("keeps logs as long as the stack does, old versions for a week, and unfinished uploads for a day", () => {
    const { attributes } = template.only("aws_s3_bucket_lifecycle_configuration");
    expect(attributes.rule).toEqual([
      {
        id: "expire",
        status: "Enabled",
        filter: [{}],
        expiration: [{ days: 30 }],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ]);
    expect(attributes.depends_on).toEqual([template.only("aws_s3_bucket_versioning").address]);
    const week = Template.of(deployed(new TestStack({ logRetentionDays: 7 })).stack);
    expect(week.only("aws_s3_bucket_lifecycle_configuration").attributes.rule[0].expiration).toEqual([{ days: 7 }]);
  });

  test("is protected with its logs, and destroyed with them once data are let go of", () => {
    expect(template.only("aws_s3_bucket").attributes).toMatchObject({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    const own = Template.of(deployed(new TestStack({ retainData: false })).stack);
    expect(own.only("aws_s3_bucket").attributes).toMatchObject({
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("refuses what comes without TLS, and lets nobody in by itself", () => {
    expect(statements(stack)).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: { AWS: ["*"] },
        Action: ["s3:*"],
        Resource: [expect.stringMatching(/\.arn\}$/), expect.stringMatching(/\.arn\}\/\*$/)],
        Condition: { Bool: { "aws:SecureTransport": ["false"] } },
      },
    ]);
  });

  test("takes its policy when public access is blocked", () => {
    expect(template.only("aws_s3_bucket_policy").attributes.depends_on).toEqual([
      template.only("aws_s3_bucket_public_access_block").address,
    ]);
  });

  test("lets Application Load Balancers write below the account's path of each prefix", () => {
    const { stack: own, logs } = deployed();
    logs.grantLoadBalancerLogs("application", "web");
    logs.grantLoadBalancerLogs("application", "api");
    logs.grantLoadBalancerLogs("application", "web");
    expect(statements(own).slice(1)).toEqual([
      {
        Sid: "ApplicationLoadBalancerLogs",
        Effect: "Allow",
        Principal: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com"] },
        Action: ["s3:PutObject"],
        Resource: [
          expect.stringMatching(/\.arn\}\/web\/AWSLogs\/\$\{.*account_id\}\/\*$/),
          expect.stringMatching(/\.arn\}\/api\/AWSLogs\/\$\{.*account_id\}\/\*$/),
        ],
      },
    ]);
  });

  test("lets Network Load Balancers of the account write, and read the bucket's ACL", () => {
    const { stack: own, logs } = deployed();
    logs.grantLoadBalancerLogs("network", "nlb");
    const source = {
      ArnLike: { "aws:SourceArn": [expect.stringMatching(/^arn:.*:logs:.*:.*:\*$/)] },
      StringEquals: { "aws:SourceAccount": [expect.stringContaining("account_id")] },
    };
    expect(statements(own).slice(1)).toEqual([
      {
        Sid: "NetworkLoadBalancerLogs",
        Effect: "Allow",
        Principal: { Service: ["delivery.logs.amazonaws.com"] },
        Action: ["s3:PutObject"],
        Resource: [expect.stringMatching(/\.arn\}\/nlb\/AWSLogs\/\$\{.*account_id\}\/\*$/)],
        Condition: {
          ...source,
          StringEquals: { ...source.StringEquals, "s3:x-amz-acl": ["bucket-owner-full-control"] },
        },
      },
      {
        Sid: "NetworkLoadBalancerAclCheck",
        Effect: "Allow",
        Principal: { Service: ["delivery.logs.amazonaws.com"] },
        Action: ["s3:GetBucketAcl"],
        Resource: [expect.stringMatching(/\.arn\}$/)],
        Condition: source,
      },
    ]);
  });

  test("is ready when its policy is in force", () => {
    const { logs, stack: own } = deployed();
    // Resolved where it is used: as the `depends_on` of something that logs.
    new CloudwatchLogGroup(own, "logging", { dependsOn: logs.ready });
    const template = Template.of(own);
    expect(template.only("aws_cloudwatch_log_group").attributes.depends_on).toEqual([
      template.only("aws_s3_bucket_policy").address,
    ]);
  });

  test.each(["", "/web", "web/", "/", "AWSLogs", "web/AWSLogs/x"])(
    "refuses the prefix %p, which a load balancer would",
    (prefix) => {
      expect(() => deployed().logs.grantLoadBalancerLogs("application", prefix)).toThrow(
        `test/logs: the prefix "${prefix}" must have no slash at its ends, and no AWSLogs in it`,
      );
    },
  );

  test("says why access to it is not logged", () => {
    expect(stack.baselineExceptions).toEqual([
      {
        rule: "35.logging",
        resource: template.only("aws_s3_bucket").address,
        reason: expect.stringMatching(/access logs/),
      },
    ]);
  });

  test("lets S3 log the requests to each bucket that has it do so, below that one's prefix only", () => {
    const { stack, logs } = deployed();
    logs.grantRequestLogs("arn:aws:s3:::one", "requests/one/");
    logs.grantRequestLogs("arn:aws:s3:::two", "requests/two/");
    const granted = statements(stack).filter(({ Sid }) => Sid?.startsWith("RequestLogs"));
    expect(granted).toMatchObject(
      ["one", "two"].map((name) => ({
        Effect: "Allow",
        Principal: { Service: ["logging.s3.amazonaws.com"] },
        Action: ["s3:PutObject"],
        Resource: [expect.stringMatching(new RegExp(`/requests/${name}/\\*$`))],
        Condition: {
          StringEquals: { "aws:SourceAccount": ["${data.aws_caller_identity.caller.account_id}"] },
          ArnLike: { "aws:SourceArn": [`arn:aws:s3:::${name}`] },
        },
      })),
    );
    expect(new Set(granted.map(({ Sid }) => Sid)).size).toBe(2);
  });
});
