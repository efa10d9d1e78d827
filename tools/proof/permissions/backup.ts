import { arn, texts } from "./arns";
import type { Service } from "./services";

export const backup: Service = {
  prefix: "backup",
  tagging: "TagResource",
  passes: (_, { BackupSelection }) =>
    texts((BackupSelection as { IamRoleArn?: string } | undefined)?.IamRoleArn).map((role) => ({ role, to: "backup" })),
  resources: (operation, { BackupVaultName, BackupPlanId, ResourceArn }, environment) => [
    ...texts(ResourceArn),
    ...texts(BackupVaultName).map((name) => arn(environment, "backup", `backup-vault:${name}`)),
    ...texts(BackupPlanId).map((id) => arn(environment, "backup", `backup-plan:${id}`)),
    // It has no id before it is made.
    ...(operation === "CreateBackupPlan" ? [arn(environment, "backup", "backup-plan:*")] : []),
  ],
};
