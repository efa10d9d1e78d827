import { BackupPlan as AwsBackupPlan } from "@cdktf/provider-aws/lib/backup-plan";
import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection";
import { BackupVault } from "@cdktf/provider-aws/lib/backup-vault";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, isWhole } from "../blueprint/checked-props";
import { Alarm } from "../monitoring/alarm";
import type { AlarmTopic } from "../monitoring/alarm-topic";
import type { Metric } from "../monitoring/metric";
import type { Key } from "../security/key";
import { type Grant, ServiceRole } from "../security/service-role";
import { FileSystem } from "./file-system";
import { Volume } from "./volume";

export interface BackupPlanProps {
  /** What is backed up, at least one. */
  readonly resources: readonly (FileSystem | Volume)[];
  /** What backups of file systems are encrypted with. Those of a volume keep the volume's own key. */
  readonly key: Key;
  /** Days that a backup is kept, 1 to 36,500. */
  readonly retentionDays: number;
  /** When to back up, in UTC, as AWS Backup's `cron()` with its six fields. @default "cron(0 3 ? * * *)", every night at three */
  readonly schedule?: string;
  /**
   * After how many days without a completed backup the alarm goes off, 2 to 7, which is as far back as CloudWatch looks:
   * more than the days between two backups.
   * @default 2
   */
  readonly alarmAfterDays?: number;
  readonly alarmTopic: AlarmTopic;
}

const EVERY_NIGHT = "cron(0 3 ? * * *)";
const CRON = /^cron\(\S+(?: \S+){5}\)$/;
const MAX_RETENTION_DAYS = 36_500;
/** A job that could not begin by then is over: the next night's comes. */
const START_WINDOW_MINUTES = 2 * 60;
/** The first backup of millions of small files takes hours; the provider's default of three would cut it off. */
const COMPLETION_WINDOW_MINUTES = 24 * 60;
const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const BY_AWS_BACKUP =
  "AWS Backup calls it with this role, when it backs up, expires or restores; no code of the stack does.";

/**
 * Regular backups of file systems and volumes to a vault of the stack's own, with alarms when one did not succeed.
 *
 * Its role restores, too: files into a new directory of the same file system, a volume as a new volume. Whoever wants a
 * new file system chooses the account's `AWSBackupDefaultServiceRole` for it, which may create and delete any.
 */
export class BackupPlan extends Construct {
  readonly vaultName: string;
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: BackupPlanProps) {
    super(scope, id);
    checkBackupPlanProps(this, props);
    const stack = BlueprintStack.of(this);
    const { retainData } = stack.parameters;
    this.vaultName = stack.nameOf("backupVault", this);
    // AWS Backup documents aws:SourceAccount for policies of resources, not for a role that it assumes.
    this.role = new ServiceRole(this, "role", {
      service: "backup.amazonaws.com",
      description: `Backs up and restores for ${this.vaultName}`,
    });
    for (const grant of this.#grants(props)) this.role.grant({ ...grant, uncalled: BY_AWS_BACKUP });
    for (const key of new Set([props.key, ...props.resources.map(({ key }) => key)])) grantKey(this.role, key);
    const vault = new BackupVault(this, "vault", {
      name: this.vaultName,
      kmsKeyArn: props.key.arn,
      forceDestroy: !retainData,
      lifecycle: { preventDestroy: retainData },
      // Emptying it takes minutes a backup.
      timeouts: { delete: "60m" },
    });
    const plan = new AwsBackupPlan(this, "plan", {
      name: stack.nameOf("backupPlan", this),
      rule: [
        {
          ruleName: "scheduled",
          targetVaultName: vault.name,
          schedule: props.schedule ?? EVERY_NIGHT,
          startWindow: START_WINDOW_MINUTES,
          completionWindow: COMPLETION_WINDOW_MINUTES,
          lifecycle: { deleteAfter: props.retentionDays },
        },
      ],
    });
    const selection = new BackupSelection(this, "selection", {
      name: "resources",
      planId: plan.id,
      iamRoleArn: this.role.arn,
      resources: props.resources.map(({ arn }) => arn),
    });
    // The vault as well: emptying it takes the role, without which AWS Backup cannot delete a snapshot.
    this.role.grantBefore(vault, selection);
    this.#alarm(props);
  }

  /** What AWS's managed policies for backup and restore have for EFS and EBS, on these resources instead of on all. */
  #grants({ resources }: BackupPlanProps): Grant[] {
    const stack = BlueprintStack.of(this);
    const fileSystems = resources.filter((resource) => resource instanceof FileSystem).map(({ arn }) => arn);
    const volumes = resources.filter((resource) => resource instanceof Volume).map(({ arn }) => arn);
    const snapshots = [`arn:${stack.partition}:ec2:${stack.region}::snapshot/*`];
    return [
      {
        actions: ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
        resources: [stack.arnOf("backup", `backup-vault:${this.vaultName}`)],
      },
      { actions: ["backup:TagResource"], resources: [stack.arnOf("backup", "recovery-point:*")] },
      { actions: ["tag:GetResources"], resources: ["*"] },
      {
        // Whatever is backed up now: the vault may hold backups of a volume that has been replaced since, and AWS Backup
        // leaves what it may not delete, without an error. Its snapshots have this tag.
        actions: ["ec2:DeleteSnapshot"],
        resources: snapshots,
        conditions: { Null: { "aws:ResourceTag/aws:backup:source-resource": "false" } },
      },
      ...(fileSystems.length > 0
        ? [
            {
              actions: ["Backup", "DescribeFileSystems", "DescribeTags", "Restore"].map(
                (action) => `elasticfilesystem:${action}`,
              ),
              resources: fileSystems,
            },
          ]
        : []),
      ...(volumes.length > 0
        ? [
            { actions: ["ec2:CreateSnapshot"], resources: volumes },
            {
              actions: ["ec2:CreateSnapshot", "ec2:CreateVolume"],
              resources: snapshots,
              conditions: { ArnEquals: { "ec2:ParentVolume": volumes } },
            },
            { actions: ["ec2:CreateTags"], resources: snapshots },
            { actions: ["ec2:CreateVolume"], resources: [stack.arnOf("ec2", "volume/*")] },
            { actions: ["ec2:DescribeSnapshots", "ec2:DescribeTags", "ec2:DescribeVolumes"], resources: ["*"] },
          ]
        : []),
    ];
  }

  #alarm({ alarmAfterDays = 2, alarmTopic: topic }: BackupPlanProps): void {
    const ended = [
      ["failed", "failed", "Read the job's message in AWS Backup, and mend the cause."],
      ["expired", "could not begin within its window", "Look for another backup of the same resource at that time."],
      ["aborted", "was cancelled by somebody", "CloudTrail says by whom: backup:StopBackupJob."],
    ] as const;
    for (const [state, what, mend] of ended) {
      new Alarm(this, state, {
        description: `A backup to the vault ${this.vaultName} ${what}. ${mend}`,
        metric: this.#jobs(state, HOUR_SECONDS),
        threshold: { atLeast: 1 },
        treatMissingData: "notBreaching",
        topic,
      });
    }
    new Alarm(this, "missing", {
      description:
        `No backup to the vault ${this.vaultName} was completed for ${alarmAfterDays} days. Look at the plan's jobs in AWS Backup. ` +
        "A new plan is in this state until its first backup.",
      metric: this.#jobs("completed", DAY_SECONDS),
      threshold: { below: 1 },
      evaluationPeriods: alarmAfterDays,
      // AWS Backup reports numbers other than zero only: nothing is what an outage looks like.
      treatMissingData: "breaching",
      topic,
    });
  }

  /** Jobs of the vault that ended in a state: docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html */
  #jobs(state: "completed" | "failed" | "expired" | "aborted", periodSeconds: number): Metric {
    return {
      namespace: "AWS/Backup",
      name: `NumberOfBackupJobs${state[0]?.toUpperCase()}${state.slice(1)}`,
      statistic: "Sum",
      dimensions: { BackupVaultName: this.vaultName },
      periodSeconds,
    };
  }
}

function grantKey(role: ServiceRole, key: Key): void {
  role.grant({ actions: ["kms:DescribeKey"], resources: [key.arn], uncalled: BY_AWS_BACKUP });
  role.grant({
    actions: ["kms:CreateGrant"],
    resources: [key.arn],
    conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    uncalled: BY_AWS_BACKUP,
  });
  key.grantThrough(role, {
    actions: [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    through: ["ec2", "elasticfilesystem"],
    uncalled: BY_AWS_BACKUP,
  });
}

function checkBackupPlanProps(plan: BackupPlan, props: BackupPlanProps): void {
  const { resources, retentionDays, schedule = EVERY_NIGHT, alarmAfterDays = 2 } = props;
  checkProps(plan, [
    {
      prop: "resources",
      holds: resources.length > 0,
      allowed: "at least one file system or volume",
      given: [],
      mend: "leave the plan out where there is nothing to back up",
    },
    {
      prop: "retentionDays",
      holds: isWhole(retentionDays, 1, MAX_RETENTION_DAYS),
      allowed: `a whole number from 1 to ${MAX_RETENTION_DAYS}`,
      given: retentionDays,
      mend: "give the days that a backup is kept",
    },
    {
      prop: "schedule",
      holds: CRON.test(schedule),
      allowed: "cron() with six fields",
      given: schedule,
      mend: `take "${EVERY_NIGHT}" for every night at three, UTC`,
    },
    {
      prop: "alarmAfterDays",
      holds: isWhole(alarmAfterDays, 2, 7),
      allowed: "a whole number from 2 to 7",
      given: alarmAfterDays,
      mend: "give more days than lie between two backups",
    },
  ]);
}
