import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Clusters, services, images and how many tasks run. */
export function containerAccess(scope: StackScope): Access {
  const clusters = [
    ...scope.ownArns("ecs", (name) => `cluster/${name}`),
    ...scope.arns("ecs", "cluster", (name) => `cluster/${name}`),
  ];
  const services = scope.arns("ecs", "service", (name) => `service/*/${name}`);
  const definitions = scope.arns("ecs", "taskFamily", (name) => `task-definition/${name}`);
  const repositories = scope.arns("ecr", "imageRepository", (name) => `repository/${name}`);
  const targets = scope.any("application-autoscaling", "scalable-target/*");
  return {
    reads: [
      { actions: ["ecs:DescribeClusters"], resources: clusters },
      { actions: ["ecs:DescribeServices"], resources: services },
      {
        actions: [
          "application-autoscaling:DescribeScalableTargets",
          "application-autoscaling:DescribeScalingPolicies",
          "ecs:DescribeTaskDefinition",
        ],
        resources: ["*"],
        conditions: scope.here,
      },
      {
        actions: ["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"],
        resources: repositories,
      },
      { actions: ["application-autoscaling:ListTagsForResource"], resources: targets, conditions: scope.owned },
    ],
    writes: [
      {
        actions: [
          "ecs:CreateCluster",
          "ecs:DeleteCluster",
          "ecs:PutClusterCapacityProviders",
          "ecs:TagResource",
          "ecs:UntagResource",
          "ecs:UpdateCluster",
          "ecs:UpdateClusterSettings",
        ],
        resources: clusters,
      },
      {
        actions: [
          "ecs:CreateService",
          "ecs:DeleteService",
          "ecs:TagResource",
          "ecs:UntagResource",
          "ecs:UpdateService",
        ],
        resources: services,
      },
      {
        actions: ["ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:UntagResource"],
        resources: definitions,
      },
      { actions: ["ecs:DeregisterTaskDefinition"], resources: ["*"], conditions: scope.here },
      {
        actions: [
          "ecr:CreateRepository",
          "ecr:DeleteLifecyclePolicy",
          "ecr:DeleteRepository",
          "ecr:PutImageScanningConfiguration",
          "ecr:PutImageTagMutability",
          "ecr:PutLifecyclePolicy",
          "ecr:TagResource",
          "ecr:UntagResource",
        ],
        resources: repositories,
      },
      {
        actions: ["application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource"],
        resources: targets,
        conditions: scope.tagged,
      },
      {
        actions: [
          "application-autoscaling:DeleteScalingPolicy",
          "application-autoscaling:DeregisterScalableTarget",
          "application-autoscaling:PutScalingPolicy",
          "application-autoscaling:RegisterScalableTarget",
          "application-autoscaling:UntagResource",
        ],
        resources: targets,
        conditions: scope.owned,
      },
      // Application Auto Scaling tries whether its caller may do what it will do itself:
      // docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
      {
        actions: ["cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
        resources: scope.any("cloudwatch", "alarm:*"),
        conditions: { Bool: { "aws:ViaAWSService": "true" } },
      },
      {
        actions: ["execute-api:Invoke"],
        resources: scope.any(
          "execute-api",
          "*/prod/GET/scalableTargetDimensions/*",
          "*/prod/PATCH/scalableTargetDimensions/*",
        ),
        conditions: { Bool: { "aws:ViaAWSService": "true" } },
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecs:UpdateCluster",
        "ecs:UpdateClusterSettings",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "application-autoscaling:UntagResource", "ecr:UntagResource", "ecs:UntagResource"),
    },
  };
}
