import { LaunchTemplate as AwsLaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Fn, Lazy, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { SecurityGroup } from "../network/security-group";
import type { InstanceRole } from "./instance-role";
import { canBeEbsOptimized } from "./instance-type";
import { MachineImage, ROOT_DEVICE } from "./machine-image";
import { creditSpecificationOf, DEFAULT_ROOT_VOLUME_GIB, METADATA_OPTIONS } from "./machine-settings";
import { machineTags } from "./machine-tags";
import type { UserData } from "./user-data";

export interface LaunchTemplateProps {
  /** Such as t4g.small. Its architecture decides the image. */
  readonly instanceType: string;
  /** @default - Amazon Linux 2023 as it is at the launch */
  readonly image?: MachineImage;
  /** What the machine does at its first boot. It may be added to after this. */
  readonly userData: UserData;
  readonly role: InstanceRole;
  /** At least one, at most five. */
  readonly securityGroups: readonly SecurityGroup[];
  /** Size of the root disk, 8..16384. @default 20 */
  readonly rootVolumeGiB?: number;
  /** Whether EC2's metrics come every minute, which costs, and not every five. @default false */
  readonly detailedMonitoring?: boolean;
  /** Whether machines get a public address. For public subnets without a way out of their own. @default false */
  readonly publicAddress?: boolean;
  /**
   * Whether the EC2 API refuses to terminate machines (termination protection), which keeps people and programs from it. It
   * does not keep an Auto Scaling group from it: that is what scale-in protection is for. @default false
   */
  readonly terminationProtection?: boolean;
}

/**
 * How machines of an Auto Scaling group are made: Amazon Linux 2023, IMDSv2 only, an encrypted root disk, tags on all that
 * comes with it. A change makes a new version.
 */
export class LaunchTemplate extends Construct {
  readonly launchTemplateId: string;
  /** The newest version, known to Terraform: whoever uses it sees each change. */
  readonly latestVersion: string;
  readonly detailedMonitoring: boolean;

  constructor(scope: Construct, id: string, props: LaunchTemplateProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const name = stack.nameOf("launchTemplate", this);
    const tags = machineTags(stack, name);
    const { instanceType } = props;
    this.detailedMonitoring = props.detailedMonitoring ?? false;

    // A local value, because cdktf does not escape a text for a function's argument.
    const userData = new TerraformLocal(
      this,
      "user-data",
      Lazy.stringValue({ produce: () => props.userData.render() }),
    );

    const template = new AwsLaunchTemplate(this, "template", {
      name,
      updateDefaultVersion: true,
      imageId: (props.image ?? MachineImage.amazonLinux2023()).atLaunch(this, instanceType),
      instanceType,
      disableApiTermination: props.terminationProtection,
      userData: Fn.base64encode(userData.asString),
      iamInstanceProfile: { arn: props.role.profileArn },
      // The addresses' setting only exists here, and then security groups belong here as well.
      networkInterfaces: [
        {
          deviceIndex: 0,
          associatePublicIpAddress: String(props.publicAddress ?? false),
          deleteOnTermination: "true",
          securityGroups: props.securityGroups.map((group) => group.securityGroupId),
        },
      ],
      metadataOptions: METADATA_OPTIONS,
      blockDeviceMappings: [
        {
          deviceName: ROOT_DEVICE,
          ebs: {
            volumeType: "gp3",
            volumeSize: props.rootVolumeGiB ?? DEFAULT_ROOT_VOLUME_GIB,
            // With the account's default key. A key of one's own would first have to be granted to Auto Scaling's
            // service-linked role, or each launch fails.
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      ebsOptimized: canBeEbsOptimized(instanceType) ? "true" : undefined,
      creditSpecification: creditSpecificationOf(instanceType),
      monitoring: { enabled: this.detailedMonitoring },
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
    });
    this.launchTemplateId = template.id;
    this.latestVersion = template.getStringAttribute("latest_version");
    if (props.publicAddress) {
      stack.exceptFromBaseline({
        rule: "23",
        resource: `aws_launch_template.${template.friendlyUniqueId}`,
        reason:
          "Machines have public addresses, because their subnets have no other way out; security groups say who gets in.",
      });
    }
  }
}
