import { isDeepStrictEqual } from "node:util";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  EC2Client,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { Boot } from "../../../shared/testing/boot";
import type { Deployment } from "../../../shared/testing/scenario";

/** The machine gets its boot as it was written, and one that dies is followed by another, which takes the address over. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const { outputs } = deployment;
  const ec2 = new EC2Client(deployment.clientConfig);
  const group = outputs.group_name as string | undefined;
  const first = group ? await machineOf(group, deployment) : (outputs.instance_id as string);
  await checkBoot(first, ec2, deployment);
  if (!group) {
    const { instanceId, volumes } = await machineWithAddress(ec2, outputs.address as string);
    if (instanceId !== first || !volumes.includes(outputs.volume_id as string)) {
      throw new Error(`${first} has not the address and the volume: ${outputs.address} is at ${instanceId}`);
    }
    deployment.say(`${first} has the address ${outputs.address} and the volume ${outputs.volume_id}.`);
    return;
  }

  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [first] }));
  const second = await machineOf(group, deployment);
  if (second === first) throw new Error(`${first} was terminated, and ${group} made no other`);
  deployment.say(`${first} was terminated: the group made ${second}.`);
  if (outputs.address) {
    await takeOver(ec2, outputs.address as string, second);
    deployment.say(`${second} took the address ${outputs.address} over, by the call of its boot script.`);
    await deployment.expectEmptyPlan();
    deployment.say("A plan at this moment is empty: Terraform leaves the address where it is.");
  }
}

async function machineOf(group: string, { clientConfig }: Deployment): Promise<string> {
  const { AutoScalingGroups = [] } = await new AutoScalingClient(clientConfig).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  const inService = (AutoScalingGroups[0]?.Instances ?? []).filter((one) => one.LifecycleState === "InService");
  if (inService.length !== 1) throw new Error(`${group} has ${inService.length} machines in service, and not one`);
  return inService[0]?.InstanceId as string;
}

/** The user data that EC2 has: scripts that bash can read, and settings that name what was deployed. */
async function checkBoot(instanceId: string, ec2: EC2Client, deployment: Deployment): Promise<void> {
  const { outputs } = deployment;
  const boot = await Boot.of(ec2, instanceId);
  const scripts = boot.checkScripts();
  const names = ["FILE_SYSTEM_ID", "VOLUME_ID", "JENKINS_URL", "ADDRESS"];
  const settings = boot.settings("/etc/ha-jenkins/settings", names);
  const address = outputs.group_name ? outputs.address : undefined;
  const expected = [outputs.file_system_id, outputs.volume_id, outputs.url, address].map((value) => value ?? "");
  if (!isDeepStrictEqual(settings, expected)) {
    throw new Error(`the machine's ${names} are ${settings}, and not ${expected}`);
  }
  deployment.say(
    `${instanceId} gets ${scripts} scripts that bash reads, in ${boot.bytes} of 16,384 bytes of user data.`,
  );
}

async function machineWithAddress(
  ec2: EC2Client,
  publicIp: string,
): Promise<{ instanceId: string; allocationId: string; volumes: string[] }> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ PublicIps: [publicIp] }));
  const { InstanceId: instanceId = "", AllocationId: allocationId = "" } = Addresses[0] ?? {};
  if (!instanceId) return { instanceId, allocationId, volumes: [] };
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const devices = Reservations[0]?.Instances?.[0]?.BlockDeviceMappings ?? [];
  return { instanceId, allocationId, volumes: devices.map(({ Ebs }) => Ebs?.VolumeId ?? "") };
}

/** As runtime/prepare.sh does. */
async function takeOver(ec2: EC2Client, publicIp: string, InstanceId: string): Promise<void> {
  const { allocationId: AllocationId } = await machineWithAddress(ec2, publicIp);
  await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId, AllowReassociation: true }));
  const { instanceId } = await machineWithAddress(ec2, publicIp);
  if (instanceId !== InstanceId) throw new Error(`${publicIp} is at ${instanceId}, and not at ${InstanceId}`);
}
