import { AllocateAddressCommand, EC2Client, ReleaseAddressCommand } from "@aws-sdk/client-ec2";
import { type Deployment, expect } from "../../../shared/testing/scenario";

/** Somebody forgets an address, and it is counted. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const ec2 = new EC2Client(deployment.clientConfig);
  const count = async () => {
    const result = await deployment.standIns.runSchedule(deployment.outputs.schedule as string, new Date());
    return (result as { idle: number }).idle;
  };
  const atFirst = await count();
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const afterwards = await count();
  deployment.say(`An address was allocated and left alone: ${atFirst} idle -> ${afterwards} idle.`);
  expect(afterwards === atFirst + 1, `one more should have been counted than ${atFirst}, not ${afterwards}`);
  await ec2.send(new ReleaseAddressCommand({ AllocationId }));
}
