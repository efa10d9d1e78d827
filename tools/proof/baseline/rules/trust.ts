import type { PolicyStatement } from "../../../../shared/testing/policy-document";
import { allowances, limitingConditionKeys, type Policy, policiesOf } from "../policies";
import type { Finding, Rule } from "../rule";

/** Services that say for whom they assume a role, by aws:SourceAccount and aws:SourceArn, and where they document it. */
const SERVICES_THAT_NAME_THE_SOURCE: Record<string, string> = {
  "autoscaling.amazonaws.com":
    "docs.aws.amazon.com/autoscaling/ec2/userguide/cross-service-confused-deputy-prevention.html",
  "codebuild.amazonaws.com": "docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html",
  "ecs-tasks.amazonaws.com": "docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
  "events.amazonaws.com":
    "docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html",
  "scheduler.amazonaws.com":
    "docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
  "states.amazonaws.com": "docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
  "vpc-flow-logs.amazonaws.com": "docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
};

/** Services of which a condition must not be asked, and why. */
const SERVICES_THAT_DO_NOT: Record<string, string> = {
  "apigateway.amazonaws.com":
    "has been seen assuming a role without aws:SourceAccount: with a condition, every call fails",
  "backup.amazonaws.com":
    "its guide asks for the keys in policies of KMS keys and SNS topics; that they are sent for a role is not documented",
  "codepipeline.amazonaws.com":
    "its guide shows the trust without a condition; that the keys are sent is not documented",
  "ec2.amazonaws.com": "an instance profile is bound to its instance by iam:PassRole, within one account",
  "lambda.amazonaws.com":
    "a role is bound to its function by iam:PassRole, within one account; that the keys are always sent is not documented",
};

export const trustRules: readonly Rule[] = [
  {
    id: "54.trust",
    title: "every role is for one service, or for tokens of one issuer",
    source: "CKV_AWS_60, CKV_AWS_61",
    check: (template) =>
      policiesOf(template)
        .filter(({ kind }) => kind === "trust")
        .flatMap((policy): Finding[] => {
          const trusted = principals(policy);
          if (trusted.length === 1 && /^(Service|Federated) (?!\*$)/.test(trusted[0] as string)) return [];
          return [
            {
              address: policy.address,
              what: `may be assumed by ${trusted.join(" and ") || "nobody"}`,
              mend: "let exactly one service or issuer assume the role, and give another one a role of its own",
            },
          ];
        }),
  },
  {
    id: "54.trust-source",
    title: "a service assumes a role only on behalf of this account or resource",
    source: "practice: the confused deputy, docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    check: (template) =>
      allowances(policiesOf(template).filter(({ kind }) => kind === "trust")).flatMap(({ policy, statement }) =>
        (statement.Principal?.Service ?? []).flatMap((service) => sourceFindings(policy.address, service, statement)),
      ),
  },
  {
    id: "54.trust-tokens",
    title: "whoever assumes a role with a token is named by audience and subject",
    source: "CKV_AWS_358; IAM takes a token of any repository or workspace there is, unless the subject is pinned",
    check: (template) =>
      allowances(policiesOf(template).filter(({ kind }) => kind === "trust"))
        .filter(({ statement }) => statement.Principal?.Federated)
        .flatMap(({ policy: { address }, statement }) => tokenFindings(address, statement)),
  },
];

/** Beginnings of subjects that say whose they are, up to where a pattern may begin. */
const OWNED_SUBJECT = /^(?:repo:[^*?:]+\/[^*?:]+:|organization:[^*?:]+:project:[^*?:]+:workspace:)/;

function tokenFindings(address: string, statement: PolicyStatement): Finding[] {
  const limits = limitingConditionKeys(statement);
  const missing = ["aud", "sub"].filter((claim) => !limits.some((key) => key.endsWith(`:${claim}`)));
  const subjects = Object.values(statement.Condition ?? {})
    .flatMap((keys) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase().endsWith(":sub"))
    .flatMap(([, values]) => values);
  return [
    ...missing.map((claim) => ({
      address,
      what: `takes tokens with any ${claim}`,
      mend: `add a condition that compares the issuer's :${claim}`,
    })),
    ...subjects
      .filter((subject) => /[*?]/.test(subject) && !OWNED_SUBJECT.test(subject))
      .map((subject) => ({
        address,
        what: `takes tokens of ${subject}, whoever that is`,
        mend: "name repository, or organization and project, without wildcards",
      })),
  ];
}

/** Whom a policy allows anything, each once: `Service lambda.amazonaws.com`. */
function principals(policy: Policy): string[] {
  const named = allowances([policy]).flatMap(({ statement }) => [
    ...Object.entries(statement.Principal ?? {}).flatMap(([type, names]) => names.map((name) => `${type} ${name}`)),
    ...(statement.NotPrincipal ? ["everybody but some (NotPrincipal)"] : []),
  ]);
  return [...new Set(named)];
}

function sourceFindings(address: string, service: string, statement: PolicyStatement): Finding[] {
  if (service in SERVICES_THAT_DO_NOT) return [];
  if (!(service in SERVICES_THAT_NAME_THE_SOURCE)) {
    return [
      {
        address,
        what: `trusts ${service}, of which this check does not know whether it names its source`,
        mend: "find out in the service's documentation, and add it to one of the two lists in trust.ts",
      },
    ];
  }
  const limits = limitingConditionKeys(statement);
  if (!limits.includes("aws:sourceaccount") && !limits.includes("aws:sourcearn")) {
    return [
      {
        address,
        what: `lets ${service} assume it on behalf of any account`,
        mend: `add a condition on aws:SourceAccount or aws:SourceArn, see ${SERVICES_THAT_NAME_THE_SOURCE[service]}`,
      },
    ];
  }
  if (service === "scheduler.amazonaws.com" && namesOneSchedule(statement)) {
    return [
      {
        address,
        what: "is limited to one schedule, but EventBridge Scheduler names the schedule's group",
        mend: "put the schedule group's ARN into aws:SourceArn",
      },
    ];
  }
  return [];
}

function namesOneSchedule({ Condition = {} }: PolicyStatement): boolean {
  return Object.values(Condition)
    .flatMap((keys) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase() === "aws:sourcearn")
    .flatMap(([, values]) => values)
    .some((arn) => arn.includes(":schedule/") || arn.includes("aws_scheduler_schedule."));
}
