import { createHash } from "node:crypto";

/** How long a name may be, and which characters it may have: each from the service's API reference. */
export interface NameRule {
  readonly maxLength: number;
  readonly allowed: RegExp;
}

const LETTERS_DIGITS_HYPHEN_UNDERSCORE = /^[A-Za-z0-9_-]+$/;
const WITH_DOT = /^[A-Za-z0-9_.-]+$/;

/** Limits of the names that AWS checks on creation. */
export const nameRules = {
  /** lambda CreateFunction, FunctionName. */
  function: { maxLength: 64, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** iam CreateRole, RoleName. Unique in the account whatever the Region: see `BlueprintStack.globalNameOf`. */
  role: { maxLength: 64, allowed: /^[\w+=,.@-]+$/ },
  /** iam CreatePolicy, PolicyName. */
  policy: { maxLength: 128, allowed: /^[\w+=,.@-]+$/ },
  /** sqs CreateQueue, QueueName. */
  queue: { maxLength: 80, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** The same, less the `.fifo` that the name of a FIFO queue ends in and that the 80 characters include. */
  fifoQueue: { maxLength: 80 - ".fifo".length, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** sns CreateTopic, Name. */
  topic: { maxLength: 256, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** kinesis CreateStream, StreamName. */
  stream: { maxLength: 128, allowed: WITH_DOT },
  /** dynamodb CreateTable, TableName. */
  table: { maxLength: 255, allowed: WITH_DOT },
  /** scheduler CreateSchedule, Name. */
  schedule: { maxLength: 64, allowed: WITH_DOT },
  /** cloudwatch PutMetricAlarm, AlarmName. */
  alarm: { maxLength: 255, allowed: WITH_DOT },
  /** cloudwatch PutDashboard, DashboardName. Unique in the account, as roles are: dashboards have no Region. */
  dashboard: { maxLength: 255, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** logs PutMetricFilter, filterName. */
  metricFilter: { maxLength: 512, allowed: WITH_DOT },
  /** kms CreateAlias, AliasName without its prefix `alias/`. */
  keyAlias: { maxLength: 250, allowed: /^[A-Za-z0-9/_-]+$/ },
  /** application-autoscaling PutScalingPolicy, PolicyName. */
  scalingPolicy: { maxLength: 256, allowed: WITH_DOT },
  /** ec2 CreateSecurityGroup, GroupName. */
  securityGroup: { maxLength: 255, allowed: /^(?!sg-)[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]+$/ },
  /** The tag `Name`, which is all the name that an instance or a volume has. */
  nameTag: { maxLength: 256, allowed: WITH_DOT },
  /** ec2 CreateLaunchTemplate, LaunchTemplateName. */
  launchTemplate: { maxLength: 128, allowed: /^[A-Za-z0-9()./_-]+$/ },
  /** autoscaling CreateAutoScalingGroup, AutoScalingGroupName. */
  autoScalingGroup: { maxLength: 255, allowed: WITH_DOT },
  /** autoscaling PutScalingPolicy, PolicyName: unique within its group. */
  groupScalingPolicy: { maxLength: 255, allowed: WITH_DOT },
  /** autoscaling PutLifecycleHook, LifecycleHookName. */
  lifecycleHook: { maxLength: 255, allowed: /^[A-Za-z0-9_/-]+$/ },
  /** iam CreateInstanceProfile, InstanceProfileName. Unique in the account, as roles are. */
  instanceProfile: { maxLength: 128, allowed: /^[\w+=,.@-]+$/ },
  /** elasticloadbalancing CreateLoadBalancer, Name. */
  loadBalancer: { maxLength: 32, allowed: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/ },
  /** elasticloadbalancing CreateTargetGroup, Name. */
  targetGroup: { maxLength: 32, allowed: /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/ },
  /** elasticfilesystem CreateFileSystem, CreationToken. */
  creationToken: { maxLength: 64, allowed: WITH_DOT },
  /** backup CreateBackupVault, BackupVaultName. */
  backupVault: { maxLength: 50, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** backup CreateBackupPlan and CreateBackupSelection: no pattern of the plan's is documented; the selection's is taken. */
  backupPlan: { maxLength: 50, allowed: WITH_DOT },
  /** secretsmanager CreateSecret, Name; six characters and a hyphen follow it in the ARN. */
  secret: { maxLength: 512, allowed: /^[A-Za-z0-9/_+=.@-]+$/ },
  /** logs CreateLogGroup, logGroupName. */
  logGroup: { maxLength: 512, allowed: /^[A-Za-z0-9_/.#-]+$/ },
  /** s3 CreateBucket, Bucket, less `-<account>-<region>`: see `BlueprintStack.bucketNameOf`. */
  bucket: { maxLength: 63 - 28, allowed: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
  /** ecs CreateCluster, clusterName. */
  cluster: { maxLength: 255, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** ecs CreateService, serviceName. */
  service: { maxLength: 255, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** ecs RegisterTaskDefinition, family. */
  taskFamily: { maxLength: 255, allowed: LETTERS_DIGITS_HYPHEN_UNDERSCORE },
  /** ecr CreateRepository, repositoryName. */
  imageRepository: { maxLength: 256, allowed: /^[a-z0-9]+([._-]+[a-z0-9]+)*$/ },
  /** codebuild CreateProject, name. */
  buildProject: { maxLength: 150, allowed: /^[A-Za-z0-9][A-Za-z0-9_-]+$/ },
  /** codepipeline CreatePipeline, name. */
  pipeline: { maxLength: 100, allowed: /^[A-Za-z0-9.@_-]+$/ },
  /** codeconnections CreateConnection, ConnectionName. */
  connection: { maxLength: 32, allowed: WITH_DOT },
  /** events PutRule, Name. */
  eventRule: { maxLength: 64, allowed: WITH_DOT },
  /** apigateway CreateRestApi: no limit is documented; the console's is taken. */
  restApi: { maxLength: 255, allowed: WITH_DOT },
} satisfies Record<string, NameRule>;

/**
 * Joins the parts with hyphens into a name that AWS accepts. A name that would be too long is cut and ends in eight
 * hexadecimal digits of the SHA-256 of the whole, so that two long names stay two.
 * @throws Error when a character is not allowed: the parts come from code or from validated parameters.
 */
export function physicalName(rule: NameRule, ...parts: readonly string[]): string {
  const whole = parts.join("-");
  if (!rule.allowed.test(whole))
    throw new Error(`The name "${whole}" has a character that ${rule.allowed} does not allow`);
  if (whole.length <= rule.maxLength) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  // Two hyphens in a row are refused in some names, such as a target group's.
  return `${whole.slice(0, rule.maxLength - digest.length - 1).replace(/-+$/, "")}-${digest}`;
}
