import type { PolicyStatement } from "../../../shared/testing/policy-document";
import { isAllowed } from "./evaluate";

const environment = { partition: "aws", region: "us-east-1", account: "111122223333" };
const stream = "arn:aws:kinesis:us-east-1:111122223333:stream/clicks";
const request = { action: "kinesis:ListShards", resource: stream, conditions: {} };
const allow = (overrides: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: "Allow",
  Action: ["kinesis:ListShards"],
  Resource: [stream],
  ...overrides,
});
const metric = (namespace?: string) => ({
  action: "cloudwatch:PutMetricData",
  resource: "*",
  conditions: namespace === undefined ? {} : { "cloudwatch:namespace": namespace },
});
const underCondition = (operator: string, values: string[], key = "cloudwatch:namespace") =>
  allow({ Action: ["cloudwatch:PutMetricData"], Resource: ["*"], Condition: { [operator]: { [key]: values } } });

test.each([
  ["the action and the resource", allow(), true],
  ["a wildcard in both", allow({ Action: ["KINESIS:list*"], Resource: ["arn:aws:kinesis:*:*:stream/click?"] }), true],
  ["another action", allow({ Action: ["kinesis:ListStreams"] }), false],
  ["another resource", allow({ Resource: [`${stream}-2`] }), false],
  ["all actions but others", allow({ Action: undefined, NotAction: ["iam:*"] }), true],
  ["all actions but this", allow({ Action: undefined, NotAction: ["kinesis:*"] }), false],
  ["all resources but this", allow({ Resource: undefined, NotResource: [stream] }), false],
])("a statement about %s: allowed is %s", (_, statement, expected) => {
  expect(isAllowed([statement], request, environment)).toBe(expected);
});

test("what nothing allows is denied, and a denial wins over what allows", () => {
  expect(isAllowed([], request, environment)).toBe(false);
  expect(isAllowed([allow({ Effect: "Deny" }), allow()], request, environment)).toBe(false);
  expect(isAllowed([allow({ Effect: "Deny", Resource: ["arn:other"] }), allow()], request, environment)).toBe(true);
});

test("an action that knows no resource is not granted on an ARN", () => {
  const list = { action: "kinesis:ListStreams", resource: "*", conditions: {} };
  expect(isAllowed([allow({ Action: ["kinesis:ListStreams"] })], list, environment)).toBe(false);
  expect(isAllowed([allow({ Action: ["kinesis:ListStreams"], Resource: ["*"] })], list, environment)).toBe(true);
});

test.each([
  ["StringEquals", ["A", "B"], "B", true],
  ["StringEquals", ["A"], "a", false],
  ["StringEquals", ["A*"], "AB", false],
  ["StringEquals", ["A"], undefined, false],
  ["StringEqualsIfExists", ["A"], undefined, true],
  ["StringEqualsIfExists", ["A"], "B", false],
  ["StringEqualsIgnoreCase", ["A"], "a", true],
  ["StringLike", ["A*"], "AB", true],
  ["StringNotEquals", ["A", "B"], "B", false],
  ["StringNotEquals", ["A"], "B", true],
  ["StringNotEquals", ["A"], undefined, true],
  ["StringNotLike", ["A*"], "AB", false],
  ["ForAllValues:StringEquals", ["A"], "A", true],
  ["ForAllValues:StringEquals", ["A"], "B", false],
  ["ForAllValues:StringEquals", ["A"], undefined, true],
  ["ForAnyValue:StringLike", ["A*"], "AB", true],
  ["ForAnyValue:StringLike", ["A*"], undefined, false],
])("%s %j with the value %s is %s", (operator, values, namespace, expected) => {
  expect(isAllowed([underCondition(operator, values)], metric(namespace), environment)).toBe(expected);
});

test.each([
  ["ArnEquals", "arn:aws:ecs:us-east-1:111122223333:cluster/c", true],
  ["ArnEquals", "arn:aws:ecs:*:*:cluster/c*", true],
  ["ArnLike", "arn:aws:ecs:*:*:cluster/?", true],
  ["ArnLike", "arn:aws:ecs:us-east-1:111122223333:cluster/d", false],
  ["ArnLike", "arn:aws:ecs:*:cluster/c", false],
  ["ArnLike", "arn:aws:*:cluster/c", false],
  ["ArnNotLike", "arn:aws:ecs:*:*:cluster/d", true],
])("%s %s with the ARN of a cluster is %s: a wildcard stays in its part", (operator, pattern, expected) => {
  const update = {
    action: "ecs:UpdateService",
    resource: "*",
    conditions: { "ecs:cluster": "arn:aws:ecs:us-east-1:111122223333:cluster/c" },
  };
  const statement = allow({
    Action: [update.action],
    Resource: ["*"],
    Condition: { [operator]: { "ecs:cluster": [pattern] } },
  });
  expect(isAllowed([statement], update, environment)).toBe(expected);
});

test.each([
  ["Bool", "true", "true", true],
  ["Bool", "True", "true", true],
  ["Bool", "true", undefined, false],
  ["Bool", "false", undefined, true],
])(
  "%s %s of aws:ViaAWSService with the value %s is %s: who calls himself does not call by way of a service",
  (operator, pattern, value, expected) => {
    const request = { ...metric(), conditions: value ? { "aws:viaawsservice": value } : {} };
    expect(isAllowed([underCondition(operator, [pattern], "aws:ViaAWSService")], request, environment)).toBe(expected);
  },
);

test("keys of the environment are known, in any case", () => {
  expect(isAllowed([underCondition("StringEquals", ["us-east-1"], "AWS:RequestedRegion")], metric(), environment)).toBe(
    true,
  );
  expect(isAllowed([underCondition("StringEquals", ["eu-west-1"], "aws:RequestedRegion")], metric(), environment)).toBe(
    false,
  );
});

describe("tags of the resource that is acted on", () => {
  const group = "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:0a1b:autoScalingGroupName/tier";
  const resources = [{ arn: group, tags: { Deployment: "orders" } }];
  const execute = { action: "autoscaling:ExecutePolicy", resource: group, conditions: {} };
  const where = (key: string, operator = "StringEquals") =>
    allow({ Action: [execute.action], Resource: ["*"], Condition: { [operator]: { [key]: ["orders"] } } });
  const allowed = (statement: PolicyStatement, call = execute) =>
    isAllowed([statement], call, { ...environment, resources });

  test.each([
    ["aws:ResourceTag/Deployment", "StringEquals", true],
    ["autoscaling:ResourceTag/Deployment", "StringEquals", true],
    ["AWS:resourcetag/deployment", "StringEquals", true],
    ["aws:ResourceTag/Deployment", "StringNotEquals", false],
    ["aws:ResourceTag/Team", "StringEquals", false],
    ["aws:ResourceTag/Team", "StringNotEquals", true],
  ])("are known by %s: %s is %s", (key, operator, expected) => {
    expect(allowed(where(key, operator))).toBe(expected);
  });

  test("are an error by another service's key, and where nobody knows the resource", () => {
    expect(() => allowed(where("ec2:ResourceTag/Deployment"))).toThrow(/key ec2:ResourceTag\/Deployment is not known/);
    expect(() => allowed(where("aws:ResourceTag/Deployment"), { ...execute, resource: `${group}-2` })).toThrow(
      `the tags of ${group}-2 are not among the environment's resources`,
    );
    expect(() => isAllowed([where("aws:ResourceTag/Deployment")], execute, environment)).toThrow(/is not known/);
    const untold = { ...environment, resources: [{ arn: group }] };
    expect(() => isAllowed([where("aws:ResourceTag/Deployment")], execute, untold)).toThrow(/is not known/);
  });
});

test("all conditions must hold", () => {
  const both = allow({
    Action: ["cloudwatch:PutMetricData"],
    Resource: ["*"],
    Condition: { StringEquals: { "cloudwatch:namespace": ["A"], "aws:RequestedRegion": ["eu-west-1"] } },
  });
  expect(isAllowed([both], metric("A"), environment)).toBe(false);
});

test.each([
  ["an operator", underCondition("NumericLessThan", ["5"]), /operator NumericLessThan is not known/],
  ["an operator of no type", underCondition("ArnEqualsIgnoreCase", ["a"]), /ArnEqualsIgnoreCase is not known/],
  ["a key", underCondition("StringEquals", ["x"], "aws:PrincipalTag/team"), /key aws:PrincipalTag\/team is not known/],
  ["a variable", allow({ Action: ["*"], Resource: ["arn:${aws:username}"] }), /holds a variable/],
])("%s that is not known is an error, not true", (_, statement, message) => {
  expect(() => isAllowed([statement], metric("A"), environment)).toThrow(message);
});

test("what a call makes has no tags yet, and what it does not give is not there", () => {
  const vpc = { action: "ec2:CreateVpc", resource: "arn:aws:ec2:us-east-1:111122223333:vpc/*", conditions: {} };
  const when = (operator: string, key: string, value: string) =>
    allow({ Action: ["ec2:CreateVpc"], Resource: ["*"], Condition: { [operator]: { [key]: [value] } } });
  const given = { ...vpc, conditions: { "aws:requesttag/stack": "jobs" } };
  const tag = when("StringEquals", "aws:RequestTag/Stack", "jobs");
  expect(isAllowed([tag], given, environment)).toBe(true);
  expect(isAllowed([tag], vpc, environment)).toBe(false);
  expect(isAllowed([when("StringEquals", "aws:ResourceTag/Stack", "jobs")], given, environment)).toBe(false);
  expect(isAllowed([when("Null", "aws:ResourceTag/Stack", "true")], given, environment)).toBe(true);
  expect(isAllowed([when("Null", "aws:RequestTag/Stack", "true")], given, environment)).toBe(false);
  expect(isAllowed([when("Null", "aws:RequestTag/Stack", "false")], given, environment)).toBe(true);
});
