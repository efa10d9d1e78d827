import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { ManagedPolicy } from "../../shared/security/managed-policy";
import type { StackScope } from "./access";
import { PASSED_TO } from "./access/roles";
import type { AccessGrant } from "./access/scope";

/**
 * The most that a role of a stack may do, whatever its policies say: what the stacks' functions, machines, tasks and
 * pipelines need. It grants nothing by itself. It has no action that changes IAM, assumes another role or sees what the
 * stacks do not own of buckets, keys, secrets and settings, so that nobody gets more by a role that the pipeline makes.
 */
export class RoleBoundary extends ManagedPolicy {
  constructor(scope: Construct, id: string, stacks: StackScope) {
    super(scope, id, { description: "The most that a role of the pipeline's stacks may do. It grants nothing." });
    for (const bound of bounds(stacks)) this.grant(bound);
    BlueprintStack.of(this).exceptFromBaseline({
      rule: "54.resources",
      resource: `aws_iam_policy.${this.policy.friendlyUniqueId}`,
      reason: "A permissions boundary allows nothing by itself: the policies of the roles name the resources.",
    });
  }
}

const of = (service: string, ...operations: readonly string[]) => operations.map((name) => `${service}:${name}`);

function bounds(stacks: StackScope): AccessGrant[] {
  return [
    {
      actions: [
        ...of("application-autoscaling", "DescribeScalingPolicies", "PutScalingPolicy", "RegisterScalableTarget"),
        ...of("autoscaling", "CompleteLifecycleAction", "DescribeAutoScalingGroups", "ExecutePolicy"),
        ...of("autoscaling", "SetInstanceHealth", "SetInstanceProtection", "UpdateAutoScalingGroup"),
        ...of("backup", "CopyIntoBackupVault", "DescribeBackupVault", "TagResource"),
        ...of("cloudwatch", "DeleteAlarms", "DescribeAlarms", "GetMetricData", "PutMetricAlarm", "PutMetricData"),
        ...of("codebuild", "BatchGetBuilds", "StartBuild"),
        ...of("codeconnections", "UseConnection"),
        ...of("codepipeline", "StartPipelineExecution"),
        ...of("codestar-connections", "UseConnection"),
        ...of("dynamodb", "GetItem", "PutItem", "Scan"),
        ...of("ec2", "AssociateAddress", "AttachVolume", "CreateSnapshot", "CreateTags", "CreateVolume"),
        ...of("ec2", "DeleteSnapshot", "DescribeSnapshots", "DescribeTags", "DescribeVolumes"),
        ...of("ecr", "BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "GetAuthorizationToken"),
        ...of("ecr", "GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart"),
        ...of("ecs", "DescribeServices", "DescribeTaskDefinition", "RegisterTaskDefinition", "TagResource"),
        ...of("ecs", "UpdateService", "UpdateTaskProtection"),
        ...of("elasticfilesystem", "Backup", "ClientMount", "ClientWrite", "DescribeFileSystems", "DescribeTags"),
        ...of("elasticfilesystem", "Restore"),
        ...of("kinesis", "DescribeStreamSummary", "UpdateShardCount"),
        ...of("lambda", "InvokeFunction"),
        ...of("logs", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"),
        ...of("sqs", "ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage", "SendMessage"),
        ...of("ssm", "UpdateInstanceInformation"),
        ...of("ssmmessages", "CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"),
        ...of("tag", "GetResources"),
        ...of("xray", "PutTelemetryRecords", "PutTraceSegments"),
      ],
      resources: ["*"],
      conditions: stacks.here,
    },
    {
      actions: of(
        "s3",
        "GetBucketAcl",
        "GetBucketLocation",
        "GetBucketVersioning",
        "GetObject",
        "GetObjectTagging",
      ).concat(of("s3", "GetObjectVersion", "GetObjectVersionTagging", "PutObject")),
      resources: stacks.bucketArns(),
    },
    {
      actions: of("kms", "CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey").concat(
        of("kms", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"),
      ),
      resources: stacks.any("kms", "key/*"),
      conditions: stacks.owned,
    },
    {
      actions: of("secretsmanager", "GetSecretValue", "PutSecretValue"),
      resources: stacks.arns("secretsmanager", "secret", (name) => `secret:${name}`),
    },
    {
      actions: of("ssm", "GetParametersByPath"),
      resources: stacks.ownArns("ssm", (name) => `parameter/${name}/*`),
    },
    {
      actions: ["iam:PassRole"],
      resources: stacks.globalArns("iam", "role", (name) => `role/${name}`),
      conditions: { StringEquals: { "iam:PassedToService": PASSED_TO } },
    },
  ];
}
