import { BlueprintMistakes } from "../blueprint/mistakes";
import { Key } from "../security/key";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { BackupPlan, type BackupPlanProps } from "./backup-plan";
import { FileSystem } from "./file-system";
import { Volume } from "./volume";

type Options = Partial<BackupPlanProps> & { readonly stack?: TestStack; readonly of?: readonly ("files" | "volume")[] };

function deployed({ stack = new TestStack(), of = ["files", "volume"], ...props }: Options = {}) {
  const key = new Key(stack, "key", { description: "Data" });
  const subnetIds = ["subnet-a"];
  const make = {
    files: () => new FileSystem(stack, "files", { network, subnetIds, uid: 1, gid: 1, path: "/data" }),
    volume: () => new Volume(stack, "volume", { sizeGiB: 1, availabilityZone: "eu-central-1a", key }),
  };
  const plan = new BackupPlan(stack, "backup", {
    resources: of.map((what) => make[what]()),
    key,
    retentionDays: 14,
    alarmTopic: stack.alarmTopic,
    ...props,
  });
  return { stack, plan, template: Template.of(stack) };
}

function statements(template: Template) {
  return template.policyStatements(template.only("aws_iam_role").address);
}

function statementOf(template: Template, action: string) {
  return statements(template).filter(({ Action }) => Action?.includes(action));
}

describe("a backup plan", () => {
  const { template, stack } = deployed();

  test("backs up every night at three, UTC, and keeps that for the days asked for", () => {
    expect(template.only("aws_backup_plan").attributes).toMatchObject({
      name: "test-backup",
      rule: [
        {
          rule_name: "scheduled",
          schedule: "cron(0 3 ? * * *)",
          start_window: 120,
          completion_window: 1440,
          lifecycle: { delete_after: 14 },
        },
      ],
    });
    const weekly = deployed({ schedule: "cron(0 5 ? * SUN *)", alarmAfterDays: 7 }).template;
    expect(weekly.only("aws_backup_plan").attributes.rule[0].schedule).toBe("cron(0 5 ? * SUN *)");
  });

  test("selects its resources by ARN", () => {
    const { resources } = template.only("aws_backup_selection").attributes;
    expect(resources).toEqual([
      expect.stringMatching(/aws_efs_file_system\.[\w-]+\.arn/),
      expect.stringMatching(/aws_ebs_volume\.[\w-]+\.arn/),
    ]);
  });

  test("keeps backups in a protected vault of its own, under the key", () => {
    const { attributes } = template.only("aws_backup_vault");
    expect(attributes).toMatchObject({
      name: "test-backup",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(refersTo(attributes.kms_key_arn, template.find("aws_kms_key", { description: "Data" }).address)).toBe(true);
  });

  test("is destroyed with its backups once data are let go of", () => {
    const own = deployed({ stack: new TestStack({ retainData: false }) }).template;
    expect(own.only("aws_backup_vault").attributes).toMatchObject({
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("empties its vault while the role still has its permissions", () => {
    const policy = template.only("aws_iam_role_policy").address;
    expect(template.only("aws_backup_vault").attributes.depends_on).toEqual([policy]);
    expect(template.only("aws_backup_selection").attributes.depends_on).toEqual([policy]);
  });

  test("names the vault in its role without referring to it, which would be a cycle", () => {
    expect(refersTo(statements(template), template.only("aws_backup_vault").address)).toBe(false);
    expect(statementOf(template, "backup:CopyIntoBackupVault")).toEqual([
      {
        Effect: "Allow",
        Action: ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
        Resource: [expect.stringMatching(/:backup:.*:backup-vault:test-backup$/)],
      },
    ]);
  });

  test("trusts AWS Backup, which sends no source to compare", () => {
    expect(JSON.parse(template.only("aws_iam_role").attributes.assume_role_policy).Statement).toEqual([
      { Effect: "Allow", Principal: { Service: "backup.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });

  test("may read, back up and restore its own file systems only", () => {
    expect(statementOf(template, "elasticfilesystem:Restore")).toEqual([
      {
        Effect: "Allow",
        Action: ["Backup", "DescribeFileSystems", "DescribeTags", "Restore"].map((it) => `elasticfilesystem:${it}`),
        Resource: [expect.stringMatching(/aws_efs_file_system\.[\w-]+\.arn/)],
      },
    ]);
  });

  test("may make snapshots of its own volumes, restore those only, and delete what AWS Backup made", () => {
    const volume = expect.stringMatching(/aws_ebs_volume\.[\w-]+\.arn/);
    const snapshots = [expect.stringMatching(/:ec2:.*::snapshot\/\*$/)];
    expect(statementOf(template, "ec2:CreateSnapshot")).toEqual([
      { Effect: "Allow", Action: ["ec2:CreateSnapshot"], Resource: [volume] },
      {
        Effect: "Allow",
        Action: ["ec2:CreateSnapshot", "ec2:CreateVolume"],
        Resource: snapshots,
        Condition: { ArnEquals: { "ec2:ParentVolume": [volume] } },
      },
    ]);
    expect(statementOf(template, "ec2:DeleteSnapshot")).toEqual([
      {
        Effect: "Allow",
        Action: ["ec2:DeleteSnapshot"],
        Resource: snapshots,
        Condition: { Null: { "aws:ResourceTag/aws:backup:source-resource": ["false"] } },
      },
    ]);
    expect(statementOf(template, "ec2:CreateTags")).toEqual([
      { Effect: "Allow", Action: ["ec2:CreateTags"], Resource: snapshots },
    ]);
    expect(statementOf(template, "ec2:CreateVolume").at(-1)?.Resource).toEqual([
      expect.stringMatching(/:ec2:.*:volume\/\*$/),
    ]);
  });

  test("may do nothing with volumes where there are none, but delete the snapshots of former ones, nor with file systems", () => {
    const actionsOf = (...of: ("files" | "volume")[]) =>
      statements(deployed({ of }).template).flatMap(({ Action = [] }) => Action);
    expect(actionsOf("files").filter((action) => action.startsWith("ec2:"))).toEqual(["ec2:DeleteSnapshot"]);
    expect(actionsOf("volume").filter((action) => action.startsWith("elasticfilesystem:"))).toEqual([]);
  });

  test("may use the keys of the vault and of its resources, each once, by way of EC2 and EFS", () => {
    const keys = [
      template.find("aws_kms_key", { description: "Data" }),
      template.find("aws_kms_key", { description: "Files of test-files" }),
    ];
    const decrypt = statementOf(template, "kms:Decrypt");
    expect(decrypt).toHaveLength(1);
    expect(decrypt[0]?.Resource).toHaveLength(2);
    for (const [index, key] of keys.entries()) {
      expect(decrypt[0]?.Resource?.some((arn) => refersTo(arn, key.address))).toBe(true);
      expect(refersTo(decrypt[0]?.Resource?.[index], key.address)).toBe(true);
    }
    expect(decrypt[0]?.Condition).toEqual({
      StringEquals: {
        "kms:ViaService": [
          expect.stringMatching(/^ec2\..*\.amazonaws\.com$/),
          expect.stringMatching(/^elasticfilesystem\..*\.amazonaws\.com$/),
        ],
      },
    });
    expect(statementOf(template, "kms:CreateGrant")[0]?.Condition).toEqual({
      Bool: { "kms:GrantIsForAWSResource": ["true"] },
    });
    expect(statementOf(template, "kms:DescribeKey")[0]?.Condition).toBeUndefined();
  });

  test("says of each permission why no code calls it", () => {
    const granted = new Set(statements(template).flatMap(({ Action = [] }) => Action));
    expect(new Set(stack.uncalledPermissions.map(({ action }) => action))).toEqual(granted);
  });

  test.each([
    ["failed", "NumberOfBackupJobsFailed"],
    ["expired", "NumberOfBackupJobsExpired"],
    ["aborted", "NumberOfBackupJobsAborted"],
  ])("alarms when a job has %s", (state, metric) => {
    template.find("aws_cloudwatch_metric_alarm", {
      alarm_name: `test-backup-${state}`,
      namespace: "AWS/Backup",
      metric_name: metric,
      dimensions: { BackupVaultName: "test-backup" },
      statistic: "Sum",
      period: 3600,
      evaluation_periods: 1,
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      treat_missing_data: "notBreaching",
    });
  });

  test("alarms when no backup was completed for two days, which CloudWatch may look back", () => {
    const { attributes } = template.find("aws_cloudwatch_metric_alarm", {
      alarm_name: "test-backup-missing",
      metric_name: "NumberOfBackupJobsCompleted",
      dimensions: { BackupVaultName: "test-backup" },
      period: 86_400,
      evaluation_periods: 2,
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      treat_missing_data: "breaching",
    });
    expect(attributes.alarm_description).toContain("2 days");
    deployed({ alarmAfterDays: 7 }).template.find("aws_cloudwatch_metric_alarm", { evaluation_periods: 7 });
  });

  test("refuses its props all at once, each with what is allowed and how to mend it", () => {
    const wrong = { of: [], retentionDays: 0, schedule: "0 3 * * *", alarmAfterDays: 8 };
    expect(() => deployed(wrong)).toThrow(
      new BlueprintMistakes([
        "test: backup.resources: must be at least one file system or volume, got []; leave the plan out where there is nothing to back up",
        "test: backup.retentionDays: must be a whole number from 1 to 36500, got 0; give the days that a backup is kept",
        'test: backup.schedule: must be cron() with six fields, got "0 3 * * *"; take "cron(0 3 ? * * *)" for every night at three, UTC',
        "test: backup.alarmAfterDays: must be a whole number from 2 to 7, got 8; give more days than lie between two backups",
      ]),
    );
  });

  test.each(["rate(1 day)", "cron(0 3 * * *)", "cron(0 3 ? * * * *)"])("refuses the schedule %s", (schedule) => {
    expect(() => deployed({ schedule })).toThrow(BlueprintMistakes);
  });
});
