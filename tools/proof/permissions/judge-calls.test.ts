import type { PolicyStatement } from "../../../shared/testing/policy-document";
import { judgeCalls } from "./judge-calls";

const account = "111122223333";
const ec2 = (resource: string) => `arn:aws:ec2:us-east-1:${account}:${resource}`;
const environment = {
  partition: "aws",
  region: "us-east-1",
  account,
  resources: [
    { arn: ec2("vpc/vpc-01"), tags: { Stack: "jobs" } },
    { arn: ec2("security-group/sg-01"), tags: { Stack: "jobs" } },
    { arn: ec2("vpc/vpc-02"), tags: { Stack: "others" } },
  ],
};
const allow = (Action: string[], Resource: string[], Condition?: PolicyStatement["Condition"]): PolicyStatement => ({
  Effect: "Allow",
  Action,
  Resource,
  Condition,
});
const owned = { StringEquals: { "aws:ResourceTag/Stack": ["jobs"] } };
const tagged = { StringEquals: { "aws:RequestTag/Stack": ["jobs"] } };
const tag = (type: string) => ({
  "TagSpecification.1.ResourceType": type,
  "TagSpecification.1.Tag.1.Key": "Stack",
  "TagSpecification.1.Tag.1.Value": "jobs",
});
const call = (action: string, parameters: Record<string, unknown>) => ({ service: "ec2", action, parameters });
const createSubnet = (vpc: string) => call("CreateSubnet", { VpcId: vpc, CidrBlock: "10.0.0.0/24", ...tag("subnet") });
const subnets = [
  allow(["ec2:CreateSubnet"], [ec2("subnet/*")], tagged),
  allow(["ec2:CreateSubnet"], [ec2("vpc/*")], owned),
  allow(["ec2:CreateTags"], [ec2("subnet/*")], { StringEquals: { "ec2:CreateAction": ["CreateSubnet"] } }),
];

test("a call is allowed when each resource that it names or makes is, and its tags", async () => {
  expect(await judgeCalls([createSubnet("vpc-01")], subnets, environment)).toEqual({
    problems: [],
    used: ["ec2:CreateSubnet", "ec2:CreateTags"],
  });
});

test("the tags of a call do not open what belongs to others", async () => {
  const { problems } = await judgeCalls([createSubnet("vpc-02")], subnets, environment);
  expect(problems).toEqual([`not allowed: ec2:CreateSubnet on ${ec2("vpc/vpc-02")} with aws:requesttag/stack jobs`]);
});

test("what is made without its tag is refused", async () => {
  const untagged = call("CreateSubnet", { VpcId: "vpc-01", CidrBlock: "10.0.0.0/24" });
  const { problems } = await judgeCalls([untagged], subnets, environment);
  expect(problems).toEqual([`not allowed: ec2:CreateSubnet on ${ec2("subnet/*")}`]);
});

test("a resource whose tags nobody knows is a problem, not an allowance", async () => {
  const { problems } = await judgeCalls([createSubnet("vpc-03")], subnets, environment);
  expect(problems).toEqual([expect.stringMatching(/^not understood: ec2 CreateSubnet: .*vpc-03 are not among/)]);
});

test("what is given its tag only later has none before", async () => {
  const revoke = call("RevokeSecurityGroupEgress", { GroupId: "sg-01" });
  const give = call("CreateTags", { "ResourceId.1": "sg-01", "Tag.1.Key": "Stack", "Tag.1.Value": "jobs" });
  const statements = [
    allow(["ec2:RevokeSecurityGroupEgress"], [ec2("security-group/*")], owned),
    allow(["ec2:CreateTags"], [ec2("security-group/*")], { ...tagged, Null: { "aws:ResourceTag/Stack": ["true"] } }),
  ];
  expect((await judgeCalls([give, revoke], statements, environment)).problems).toEqual([]);
  expect((await judgeCalls([revoke, give], statements, environment)).problems).toEqual([
    `not allowed: ec2:RevokeSecurityGroupEgress on ${ec2("security-group/sg-01")}`,
  ]);
});

test("a role that is handed over has to be one that may be", async () => {
  const create = {
    service: "lambda",
    action: "CreateFunction",
    parameters: { FunctionName: "f", Role: `arn:aws:iam::${account}:role/f` },
  };
  const functions = allow(["lambda:CreateFunction"], ["*"]);
  const { problems } = await judgeCalls([create], [functions], environment);
  expect(problems).toEqual([
    `not allowed: iam:PassRole on arn:aws:iam::${account}:role/f with iam:passedtoservice lambda.amazonaws.com`,
  ]);
  const hand = allow(["iam:PassRole"], [`arn:aws:iam::${account}:role/*`], {
    StringEquals: { "iam:PassedToService": ["lambda.amazonaws.com"] },
  });
  expect((await judgeCalls([create], [functions, hand], environment)).problems).toEqual([]);
});

test("anybody may ask who he is", async () => {
  expect(await judgeCalls([{ service: "sts", action: "GetCallerIdentity" }], [], environment)).toEqual({
    problems: [],
    used: [],
  });
});
