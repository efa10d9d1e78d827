import { Instance as AwsInstance } from "@cdktf/provider-aws/lib/instance";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { Metric } from "../monitoring/metric";
import type { SecurityGroup } from "../network/security-group";
import type { InstanceRole } from "./instance-role";
import { canBeEbsOptimized } from "./instance-type";
import { MachineImage } from "./machine-image";
import { type MachineMetric, machineMetric } from "./machine-metrics";
import { creditSpecificationOf, DEFAULT_ROOT_VOLUME_GIB, METADATA_OPTIONS } from "./machine-settings";
import type { UserData } from "./user-data";

export interface InstanceProps {
  /** Such as t4g.small. A change restarts the machine; one of architecture replaces it. */
  readonly instanceType: string;
  /** What the machine does at its first boot. It may be added to after this. A change replaces the machine. */
  readonly userData: UserData;
  readonly role: InstanceRole;
  readonly subnetId: string;
  /** At least one, at most five. */
  readonly securityGroups: readonly SecurityGroup[];
  /** Size of the root disk, 8..16384. @default 20 */
  readonly rootVolumeGiB?: number;
  /** Whether EC2's metrics come every minute, which costs, and not every five. @default false */
  readonly detailedMonitoring?: boolean;
  /** What has to exist before the machine: routes, mount targets. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** The names that AWS recommends for data volumes. */
export type DeviceName = `/dev/sd${"f" | "g" | "h" | "i" | "j" | "k" | "l" | "m" | "n" | "o" | "p"}`;

/**
 * One machine: Amazon Linux 2023, IMDSv2 only, an encrypted root disk, no public address. It can be replaced at any time,
 * so that its own disk holds nothing that counts; hence no termination protection, which would only stand in the way of
 * updates. What counts is on a volume or file system of its own.
 */
export class Instance extends Construct {
  readonly instanceId: string;
  readonly arn: string;
  readonly instanceType: string;
  /** The address in its subnet. */
  readonly privateIp: string;
  /** The machine itself, to depend on. */
  readonly instance: AwsInstance;
  readonly #detailedMonitoring: boolean;

  constructor(scope: Construct, id: string, props: InstanceProps) {
    super(scope, id);
    const name = BlueprintStack.of(this).nameOf("nameTag", this);
    const { instanceType } = props;
    this.instanceType = instanceType;
    this.#detailedMonitoring = props.detailedMonitoring ?? false;

    this.instance = new AwsInstance(this, "instance", {
      ami: MachineImage.amazonLinux2023().idFor(this, instanceType),
      instanceType,
      userData: Lazy.stringValue({ produce: () => props.userData.render() }),
      userDataReplaceOnChange: true,
      iamInstanceProfile: props.role.profileName,
      subnetId: props.subnetId,
      vpcSecurityGroupIds: props.securityGroups.map((group) => group.securityGroupId),
      associatePublicIpAddress: false,
      metadataOptions: METADATA_OPTIONS,
      rootBlockDevice: {
        volumeType: "gp3",
        volumeSize: props.rootVolumeGiB ?? DEFAULT_ROOT_VOLUME_GIB,
        encrypted: true,
        deleteOnTermination: true,
        // Here and not in volume_tags, which would take away the tags of volumes that are attached later.
        tags: { Name: name },
      },
      ebsOptimized: canBeEbsOptimized(instanceType) ? true : undefined,
      creditSpecification: creditSpecificationOf(instanceType),
      monitoring: this.#detailedMonitoring,
      tags: { Name: name },
      dependsOn: props.dependsOn && [...props.dependsOn],
      lifecycle: {
        ignoreChanges: [
          // AWS releases an image every few weeks, and each would replace the machine in whatever plan comes next. A machine
          // that is replaced for another reason, such as another architecture, gets the newest.
          "ami",
          // The provider reads an Elastic IP back as a public address, and would replace the machine for it.
          "associate_public_ip_address",
        ],
      },
    });
    this.instanceId = this.instance.id;
    this.arn = this.instance.arn;
    this.privateIp = this.instance.privateIp;
  }

  /**
   * Attaches a volume of the machine's zone. It is there some seconds after the machine has booted, so that what uses it
   * waits for the device. A machine that is replaced is stopped first, so that the file system is clean when the volume
   * comes off; then comes the new machine, then the volume again.
   */
  attach(volume: { readonly volumeId: string }, deviceName: DeviceName): void {
    new VolumeAttachment(this, `volume-${deviceName.at(-1)}`, {
      instanceId: this.instanceId,
      volumeId: volume.volumeId,
      deviceName,
      stopInstanceBeforeDetaching: true,
    });
  }

  /** A metric of the machine in AWS/EC2. */
  metric(name: MachineMetric, statistic: Metric["statistic"] = "Average"): Metric {
    return machineMetric(name, statistic, { InstanceId: this.instanceId }, this.#detailedMonitoring);
  }
}
