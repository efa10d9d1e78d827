import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

const LAUNCHED = ["instance", "network-interface", "volume"];

/** Instances, their templates, groups and volumes. */
export function machineAccess(scope: StackScope): Access {
  const any = (...types: readonly string[]) => scope.any("ec2", ...types.map((type) => `${type}/*`));
  const groups = scope.arns(
    "autoscaling",
    "autoScalingGroup",
    (name) => `autoScalingGroup:*:autoScalingGroupName/${name}`,
  );
  return {
    reads: [
      {
        actions: [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeLifecycleHooks",
          "autoscaling:DescribePolicies",
          "autoscaling:DescribeScheduledActions",
          "ec2:DescribeInstanceCreditSpecifications",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeInstances",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:DescribeLaunchTemplates",
          "ec2:DescribeTags",
          "ec2:DescribeVolumes",
        ],
        resources: ["*"],
        conditions: scope.here,
      },
      { actions: ["ec2:DescribeInstanceAttribute"], resources: any("instance"), conditions: scope.owned },
    ],
    writes: [
      { actions: ["ec2:DescribeImages"], resources: ["*"], conditions: scope.here },
      {
        actions: ["ec2:CreateLaunchTemplate", "ec2:CreateVolume"],
        resources: any("launch-template", "volume"),
        conditions: scope.tagged,
      },
      { actions: ["ec2:RunInstances"], resources: any(...LAUNCHED), conditions: scope.tagged },
      {
        actions: ["ec2:RunInstances"],
        resources: any("launch-template", "network-interface", "security-group", "subnet"),
        conditions: scope.owned,
      },
      // Images are somebody's whom a stack names.
      { actions: ["ec2:RunInstances"], resources: [scope.regionalArn("ec2", "image/*")] },
      {
        actions: [
          "ec2:AttachVolume",
          "ec2:CreateLaunchTemplateVersion",
          "ec2:DeleteLaunchTemplate",
          "ec2:DeleteVolume",
          "ec2:DetachVolume",
          "ec2:ModifyInstanceAttribute",
          "ec2:ModifyInstanceCreditSpecification",
          "ec2:ModifyInstanceMaintenanceOptions",
          "ec2:ModifyInstanceMetadataOptions",
          "ec2:ModifyLaunchTemplate",
          "ec2:ModifyVolume",
          "ec2:MonitorInstances",
          "ec2:StartInstances",
          "ec2:StopInstances",
          "ec2:TerminateInstances",
          "ec2:UnmonitorInstances",
        ],
        resources: any("instance", "launch-template", "security-group", "volume"),
        conditions: scope.owned,
      },
      {
        actions: [
          "autoscaling:CreateAutoScalingGroup",
          "autoscaling:CreateOrUpdateTags",
          "autoscaling:DeleteAutoScalingGroup",
          "autoscaling:DeleteLifecycleHook",
          "autoscaling:DeletePolicy",
          "autoscaling:DeleteScheduledAction",
          "autoscaling:DeleteTags",
          "autoscaling:EnableMetricsCollection",
          "autoscaling:PutLifecycleHook",
          "autoscaling:PutScalingPolicy",
          "autoscaling:PutScheduledUpdateGroupAction",
          "autoscaling:ResumeProcesses",
          "autoscaling:StartInstanceRefresh",
          "autoscaling:SuspendProcesses",
          "autoscaling:UpdateAutoScalingGroup",
        ],
        resources: groups,
      },
      {
        actions: ["autoscaling:DescribeInstanceRefreshes", "autoscaling:DescribeScalingActivities"],
        resources: ["*"],
        conditions: scope.here,
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "autoscaling:DescribeInstanceRefreshes",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:ResumeProcesses",
        "autoscaling:StartInstanceRefresh",
        "ec2:CreateLaunchTemplateVersion",
        "ec2:ModifyInstanceCreditSpecification",
        "ec2:ModifyInstanceMaintenanceOptions",
        "ec2:ModifyInstanceMetadataOptions",
        "ec2:ModifyLaunchTemplate",
        "ec2:ModifyVolume",
        "ec2:MonitorInstances",
        "ec2:StartInstances",
        "ec2:UnmonitorInstances",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "autoscaling:DeleteTags"),
      ...unseen(
        "A group may have scheduled actions; no stack of the project makes one.",
        "autoscaling:DeleteScheduledAction",
        "autoscaling:DescribeScheduledActions",
        "autoscaling:PutScheduledUpdateGroupAction",
      ),
    },
  };
}
