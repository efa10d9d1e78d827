import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";
import { architectureOf } from "./instance-type";

/** Where Amazon Linux has its root disk, on either architecture. */
export const ROOT_DEVICE = "/dev/xvda";

/**
 * The newest Amazon Linux 2023, by the public parameter that AWS keeps up to date in every Region: no list of image ids
 * that ages.
 */
export class MachineImage {
  private constructor(
    /** Name of the public SSM parameter that holds the image's id. */
    readonly parameterName: string,
  ) {}

  /** Amazon Linux 2023 with the kernel that it comes with by default, for the architecture of an instance type. */
  static amazonLinux2023(instanceType: string): MachineImage {
    return new MachineImage(
      `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architectureOf(instanceType)}`,
    );
  }

  /**
   * For a launch template: EC2 looks the id up at each launch, so that a new release of the image is no change in a plan.
   * An Auto Scaling group accepts it, but not together with a warm pool, nor an instance refresh with a desired
   * configuration (which roll-back needs) or with skip matching:
   * docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
   */
  get resolvedAtLaunch(): string {
    return `resolve:ssm:${this.parameterName}`;
  }

  /** For a single instance: the id at the time of the plan. `insecureValue`, because a public id is worth reading. */
  idFor(scope: Construct, id: string): string {
    return new DataAwsSsmParameter(scope, id, { name: this.parameterName }).insecureValue;
  }
}
