import { DescribeInstanceAttributeCommand, type EC2Client, ModifyInstanceAttributeCommand } from "@aws-sdk/client-ec2";
import { Pace } from "./pace";

export interface TerminationProtectionPaces {
  /** Of calls that read. */
  readonly reads: Pace;
  /** Of calls that change something. */
  readonly changes: Pace;
}

/**
 * EC2's termination protection (DisableApiTermination): one server a call, EC2 takes no more. Of an account's calls EC2 lets
 * 20 that read and 5 that change something through in a second, once the bucket is empty; the rest is left to others:
 * docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export class TerminationProtection {
  constructor(
    private readonly ec2: EC2Client,
    private readonly paces: TerminationProtectionPaces = { reads: new Pace(10), changes: new Pace(4) },
  ) {}

  /** @throws Error of EC2, or when the signal ends it. */
  async isOn(instanceId: string, signal: AbortSignal): Promise<boolean> {
    const command = new DescribeInstanceAttributeCommand({
      InstanceId: instanceId,
      Attribute: "disableApiTermination",
    });
    await this.paces.reads.turn(signal);
    const { DisableApiTermination } = await this.ec2.send(command, { abortSignal: signal });
    return DisableApiTermination?.Value === true;
  }

  /** @throws Error of EC2, or when the signal ends it. */
  async set(instanceId: string, on: boolean, signal: AbortSignal): Promise<void> {
    const command = new ModifyInstanceAttributeCommand({
      InstanceId: instanceId,
      DisableApiTermination: { Value: on },
    });
    await this.paces.changes.turn(signal);
    await this.ec2.send(command, { abortSignal: signal });
  }
}
