import { type Examples, policy, resources, testRules } from "./examples";
import { identityRules } from "./identity";

const stream = "${aws_kinesis_stream.clicks.arn}";
const allow = (statement: object) =>
  resources({ "aws_iam_role_policy.p": { policy: policy({ Effect: "Allow", Resource: stream, ...statement }) } });
const trust = (...statements: object[]) =>
  resources({
    "aws_iam_role.r": {
      assume_role_policy: policy(...statements.map((it) => ({ Effect: "Allow", Action: "sts:AssumeRole", ...it }))),
    },
  });
const service = (name: string | string[], Condition?: object) => ({ Principal: { Service: name }, Condition });
const issuer = "token.example.com";
const tokens = (StringEquals: object, StringLike?: object) => ({
  Principal: { Federated: `arn:aws:iam::\${local.a}:oidc-provider/${issuer}` },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals, StringLike },
});
const attached = (arn: string) =>
  resources({
    "aws_iam_role.r": { name: "r", assume_role_policy: policy() },
    "aws_iam_role_policy_attachment.a": { role: "${aws_iam_role.r.name}", policy_arn: arn },
  });
const thisAccount = { StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.c.account_id}" } };

const passedToTasks = { Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } };

const examples: Record<string, Examples> = {
  "54.readable": {
    violating: {
      "an expression": [
        resources({ "aws_iam_role_policy.p": { policy: '${file("policy.json")}' } }),
        /^aws_iam_role_policy.p its policy cannot be read: .*neither JSON text/,
      ],
      "a role without a trust policy": [resources({ "aws_iam_role.r": {} }), /cannot be read/],
      "a document that is not there, on a type that is not listed": [
        resources({ "aws_new_thing.n": { access: "${data.aws_iam_policy_document.gone.json}" } }),
        /^aws_new_thing.n its policy cannot be read: .*gone is not in this configuration/,
      ],
    },
    conforming: {
      "JSON text": allow({ Action: "kinesis:ListShards" }),
      "a JSON text that is no policy": resources({ "aws_ecr_lifecycle_policy.l": { policy: '{"rules":[]}' } }),
    },
  },
  "54.actions-exist": {
    violating: {
      "a misspelled action": [allow({ Action: "kinesis:ListShard" }), /the action kinesis:ListShard, which does not/],
      "a service that is not": [allow({ Action: "monitoring:GetMetricData" }), /monitoring:GetMetricData/],
      "a wildcard that covers nothing": [allow({ Action: "kinesis:Resize*" }), /kinesis:Resize\*/],
      "an action that is denied": [allow({ Effect: "Deny", Action: "s3:DeleteBuckets" }), /s3:DeleteBuckets/],
    },
    conforming: {
      "actions in any case, and a wildcard": allow({ Action: ["kinesis:listshards", "kinesis:Describe*"] }),
    },
  },
  "54.wildcard-actions": {
    violating: {
      "all actions": [allow({ Action: "*" }), /^aws_iam_role_policy.p statement 1 allows \*/],
      "all of a service": [allow({ Sid: "Own", Action: "kinesis:*" }), /statement Own allows kinesis:\*/],
      "all but some": [allow({ NotAction: "iam:*" }), /NotAction/],
      "all of KMS for the account and a role": [
        resources({
          "aws_kms_key.k": {
            policy: policy({
              Effect: "Allow",
              Action: "kms:*",
              Resource: "*",
              Principal: { AWS: ["arn:aws:iam::${local.a}:root", "${aws_iam_role.r.arn}"] },
            }),
          },
        }),
        /^aws_kms_key.k statement 1 allows kms:\*/,
      ],
      "all of KMS for a role": [
        resources({
          "aws_kms_key.k": {
            policy: policy({
              Effect: "Allow",
              Action: "kms:*",
              Resource: "*",
              Principal: { AWS: "${aws_iam_role.r.arn}" },
            }),
          },
        }),
        /^aws_kms_key.k statement 1 allows kms:\*/,
      ],
    },
    conforming: {
      "a wildcard within a service": allow({ Action: "kinesis:Describe*" }),
      "all that is denied": allow({ Effect: "Deny", Action: "*" }),
      "the account's root in a key's policy": resources({
        "aws_kms_key.k": {
          policy: policy({
            Effect: "Allow",
            Action: "kms:*",
            Resource: "*",
            Principal: { AWS: "arn:aws:iam::${local.a}:root" },
          }),
        },
      }),
    },
  },
  "54.resources": {
    violating: {
      "all streams": [
        allow({ Action: "kinesis:PutRecord", Resource: "*" }),
        /^aws_iam_role_policy.p statement 1 allows kinesis:PutRecord on all resources/,
      ],
      "an ARN for everything": [
        allow({ Action: "s3:GetObject", Resource: "arn:aws:s3:::*" }),
        /allows s3:GetObject on all/,
      ],
      "an ARN for everything, with references": [
        allow({ Action: "sqs:SendMessage", Resource: "arn:${local.p}:sqs:${local.r}:${local.a}:*" }),
        /allows sqs:SendMessage/,
      ],
      "all but some": [
        allow({ Action: "sns:Publish", Resource: undefined, NotResource: "arn:aws:sns:::x" }),
        /allows sns:Publish on all/,
      ],
      "a condition on a key that says nothing of the resource": [
        allow({
          Action: "kinesis:PutRecord",
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalAccount": "${local.account}" } },
        }),
        /allows kinesis:PutRecord/,
      ],
      "a condition that holds where its key is absent": [
        allow({
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          Condition: { StringEqualsIfExists: { "cloudwatch:namespace": "Streams" } },
        }),
        /allows cloudwatch:PutMetricData/,
      ],
      "a condition on any value": [
        allow({
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          Condition: { StringLike: { "cloudwatch:namespace": "*" } },
        }),
        /allows cloudwatch:PutMetricData/,
      ],
    },
    conforming: {
      "one stream": allow({ Action: "kinesis:PutRecord" }),
      "actions that have no resource": allow({
        Action: ["kinesis:ListStreams", "cloudwatch:GetMetricData"],
        Resource: "*",
      }),
      "a condition that narrows": allow({
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": "Streams" } },
      }),
      "a condition on the resource's tag": allow({
        Action: "ec2:TerminateInstances",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/Stack": "jenkins" } },
      }),
      "a policy of the resource itself": resources({
        "aws_sqs_queue_policy.q": {
          policy: policy({
            Effect: "Allow",
            Action: "sqs:SendMessage",
            Resource: "*",
            Principal: { Service: "events.amazonaws.com" },
          }),
        },
      }),
    },
  },
  "54.pass-role": {
    violating: {
      "any role": [
        allow({ Action: "iam:PassRole", Resource: "*", ...passedToTasks }),
        /^aws_iam_role_policy.p statement 1 hands over any role/,
      ],
      "any role, by an ARN": [
        allow({ Action: "iam:PassRole", Resource: "arn:aws:iam::${local.a}:role/*", ...passedToTasks }),
        /hands over any role/,
      ],
      "any service": [
        allow({ Sid: "Pass", Action: "iam:Pass*", Resource: "${aws_iam_role.t.arn}" }),
        /statement Pass hands roles over to any service/,
      ],
    },
    conforming: {
      "one role for one service": allow({
        Action: "iam:PassRole",
        Resource: "${aws_iam_role.t.arn}",
        ...passedToTasks,
      }),
      "roles that are denied": allow({ Effect: "Deny", Action: "iam:PassRole", Resource: "*" }),
    },
  },
  "54.attached": {
    violating: {
      administrator: [attached("arn:aws:iam::aws:policy/AdministratorAccess"), /AdministratorAccess attached/],
      "full access to a service": [attached("arn:aws:iam::aws:policy/AmazonSQSFullAccess"), /AmazonSQSFullAccess/],
    },
    conforming: {
      "a policy for one task": attached("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"),
      "a policy of the stack": attached("${aws_iam_policy.p.arn}"),
    },
  },
  "54.trust": {
    violating: {
      "two services": [
        trust(service(["lambda.amazonaws.com", "edgelambda.amazonaws.com"])),
        /^aws_iam_role.r may be assumed by Service lambda.amazonaws.com and Service edgelambda/,
      ],
      "two statements with a service each": [
        trust(service("lambda.amazonaws.com"), service("ec2.amazonaws.com")),
        /Service lambda.amazonaws.com and Service ec2.amazonaws.com/,
      ],
      "a whole account": [
        trust({ Principal: { AWS: "arn:aws:iam::${local.other}:root" } }),
        /may be assumed by AWS arn/,
      ],
      everybody: [trust({ Principal: "*" }), /may be assumed by AWS \*/],
      "any issuer": [trust({ Principal: { Federated: "*" } }), /may be assumed by Federated \*/],
      "everybody but some": [trust({ NotPrincipal: { AWS: "x" } }), /everybody but some/],
    },
    conforming: {
      "one service": trust(service("lambda.amazonaws.com")),
      "one issuer of tokens": trust(tokens({ [`${issuer}:aud`]: "aws", [`${issuer}:sub`]: "repo:a/b:pull_request" })),
    },
  },
  "54.trust-tokens": {
    violating: {
      "any subject": [trust(tokens({ [`${issuer}:aud`]: "aws" })), /^aws_iam_role.r takes tokens with any sub/],
      "any audience": [
        trust(tokens({ [`${issuer}:sub`]: "repo:a/b:pull_request" })),
        /^aws_iam_role.r takes tokens with any aud/,
      ],
      ...Object.fromEntries(
        ["repo:a/*", "repo:*/b:pull_request", "organization:o:project:*:workspace:w:run_phase:plan", "x:*"].map(
          (sub) => [
            `the subject ${sub}`,
            [
              trust(tokens({ [`${issuer}:aud`]: "aws" }, { [`${issuer}:sub`]: sub })),
              /^aws_iam_role.r takes tokens of .*, whoever that is/,
            ] as const,
          ],
        ),
      ),
    },
    conforming: {
      "a subject": trust(tokens({ [`${issuer}:aud`]: "aws", [`${issuer}:sub`]: "repo:a/b:pull_request" })),
      "workspaces of one project that begin alike": trust(
        tokens(
          { [`${issuer}:aud`]: "aws" },
          { [`${issuer}:sub`]: "organization:o:project:p:workspace:w*:run_phase:plan" },
        ),
      ),
      "a service, which has no token": trust(service("lambda.amazonaws.com")),
    },
  },
  "54.trust-source": {
    violating: {
      "a schedule of any account": [
        trust(service("scheduler.amazonaws.com")),
        /lets scheduler.amazonaws.com assume it on behalf of any account/,
      ],
      "a condition that holds where its key is absent": [
        trust(service("scheduler.amazonaws.com", { StringEqualsIfExists: { "aws:SourceAccount": "${local.a}" } })),
        /on behalf of any account/,
      ],
      "one schedule, which EventBridge Scheduler does not name": [
        trust(
          service("scheduler.amazonaws.com", { ArnEquals: { "aws:SourceArn": "${aws_scheduler_schedule.s.arn}" } }),
        ),
        /is limited to one schedule/,
      ],
      ...Object.fromEntries(
        ["autoscaling", "codebuild", "ecs-tasks", "events", "states", "vpc-flow-logs"].map((name) => [
          `${name} for any account`,
          [trust(service(`${name}.amazonaws.com`)), new RegExp(`lets ${name}.amazonaws.com assume it`)] as const,
        ]),
      ),
      "a service that nobody has looked up": [
        trust(service("new.amazonaws.com", thisAccount)),
        /trusts new.amazonaws.com, of which this check does not know/,
      ],
    },
    conforming: {
      "a schedule of this account": trust(service("scheduler.amazonaws.com", thisAccount)),
      "a schedule of one group": trust(
        service("scheduler.amazonaws.com", { ArnLike: { "AWS:SourceArn": "${aws_scheduler_schedule_group.g.arn}" } }),
      ),
      "a function's role, which needs none": trust(service("lambda.amazonaws.com")),
      "a build of this account": trust(service("codebuild.amazonaws.com", thisAccount)),
      ...Object.fromEntries(
        ["backup", "codepipeline", "ec2"].map((name) => [
          `${name}, of which it cannot be asked`,
          trust(service(`${name}.amazonaws.com`)),
        ]),
      ),
    },
  },
};

testRules(identityRules, examples);
