import { iamRequests } from "./requests";

const account = "111122223333";
const here = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${account}:${resource}`;
const global = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const tags = { Tags: { Stack: "jobs" } };
const environment = {
  partition: "aws",
  region: "us-east-1",
  account,
  resources: [
    { arn: "arn:aws:apigateway:us-east-1::/restapis/abc", tags: { Stack: "jobs" } },
    { arn: here("elasticfilesystem", "file-system/fs-1"), name: "fsmt-1" },
    { arn: here("kms", "key/1"), name: "alias/jobs" },
    { arn: here("application-autoscaling", "scalable-target/1"), name: `custom-resource ${apiId()} d` },
    { arn: here("ec2", "route-table/rtb-1"), name: "rtbassoc-1" },
  ],
};

function apiId(): string {
  return "https://abc.execute-api.us-east-1.amazonaws.com/prod/scalableTargetDimensions/orders";
}

const asked = async (service: string, action: string, parameters: object) =>
  (await iamRequests({ service, action, parameters: { ...parameters } }, environment)).map(
    (request) => `${request.action} ${request.resource}`,
  );

describe("what IAM is asked when Terraform", () => {
  test.each<[string, string, object, string[]]>([
    ["apigateway", "POST /restapis", tags, ["apigateway:POST arn:aws:apigateway:us-east-1::/restapis"]],
    ["apigateway", "PATCH /restapis/abc", {}, ["apigateway:PATCH arn:aws:apigateway:us-east-1::/restapis/abc"]],
    ["backup", "CreateBackupPlan", {}, [`backup:CreateBackupPlan ${here("backup", "backup-plan:*")}`]],
    [
      "backup",
      "CreateBackupSelection",
      { BackupPlanId: "p", BackupSelection: { IamRoleArn: "arn:r" } },
      [`backup:CreateBackupSelection ${here("backup", "backup-plan:p")}`, "iam:PassRole arn:r"],
    ],
    [
      "codebuild",
      "CreateProject",
      { name: "p", serviceRole: "arn:r" },
      [`codebuild:CreateProject ${here("codebuild", "project/p")}`, "iam:PassRole arn:r"],
    ],
    [
      "codepipeline",
      "CreatePipeline",
      { pipeline: { name: "p", roleArn: "arn:r" } },
      [`codepipeline:CreatePipeline ${here("codepipeline", "p")}`, "iam:PassRole arn:r"],
    ],
    [
      "events",
      "PutTargets",
      { Rule: "r", Targets: [{ RoleArn: "arn:r" }, {}] },
      [`events:PutTargets ${here("events", "rule/r")}`, "iam:PassRole arn:r"],
    ],
    [
      "scheduler",
      "CreateSchedule",
      { Name: "s", Target: { RoleArn: "arn:r" } },
      [`scheduler:CreateSchedule ${here("scheduler", "schedule/default/s")}`, "iam:PassRole arn:r"],
    ],
    [
      "ec2",
      "CreateFlowLogs",
      { "ResourceId.1": "vpc-1", DeliverLogsPermissionArn: "arn:r" },
      [
        `ec2:CreateFlowLogs ${here("ec2", "vpc/vpc-1")}`,
        `ec2:CreateFlowLogs ${here("ec2", "vpc-flow-log/*")}`,
        "iam:PassRole arn:r",
      ],
    ],
    [
      "ec2",
      "DisassociateRouteTable",
      { AssociationId: "rtbassoc-1" },
      [`ec2:DisassociateRouteTable ${here("ec2", "route-table/rtb-1")}`],
    ],
    ["ec2", "DescribeVpcs", { "VpcId.1": "vpc-1" }, ["ec2:DescribeVpcs *"]],
    [
      "elasticfilesystem",
      "DeleteMountTarget",
      { MountTargetId: "fsmt-1" },
      [`elasticfilesystem:DeleteMountTarget ${here("elasticfilesystem", "file-system/fs-1")}`],
    ],
    [
      "elasticfilesystem",
      "CreateFileSystem",
      tags,
      [
        "elasticfilesystem:CreateFileSystem *",
        `elasticfilesystem:TagResource ${here("elasticfilesystem", "file-system/*")}`,
      ],
    ],
    [
      "elasticloadbalancing",
      "CreateLoadBalancer",
      { Name: "b", Type: "network" },
      [`elasticloadbalancing:CreateLoadBalancer ${here("elasticloadbalancing", "loadbalancer/net/b/*")}`],
    ],
    [
      "elasticloadbalancing",
      "DescribeTags",
      { "ResourceArns.member.1": "arn:b" },
      ["elasticloadbalancing:DescribeTags *"],
    ],
    [
      "iam",
      "CreateRole",
      { RoleName: "r", "Tags.member.1.Key": "Stack", "Tags.member.1.Value": "jobs" },
      [`iam:CreateRole ${global("role/r")}`, `iam:TagRole ${global("role/r")}`],
    ],
    [
      "iam",
      "AddRoleToInstanceProfile",
      { RoleName: "r", InstanceProfileName: "p" },
      [`iam:AddRoleToInstanceProfile ${global("instance-profile/p")}`, `iam:PassRole ${global("role/r")}`],
    ],
    ["kms", "CreateKey", tags, ["kms:CreateKey *", `kms:TagResource ${here("kms", "key/*")}`]],
    [
      "kms",
      "DeleteAlias",
      { AliasName: "alias/jobs" },
      [`kms:DeleteAlias ${here("kms", "alias/jobs")}`, `kms:DeleteAlias ${here("kms", "key/1")}`],
    ],
    ["route53", "GetChange", { Id: "C" }, ["route53:GetChange arn:aws:route53:::change/C"]],
    [
      "route53",
      "ListTagsForResource",
      { ResourceId: "Z" },
      ["route53:ListTagsForResource arn:aws:route53:::hostedzone/Z"],
    ],
    [
      "secretsmanager",
      "CreateSecret",
      { Name: "s" },
      [`secretsmanager:CreateSecret ${here("secretsmanager", "secret:s-??????")}`],
    ],
    ["ssm", "GetParameter", { Name: "/jobs/a" }, [`ssm:GetParameter ${here("ssm", "parameter/jobs/a")}`]],
    [
      "ssm",
      "GetParameter",
      { Name: "/aws/service/ami" },
      ["ssm:GetParameter arn:aws:ssm:us-east-1::parameter/aws/service/ami"],
    ],
    [
      "sqs",
      "CreateQueue",
      { QueueName: "q", tags: { Stack: "jobs" } },
      [`sqs:CreateQueue ${here("sqs", "q")}`, `sqs:TagQueue ${here("sqs", "q")}`],
    ],
    [
      "monitoring",
      "DeleteDashboards",
      { "DashboardNames.member.1": "d" },
      [`cloudwatch:DeleteDashboards arn:aws:cloudwatch::${account}:dashboard/d`],
    ],
  ])("calls %s %s with %j", async (service, action, parameters, expected) => {
    expect(await asked(service, action, parameters)).toEqual(expected);
  });

  test("registers an API as a scalable target: may the caller call the API itself", async () => {
    const target = { ServiceNamespace: "custom-resource", ResourceId: apiId(), ScalableDimension: "d" };
    expect(await asked("application-autoscaling", "RegisterScalableTarget", target)).toEqual(
      expect.arrayContaining([
        `application-autoscaling:RegisterScalableTarget ${here("application-autoscaling", "scalable-target/1")}`,
        `execute-api:Invoke ${here("execute-api", "abc/prod/GET/scalableTargetDimensions/orders")}`,
        `execute-api:Invoke ${here("execute-api", "abc/prod/PATCH/scalableTargetDimensions/orders")}`,
      ]),
    );
  });

  test("changes a part of an API, which has the API's tags", async () => {
    const [request] = await iamRequests(
      { service: "apigateway", action: "PUT /restapis/abc/resources/r/methods/GET", parameters: {} },
      environment,
    );
    expect(request?.conditions).toEqual({ "aws:resourcetag/stack": "jobs" });
  });

  test("looks at one of AWS's own keys, which has no tags and is named by its alias", async () => {
    const [request] = await iamRequests(
      { service: "kms", action: "DescribeKey", parameters: { KeyId: "alias/aws/dynamodb" } },
      environment,
    );
    expect(request?.conditions).toEqual({
      "kms:requestalias": "alias/aws/dynamodb",
      "aws:resourcetag/stack": undefined,
    });
  });
});
