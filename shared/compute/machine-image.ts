import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";
import { checkProps, isWhole } from "../blueprint/checked-props";
import { architectureOf } from "./instance-type";

/** Where Amazon Linux has its root disk, on either architecture. */
export const ROOT_DEVICE = "/dev/xvda";

export interface NamedImageProps {
  /** Its name, 3..128 characters, in which `*` and `?` stand for any: of several images the newest is taken. */
  readonly name: string;
  /**
   * Whose it is: an account's 12 digits, `self`, or `amazon`. Anybody can publish an image under any name, and the newest
   * of all would be taken.
   */
  readonly owner: string;
}

/** Its characters, and the two that stand for any. */
export const IMAGE_NAME = /^[A-Za-z0-9()[\] ./'@_*?-]+$/;
export const IMAGE_OWNER = /^(\d{12}|self|amazon)$/;

/** What a machine's disk holds when it first boots: Amazon Linux 2023, or an image that is based on it. */
export abstract class MachineImage {
  /**
   * The newest Amazon Linux 2023 with the kernel that it comes with by default, by the public parameter that AWS keeps up
   * to date in every Region: no list of image ids that ages.
   */
  static amazonLinux2023(): MachineImage {
    return new AmazonLinux2023();
  }

  /** An image of one's own, based on Amazon Linux 2023: the newest of a name and an owner, looked up at each plan. */
  static named(props: NamedImageProps): MachineImage {
    return new NamedImage(props);
  }

  /** For a launch template: the id, or what EC2 finds it by at each launch. */
  abstract atLaunch(scope: Construct, instanceType: string): string;

  /** For a single instance: the id at the time of the plan. */
  abstract idFor(scope: Construct, instanceType: string): string;
}

class AmazonLinux2023 extends MachineImage {
  /**
   * A new release of the image is no change in a plan. An Auto Scaling group accepts it, but not together with a warm
   * pool, nor an instance refresh with a desired configuration (which roll-back needs) or with skip matching:
   * docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
   */
  atLaunch(_scope: Construct, instanceType: string): string {
    return `resolve:ssm:${parameterFor(instanceType)}`;
  }

  /** `insecureValue`, because a public id is worth reading. */
  idFor(scope: Construct, instanceType: string): string {
    return new DataAwsSsmParameter(scope, "image", { name: parameterFor(instanceType) }).insecureValue;
  }
}

class NamedImage extends MachineImage {
  constructor(private readonly props: NamedImageProps) {
    super();
  }

  /** A newer image is a new version of the launch template. */
  atLaunch(scope: Construct, instanceType: string): string {
    return this.idFor(scope, instanceType);
  }

  /** @throws BlueprintMistakes on what is no image's name or owner */
  idFor(scope: Construct, instanceType: string): string {
    const { name, owner } = this.props;
    checkProps(scope, [
      {
        prop: "image.name",
        holds: IMAGE_NAME.test(name) && isWhole(name.length, 3, 128),
        allowed: "the name of a machine image, 3..128 characters",
        given: name,
        mend: "take it from `aws ec2 describe-images --owners self`",
      },
      {
        prop: "image.owner",
        holds: IMAGE_OWNER.test(owner),
        allowed: "an account's 12 digits, self or amazon",
        given: owner,
        mend: "without it, anybody's image of that name would do",
      },
    ]);
    return new DataAwsAmi(scope, "image", {
      mostRecent: true,
      owners: [owner],
      filter: [
        { name: "name", values: [name] },
        { name: "architecture", values: [architectureOf(instanceType)] },
        { name: "state", values: ["available"] },
      ],
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.root_device_name == "${ROOT_DEVICE}"}`,
            // Otherwise the encrypted disk that is asked for would be a second one, beside a root disk in the clear.
            errorMessage: `The image "${name}" has its root disk at another name than ${ROOT_DEVICE}: base it on Amazon Linux 2023.`,
          },
        ],
      },
    }).id;
  }
}

/** Name of the public SSM parameter that holds the image's id. */
function parameterFor(instanceType: string): string {
  return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architectureOf(instanceType)}`;
}
