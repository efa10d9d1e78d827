import { spawnSync } from "node:child_process";
import {
  AutoScalingClient,
  type AutoScalingGroup,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { Boot } from "../../shared/testing/boot";
import type { Deployment } from "../../shared/testing/scenario";
import { Programs } from "./scenario-programs";

const MANY = 120;

/** Servers fill up and the group grows; on Saturday it shrinks, on Monday it is as before. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const orders = new Group((deployment.outputs.group_names as Record<string, string>).orders as string, deployment);
  const serverIds = await orders.servers();
  const first = serverIds[0] as string;
  const boot = await Boot.of(new EC2Client(deployment.clientConfig), first);
  const scripts = boot.checkScripts();
  deployment.say(
    `${orders.name} has ${serverIds.length} servers, protected from scale-in. Each gets ${scripts} scripts that bash reads, in ${boot.bytes} of 16,384 bytes of user data.`,
  );
  await growWithConnections(orders, boot, deployment);
  await deployment.expectEmptyPlan();
  deployment.say("A plan at this moment is empty: Terraform leaves the size to the servers.");
  await passWeekend(orders, deployment);
  await shrinkMany(orders, deployment);
}

/** The deployed programs, with real connections: each server that is full asks for one more, once. */
async function growWithConnections(orders: Group, boot: Boot, deployment: Deployment): Promise<void> {
  if (spawnSync("ss", ["-V"]).status !== 0) {
    deployment.say("This machine has no ss (Linux' iproute2): the publisher, which counts with it, is not shown.");
    return;
  }
  const { threshold, namespace } = JSON.parse(boot.file("/etc/tcp-server/publisher.json"));
  const [one = "", two = ""] = await orders.servers();
  const programs = await Programs.of(boot, deployment.clientConfig);
  try {
    const port = await programs.startServers();
    const before = await orders.desired();
    await programs.publish(one, port);
    await orders.expectDesired(before, "nobody is connected");
    const clients = await programs.startClients(port, threshold);
    await programs.publish(one, port);
    await orders.expectDesired(before + 1, `${one} is full`);
    deployment.say(`${threshold} clients are connected: ${one} asked for one more server, ${before} -> ${before + 1}.`);
    await programs.publish(one, port);
    await orders.expectDesired(before + 1, `${one} is still full`);
    await programs.publish(two, port);
    await orders.expectDesired(before + 2, `${two} is full, too`);
    deployment.say(`${one} did not ask again; ${two}, which has as many, did: ${before + 1} -> ${before + 2}.`);
    await clients.leave();
    const largest = await maximumOf(namespace, "TcpConnectionNumberOnPort", orders.name, deployment);
    if (largest !== threshold) throw new Error(`${threshold} connections were open, and ${largest} published`);
    deployment.say("All orders were acknowledged, and the connections published as they were.");
  } finally {
    await programs.close();
  }
}

/** The weekend function, against the groups that are deployed. */
async function passWeekend(orders: Group, deployment: Deployment): Promise<void> {
  const schedules = deployment.outputs.weekend_schedules as { readonly weekend: string; readonly week: string };
  const run = (name: string) => deployment.standIns.runSchedule(name, new Date());
  const before = await orders.servers();
  await run(schedules.weekend);
  const stayed = await orders.servers();
  await orders.expectSizes({ min: 1, desired: 1, max: 1 });
  deployment.say(
    `Saturday: of ${before.length} servers ${stayed.join()} stays, and is protected; the others are gone.`,
  );
  await run(schedules.weekend);
  if ((await orders.servers()).join() !== stayed.join()) throw new Error("the second run changed something");
  await deployment.expectEmptyPlan();
  deployment.say("A second run changes nothing, and a plan at this moment is empty.");
  await run(schedules.week);
  await orders.expectSizes({ min: 1, desired: 2, max: 5 });
  await run(schedules.week);
  await orders.expectSizes({ min: 1, desired: 2, max: 5 });
  deployment.say(`Monday: ${(await orders.servers()).length} servers, all protected.`);
}

/** A group that is larger than a call takes, with servers that are still starting. */
async function shrinkMany(orders: Group, deployment: Deployment): Promise<void> {
  const { weekend } = deployment.outputs.weekend_schedules as { readonly weekend: string };
  await orders.setSize(MANY - 1);
  await deployment.standIns.slowLaunches(orders.name, true);
  await orders.setSize(MANY);
  const run = deployment.standIns.runSchedule(weekend, new Date());
  const starting = await orders.starting();
  // The run goes on until this one has come into service, and is dealt with.
  await orders.completeLaunch(starting);
  await deployment.standIns.slowLaunches(orders.name, false);
  await run;
  await orders.expectSizes({ min: 1, desired: 1, max: 1 });
  const { length } = await orders.servers();
  if (length !== 1) throw new Error(`${length} servers are left, and not one`);
  deployment.say(`A group of ${MANY}, one of them still starting, shrinks to one server all the same.`);
}

/** An Auto Scaling group that is looked at. */
class Group {
  readonly #autoScaling: AutoScalingClient;

  constructor(
    readonly name: string,
    { clientConfig }: Deployment,
  ) {
    this.#autoScaling = new AutoScalingClient(clientConfig);
  }

  /** Ids of the servers in service. @throws Error when one is not protected from scale-in */
  async servers(): Promise<string[]> {
    const { Instances = [] } = await this.#describe();
    const inService = Instances.filter(({ LifecycleState }) => LifecycleState === "InService");
    const bare = inService.filter(({ ProtectedFromScaleIn }) => !ProtectedFromScaleIn);
    if (bare.length > 0) throw new Error(`${bare.map((one) => one.InstanceId)} are not protected from scale-in`);
    return inService.map(({ InstanceId = "" }) => InstanceId);
  }

  async desired(): Promise<number> {
    return (await this.#describe()).DesiredCapacity ?? 0;
  }

  async expectDesired(expected: number, because: string): Promise<void> {
    const desired = await this.desired();
    if (desired !== expected)
      throw new Error(`${because}: ${this.name} should have ${expected}, not ${desired} servers`);
  }

  async expectSizes(sizes: { readonly min: number; readonly desired: number; readonly max: number }): Promise<void> {
    const { MinSize: min, DesiredCapacity: desired, MaxSize: max } = await this.#describe();
    const [actual, expected] = [JSON.stringify({ min, desired, max }), JSON.stringify(sizes)];
    if (actual !== expected) throw new Error(`${this.name} should have the sizes ${expected}, and has ${actual}`);
  }

  async setSize(size: number): Promise<void> {
    await this.#autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: this.name, MaxSize: size, DesiredCapacity: size }),
    );
  }

  /** The server that waits for its launch to be completed. */
  async starting(): Promise<string> {
    const { Instances = [] } = await this.#describe();
    const waiting = Instances.filter(({ LifecycleState }) => LifecycleState === "Pending:Wait");
    if (waiting.length !== 1) throw new Error(`${waiting.length} servers are starting, and not one`);
    return waiting[0]?.InstanceId ?? "";
  }

  /** As runtime/server/ready.sh does. */
  async completeLaunch(InstanceId: string): Promise<void> {
    await this.#autoScaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: this.name,
        LifecycleHookName: this.name,
        InstanceId,
        LifecycleActionResult: "CONTINUE",
      }),
    );
  }

  async #describe(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups = [] } = await this.#autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.name] }),
    );
    if (!AutoScalingGroups[0]) throw new Error(`there is no group ${this.name}`);
    return AutoScalingGroups[0];
  }
}

async function maximumOf(
  Namespace: string,
  MetricName: string,
  group: string,
  { clientConfig }: Deployment,
): Promise<number> {
  const hour = 3_600_000;
  const { Datapoints = [] } = await new CloudWatchClient(clientConfig).send(
    new GetMetricStatisticsCommand({
      Namespace,
      MetricName,
      Dimensions: [{ Name: "AutoScalingGroupName", Value: group }],
      StartTime: new Date(Date.now() - hour),
      EndTime: new Date(Date.now() + hour),
      Period: 60,
      Statistics: ["Maximum"],
    }),
  );
  return Math.max(...Datapoints.map(({ Maximum = 0 }) => Maximum));
}
