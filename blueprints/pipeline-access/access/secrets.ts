import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/**
 * Keys, secrets and settings. A secret's value is for nobody here: machines make and read it. Settings are read as they are
 * in the state, where they are as plain.
 */
export function secretAccess(scope: StackScope): Access {
  const keys = scope.any("kms", "key/*");
  const secrets = scope.arns("secretsmanager", "secret", (name) => `secret:${name}`);
  const settings = scope.ownArns("ssm", (name) => `parameter/${name}/*`);
  return {
    reads: [
      {
        actions: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
        resources: keys,
        conditions: scope.owned,
      },
      {
        actions: ["kms:DescribeKey"],
        resources: keys,
        conditions: { StringLike: { "kms:RequestAlias": "alias/aws/*" } },
      },
      { actions: ["kms:ListAliases"], resources: ["*"], conditions: scope.here },
      { actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"], resources: secrets },
      { actions: ["ssm:GetParameter", "ssm:ListTagsForResource"], resources: settings },
      // Which image of Amazon Linux is the newest.
      { actions: ["ssm:GetParameter"], resources: [scope.regionalArn("ssm", "parameter/aws/service/*")] },
      { actions: ["ssm:DescribeParameters"], resources: ["*"], conditions: scope.here },
    ],
    writes: [
      { actions: ["kms:CreateKey"], resources: ["*"], conditions: scope.tagged },
      // The key that is made, which has no tags yet, and one that has a stack's.
      { actions: ["kms:TagResource"], resources: keys, conditions: scope.tagged },
      {
        actions: [
          "kms:CreateAlias",
          "kms:DeleteAlias",
          "kms:DisableKeyRotation",
          "kms:EnableKeyRotation",
          "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion",
          "kms:UntagResource",
          "kms:UpdateKeyDescription",
        ],
        resources: keys,
        conditions: scope.owned,
      },
      {
        actions: ["kms:CreateAlias", "kms:DeleteAlias"],
        resources: scope.arns("kms", "keyAlias", (name) => `alias/${name}`),
      },
      {
        actions: ["kms:CreateGrant"],
        resources: keys,
        conditions: { ...scope.owned, Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
      {
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: keys,
        conditions: {
          ...scope.owned,
          Bool: { "aws:ViaAWSService": "true" },
        },
      },
      {
        actions: [
          "secretsmanager:CreateSecret",
          "secretsmanager:DeleteSecret",
          "secretsmanager:RestoreSecret",
          "secretsmanager:TagResource",
          "secretsmanager:UntagResource",
          "secretsmanager:UpdateSecret",
        ],
        resources: secrets,
      },
      {
        actions: ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource"],
        resources: settings,
      },
      { actions: ["ssm:GetParameters"], resources: [scope.regionalArn("ssm", "parameter/aws/service/*")] },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "kms:DisableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:UpdateKeyDescription",
        "secretsmanager:RestoreSecret",
        "secretsmanager:UpdateSecret",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "kms:UntagResource", "secretsmanager:UntagResource", "ssm:RemoveTagsFromResource"),
      ...unseen(
        "Services ask KMS on behalf of whoever makes what a key encrypts; KMS is not in the log then.",
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:GenerateDataKey",
      ),
      ...unseen(
        "EC2 reads the newest image's parameter on behalf of whoever launches from a template that names it.",
        "ssm:GetParameters",
      ),
    },
  };
}
