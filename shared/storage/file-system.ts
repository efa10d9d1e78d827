import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point";
import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, isWhole } from "../blueprint/checked-props";
import type { Metric } from "../monitoring/metric";
import type { Network } from "../network/network";
import { SecurityGroup } from "../network/security-group";
import { Key } from "../security/key";
import type { ServiceRole } from "../security/service-role";

export interface FileSystemProps {
  readonly network: Network;
  /** Where it can be mounted: one subnet a zone, and only one, which is EFS's rule. */
  readonly subnetIds: readonly string[];
  /** What the files are encrypted with. @default - a key of its own */
  readonly key?: Key;
  /** The user that owns the files, whoever writes them. 1 to 65,534. */
  readonly uid: number;
  /** The group that owns the files. 1 to 65,534. */
  readonly gid: number;
  /** The directory that clients see as their root, such as `/jenkins`: one to four levels, 100 characters at most. */
  readonly path: string;
  /** The directory's permissions when EFS makes it, three or four octal digits. @default "0750" */
  readonly permissions?: string;
  /**
   * `elastic` is as fast as the load and costs $0.03 a GB read and $0.06 a GB written (us-east-1), and nothing at rest.
   * `bursting` costs nothing, but lives on credits that the stored data earn, 50 KiB/s a GiB: a small file system that
   * has used them up crawls at 1 MiB/s. It is for much data with little traffic.
   * @default "elastic"
   */
  readonly throughput?: "elastic" | "bursting";
  /**
   * Whether AWS backs it up every night and keeps that for 35 days, also after the file system is destroyed. `false` is
   * for what a BackupPlan of the stack covers.
   * @default true
   */
  readonly automaticBackups?: boolean;
}

/** EFS metrics that a file system has as a whole, without a further dimension. */
export type FileSystemMetric =
  | "BurstCreditBalance"
  | "ClientConnections"
  | "DataReadIOBytes"
  | "DataWriteIOBytes"
  | "MeteredIOBytes"
  | "MetadataIOBytes"
  | "PercentIOLimit"
  | "PermittedThroughput"
  | "TotalIOBytes";

const NFS_PORT = 2049;
const DEFAULT_PERMISSIONS = "0750";
const MAX_ID = 65_534;
/** efs CreateAccessPoint, RootDirectory.Path, without `/` itself. */
const PATH = /^(?=.{2,100}$)(?:\/(?!\.)[^$#<>;`|&?{}^*/\n]+){1,4}$/;
const PERMISSIONS = /^[0-7]{3,4}$/;

/**
 * An encrypted file system that many machines mount at once, in every zone, by one access point: over TLS, as one user,
 * and only with a role that `grantMount` was called for.
 */
export class FileSystem extends Construct {
  readonly fileSystemId: string;
  readonly arn: string;
  readonly accessPointId: string;
  readonly accessPointArn: string;
  readonly key: Key;
  readonly securityGroup: SecurityGroup;
  /** What has to exist before a machine can mount it. */
  readonly mountTargets: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    checkFileSystemProps(this, props);
    const stack = BlueprintStack.of(this);
    const { uid, gid, path } = props;
    const name = stack.nameOf("creationToken", this);
    this.key = props.key ?? new Key(this, "key", { description: `Files of ${name}`, protectsData: true });
    const fileSystem = new EfsFileSystem(this, "file-system", {
      creationToken: name,
      encrypted: true,
      kmsKeyId: this.key.arn,
      throughputMode: props.throughput ?? "elastic",
      lifecyclePolicy: [{ transitionToIa: "AFTER_30_DAYS" }, { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" }],
      tags: { Name: name },
      lifecycle: { preventDestroy: stack.parameters.retainData },
    });
    this.fileSystemId = fileSystem.id;
    this.arn = fileSystem.arn;
    // Not the API's default, unlike the console's.
    if (props.automaticBackups ?? true) {
      new EfsBackupPolicy(this, "backup-policy", {
        fileSystemId: fileSystem.id,
        backupPolicy: { status: "ENABLED" },
      });
    }
    const policy = new EfsFileSystemPolicy(this, "policy", {
      fileSystemId: fileSystem.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnly(fileSystem.arn)] }),
    });
    const accessPoint = new EfsAccessPoint(this, "access-point", {
      fileSystemId: fileSystem.id,
      posixUser: { uid, gid },
      rootDirectory: {
        path,
        creationInfo: { ownerUid: uid, ownerGid: gid, permissions: props.permissions ?? DEFAULT_PERMISSIONS },
      },
      tags: { Name: name },
    });
    this.accessPointId = accessPoint.id;
    this.accessPointArn = accessPoint.arn;
    this.securityGroup = new SecurityGroup(this, "security-group", {
      network: props.network,
      description: `Mount targets of the file system ${name}`,
    });
    this.mountTargets = props.subnetIds.map(
      (subnetId, index) =>
        new EfsMountTarget(this, `mount-target-${index + 1}`, {
          fileSystemId: fileSystem.id,
          subnetId,
          securityGroups: [this.securityGroup.securityGroupId],
          // Never to be mounted while EFS's own policy is in force, which lets everybody in.
          dependsOn: [policy],
        }),
    );
  }

  /** Lets machines of a security group reach the mount targets. */
  allowFrom(peer: SecurityGroup): void {
    this.securityGroup.allowFrom(peer, NFS_PORT, "NFS, inside TLS");
  }

  /** Lets a role mount the access point and write to it; not as root, and nothing outside its directory. */
  grantMount(role: ServiceRole): void {
    role.grant({
      actions: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      resources: [this.arn],
      conditions: { StringEquals: { "elasticfilesystem:AccessPointArn": this.accessPointArn } },
      uncalled: "The EFS mount helper presents the machine's role when it connects; no API is called.",
    });
  }

  metric(name: FileSystemMetric, statistic: Metric["statistic"]): Metric {
    return { namespace: "AWS/EFS", name, statistic, dimensions: { FileSystemId: this.fileSystemId } };
  }
}

/**
 * All that a policy has to say: with any policy, anonymous clients have no access, because EFS's default one is gone,
 * and IAM alone allows. It speaks of clients only, so that nobody is locked out of changing it. Mounting without an
 * access point is not denied: AWS Backup restores into a directory beside the access point's, and whoever moves the
 * files back has to mount the root, with a role that allows it.
 */
function tlsOnly(arn: string) {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"],
    Resource: arn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

function checkFileSystemProps(fileSystem: FileSystem, props: FileSystemProps): void {
  const { subnetIds, path, permissions = DEFAULT_PERMISSIONS } = props;
  checkProps(fileSystem, [
    {
      prop: "subnetIds",
      holds: subnetIds.length > 0 && new Set(subnetIds).size === subnetIds.length,
      allowed: "at least one subnet, each named once",
      given: subnetIds,
      mend: "give one subnet of every zone that machines run in",
    },
    ...(["uid", "gid"] as const).map((prop) => ({
      prop,
      holds: isWhole(props[prop], 1, MAX_ID),
      allowed: `a whole number from 1 to ${MAX_ID}`,
      given: props[prop],
      mend: "take that of the service that writes the files, which is not root",
    })),
    {
      prop: "path",
      holds: PATH.test(path),
      allowed: "a directory below /, one to four levels deep, of at most 100 characters",
      given: path,
      mend: "name it after what it holds, such as /data",
    },
    {
      prop: "permissions",
      holds: PERMISSIONS.test(permissions),
      allowed: "three or four octal digits",
      given: permissions,
      mend: `leave it out for "${DEFAULT_PERMISSIONS}"`,
    },
  ]);
}
