import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** File systems, and the backups of them and of volumes. Restoring is for people. */
export function fileSystemAccess(scope: StackScope): Access {
  const shares = scope.any("elasticfilesystem", "access-point/*", "file-system/*");
  const vaults = scope.arns("backup", "backupVault", (name) => `backup-vault:${name}`);
  const plans = scope.any("backup", "backup-plan:*");
  return {
    reads: [
      {
        actions: [
          "elasticfilesystem:DescribeAccessPoints",
          "elasticfilesystem:DescribeBackupPolicy",
          "elasticfilesystem:DescribeFileSystemPolicy",
          "elasticfilesystem:DescribeFileSystems",
          "elasticfilesystem:DescribeLifecycleConfiguration",
          "elasticfilesystem:DescribeMountTargetSecurityGroups",
          "elasticfilesystem:DescribeMountTargets",
        ],
        resources: shares,
        conditions: scope.owned,
      },
      { actions: ["backup:DescribeBackupVault", "backup:ListTags"], resources: vaults },
      {
        actions: ["backup:GetBackupPlan", "backup:GetBackupSelection", "backup:ListTags"],
        resources: plans,
        conditions: scope.owned,
      },
    ],
    writes: [
      {
        actions: ["elasticfilesystem:CreateFileSystem"],
        resources: ["*"],
        conditions: scope.tagged,
      },
      {
        actions: [
          "elasticfilesystem:CreateAccessPoint",
          "elasticfilesystem:CreateMountTarget",
          "elasticfilesystem:DeleteAccessPoint",
          "elasticfilesystem:DeleteFileSystem",
          "elasticfilesystem:DeleteFileSystemPolicy",
          "elasticfilesystem:DeleteMountTarget",
          "elasticfilesystem:ModifyMountTargetSecurityGroups",
          "elasticfilesystem:PutBackupPolicy",
          "elasticfilesystem:PutFileSystemPolicy",
          "elasticfilesystem:PutLifecycleConfiguration",
          "elasticfilesystem:UntagResource",
          "elasticfilesystem:UpdateFileSystem",
          "elasticfilesystem:UpdateFileSystemProtection",
        ],
        resources: shares,
        conditions: scope.owned,
      },
      // What is being made has no tags yet.
      { actions: ["elasticfilesystem:TagResource"], resources: shares, conditions: taggedOnCreation(scope) },
      { actions: ["elasticfilesystem:TagResource"], resources: shares, conditions: scope.owned },
      {
        actions: [
          "backup:CreateBackupVault",
          "backup:DeleteBackupVault",
          "backup:ListRecoveryPointsByBackupVault",
          "backup:TagResource",
          "backup:UntagResource",
        ],
        resources: vaults,
      },
      { actions: ["backup-storage:MountCapsule"], resources: ["*"] },
      { actions: ["backup:CreateBackupPlan", "backup:TagResource"], resources: plans, conditions: scope.tagged },
      {
        actions: [
          "backup:CreateBackupSelection",
          "backup:DeleteBackupPlan",
          "backup:DeleteBackupSelection",
          "backup:UntagResource",
          "backup:UpdateBackupPlan",
        ],
        resources: plans,
        conditions: scope.owned,
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "backup:UpdateBackupPlan",
        "elasticfilesystem:ModifyMountTargetSecurityGroups",
        "elasticfilesystem:UpdateFileSystem",
        "elasticfilesystem:UpdateFileSystemProtection",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "backup:UntagResource", "elasticfilesystem:UntagResource"),
      ...unseen("AWS Backup asks for it beside CreateBackupVault, which is in the log.", "backup-storage:MountCapsule"),
    },
  };
}

function taggedOnCreation(scope: StackScope): NonNullable<Access["writes"][number]["conditions"]> {
  const creations = { "elasticfilesystem:CreateAction": ["CreateAccessPoint", "CreateFileSystem"] };
  const { [scope.comparison]: tags } = scope.tagged;
  return scope.comparison === "StringEquals"
    ? { StringEquals: { ...tags, ...creations } }
    : { StringLike: { ...tags }, StringEquals: creations };
}
