import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** What EC2 calls the things of a VPC, in ARNs. */
const OF_A_VPC = [
  "elastic-ip",
  "internet-gateway",
  "natgateway",
  "network-acl",
  "route-table",
  "security-group",
  "security-group-rule",
  "subnet",
  "vpc",
  "vpc-endpoint",
  "vpc-flow-log",
];

const anyOf = (types: readonly string[]) => types.map((type) => `${type}/*`);

/**
 * VPCs and what is in them. EC2 gives ids, not names, so that tags say whose things are. What is made has to be tagged by
 * the same call; a grant for making a type is apart from those that use one which is there, because the tags of a call
 * count for all that it names.
 */
export function networkAccess(scope: StackScope): Access {
  const making = (actions: readonly string[], ...types: readonly string[]) => ({
    actions: actions.map((action) => `ec2:${action}`),
    resources: scope.any("ec2", ...anyOf(types)),
    conditions: scope.tagged,
  });
  return {
    reads: [
      {
        actions: [
          "ec2:DescribeAddresses",
          "ec2:DescribeAddressesAttribute",
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeFlowLogs",
          "ec2:DescribeInternetGateways",
          "ec2:DescribeNatGateways",
          "ec2:DescribeNetworkAcls",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribePrefixLists",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcEndpoints",
          "ec2:DescribeVpcs",
        ],
        resources: ["*"],
        conditions: scope.here,
      },
      { actions: ["ec2:DescribeVpcAttribute"], resources: scope.any("ec2", "vpc/*"), conditions: scope.owned },
    ],
    writes: [
      making(["AllocateAddress", "CreateInternetGateway", "CreateVpc"], "elastic-ip", "internet-gateway", "vpc"),
      making(
        ["CreateNetworkAcl", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet"],
        "network-acl",
        "route-table",
        "security-group",
        "subnet",
      ),
      making(
        ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateNatGateway", "CreateVpcEndpoint"],
        "natgateway",
        "security-group-rule",
        "vpc-endpoint",
      ),
      making(["CreateFlowLogs"], "vpc-flow-log"),
      {
        actions: [
          "AssociateAddress",
          "AssociateRouteTable",
          "AttachInternetGateway",
          "AuthorizeSecurityGroupEgress",
          "AuthorizeSecurityGroupIngress",
          "CreateFlowLogs",
          "CreateNatGateway",
          "CreateNetworkAcl",
          "CreateNetworkAclEntry",
          "CreateRoute",
          "CreateRouteTable",
          "CreateSecurityGroup",
          "CreateSubnet",
          "CreateVpcEndpoint",
          "DeleteFlowLogs",
          "DeleteInternetGateway",
          "DeleteNatGateway",
          "DeleteNetworkAcl",
          "DeleteNetworkAclEntry",
          "DeleteRoute",
          "DeleteRouteTable",
          "DeleteSecurityGroup",
          "DeleteSubnet",
          "DeleteVpc",
          "DeleteVpcEndpoints",
          "DetachInternetGateway",
          "DisassociateAddress",
          "DisassociateRouteTable",
          "ModifySecurityGroupRules",
          "ModifySubnetAttribute",
          "ModifyVpcAttribute",
          "ModifyVpcEndpoint",
          "ReleaseAddress",
          "ReplaceNetworkAclAssociation",
          "ReplaceRoute",
          "RevokeSecurityGroupEgress",
          "RevokeSecurityGroupIngress",
        ].map((action) => `ec2:${action}`),
        resources: scope.any("ec2", ...anyOf([...OF_A_VPC, "instance", "network-interface"])),
        conditions: scope.owned,
      },
      // The interfaces of load balancers and mount targets are made by AWS, without tags.
      {
        actions: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
        resources: scope.any("ec2", "network-interface/*"),
        conditions: { Bool: { "aws:ViaAWSService": "true" } },
      },
      {
        actions: ["ec2:CreateNetworkInterface"],
        resources: scope.any("ec2", "security-group/*", "subnet/*"),
        conditions: { ...scope.owned, Bool: { "aws:ViaAWSService": "true" } },
      },
      ...taggingOnCreation(scope),
      {
        actions: ["ec2:CreateTags", "ec2:DeleteTags"],
        resources: scope.any("ec2", "*/*"),
        conditions: scope.owned,
      },
      // What comes with a VPC has no tags until the stack that made the VPC puts them on.
      {
        actions: ["ec2:CreateTags"],
        resources: scope.any("ec2", "network-acl/*", "security-group/*"),
        conditions: { ...scope.tagged, Null: { "aws:ResourceTag/Stack": "true" } },
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifySubnetAttribute",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReplaceRoute",
      ),
      ...unseen(
        "A VPC with network ACLs makes them; no stack of the project asks for them.",
        "ec2:CreateNetworkAcl",
        "ec2:CreateNetworkAclEntry",
        "ec2:DeleteNetworkAcl",
        "ec2:DeleteNetworkAclEntry",
        "ec2:ReplaceNetworkAclAssociation",
      ),
      ...unseen(
        "EFS makes a mount target's interface on behalf of whoever makes the target; EC2 is not in the log then.",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "ec2:DeleteTags"),
    },
  };
}

/** EC2 asks for it beside each action that makes something with tags. */
function taggingOnCreation(scope: StackScope): Access["writes"] {
  const CREATIONS = [
    "AllocateAddress",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateFlowLogs",
    "CreateInternetGateway",
    "CreateLaunchTemplate",
    "CreateNatGateway",
    "CreateNetworkAcl",
    "CreateRouteTable",
    "CreateSecurityGroup",
    "CreateSubnet",
    "CreateVolume",
    "CreateVpc",
    "CreateVpcEndpoint",
    "RunInstances",
  ];
  const { [scope.comparison]: tags, ...rest } = scope.tagged;
  const action = { "ec2:CreateAction": CREATIONS };
  const conditions =
    scope.comparison === "StringEquals"
      ? { StringEquals: { ...tags, ...action }, ...rest }
      : { StringLike: { ...tags }, StringEquals: action, ...rest };
  return [{ actions: ["ec2:CreateTags"], resources: scope.any("ec2", "*/*"), conditions }];
}
