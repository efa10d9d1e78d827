import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Services that the stacks hand roles over to. */
const HANDED_TO = [
  "apigateway",
  "backup",
  "codebuild",
  "codepipeline",
  "ec2",
  "ecs-tasks",
  "events",
  "lambda",
  "scheduler",
  "vpc-flow-logs",
];

/** The same as IAM has them in `iam:PassedToService`. */
export const PASSED_TO = HANDED_TO.map((name) => `${name}.amazonaws.com`);

/** Roles that services make for themselves in an account, once, when the first stack uses them. */
const SERVICE_LINKED = [
  "autoscaling",
  "backup",
  "custom-resource.application-autoscaling",
  "ecs",
  "ecs.application-autoscaling",
  "elasticfilesystem",
  "elasticloadbalancing",
];

/**
 * The roles that the stacks' functions, machines, tasks and services work with, and what those may do. Whatever gives a role
 * more is allowed for roles within the boundary only; nothing takes a boundary off.
 */
export function roleAccess(scope: StackScope, boundaryArn: string): Access {
  const roles = scope.globalArns("iam", "role", (name) => `role/${name}`);
  const profiles = scope.globalArns("iam", "instanceProfile", (name) => `instance-profile/${name}`);
  const policies = scope.globalArns("iam", "policy", (name) => `policy/${name}`);
  return {
    reads: [
      {
        actions: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
        resources: roles,
      },
      { actions: ["iam:GetInstanceProfile"], resources: profiles },
      { actions: ["iam:GetPolicy", "iam:GetPolicyVersion"], resources: policies },
    ],
    writes: [
      {
        actions: [
          "iam:AttachRolePolicy",
          "iam:CreateRole",
          "iam:PutRolePermissionsBoundary",
          "iam:PutRolePolicy",
          "iam:UpdateAssumeRolePolicy",
        ],
        resources: roles,
        conditions: { StringEquals: { "iam:PermissionsBoundary": boundaryArn } },
      },
      {
        actions: [
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:ListInstanceProfilesForRole",
          "iam:TagRole",
          "iam:UntagRole",
          "iam:UpdateRole",
          "iam:UpdateRoleDescription",
        ],
        resources: roles,
      },
      {
        actions: [
          "iam:AddRoleToInstanceProfile",
          "iam:CreateInstanceProfile",
          "iam:DeleteInstanceProfile",
          "iam:RemoveRoleFromInstanceProfile",
          "iam:TagInstanceProfile",
          "iam:UntagInstanceProfile",
        ],
        resources: profiles,
      },
      {
        actions: [
          "iam:CreatePolicy",
          "iam:CreatePolicyVersion",
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
          "iam:ListPolicyVersions",
          "iam:TagPolicy",
          "iam:UntagPolicy",
        ],
        resources: policies,
      },
      {
        actions: ["iam:PassRole"],
        resources: roles,
        conditions: { StringEquals: { "iam:PassedToService": PASSED_TO } },
      },
      {
        actions: ["iam:CreateServiceLinkedRole"],
        resources: [scope.accountArn("iam", "role/aws-service-role/*")],
        conditions: { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED.map((name) => `${name}.amazonaws.com`) } },
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "iam:PutRolePermissionsBoundary",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "iam:UntagInstanceProfile", "iam:UntagPolicy", "iam:UntagRole"),
      ...unseen(
        "What does not fit into a role's own policy goes on in managed ones; no stack of the project has that much.",
        "iam:AttachRolePolicy",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DetachRolePolicy",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListPolicyVersions",
        "iam:TagPolicy",
      ),
      ...unseen(
        "Services make their roles the first time that they are used in an account; the local AWS has no such roles.",
        "iam:CreateServiceLinkedRole",
      ),
    },
  };
}
