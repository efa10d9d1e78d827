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
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Boot } from "../../../shared/testing/boot";
import type { Deployment } from "../../../shared/testing/scenario";
import type { PublisherConfig } from "../runtime/publisher/configuration";
import type { GroupSizes } from "../runtime/weekend/configuration";
import { Programs } from "./programs";

const MANY = 120;
/** As many as a laptop opens in a second; a higher threshold is lowered to it for the show. */
const MOST_CLIENTS = 500;

/** Servers fill up and the group grows; on Saturday it shrinks, on Monday it is as before. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const orders = await Group.of("orders", deployment);
  const serverIds = await orders.servers();
  if (serverIds.length > 0) {
    const boot = await Boot.of(new EC2Client(deployment.clientConfig), serverIds[0] as string);
    deployment.say(
      `${orders.name} has ${serverIds.length} servers, protected from scale-in. Each gets ${boot.checkScripts()} scripts that bash reads, in ${boot.bytes} of 16,384 bytes of user data.`,
    );
    await growWithConnections(orders, serverIds, boot, deployment);
  }
  await passWeekend(orders, deployment);
  await shrinkMany(orders, deployment);
}

/** The deployed programs, with real connections: each server that is full asks for one more, once. */
async function growWithConnections(
  orders: Group,
  serverIds: readonly string[],
  boot: Boot,
  deployment: Deployment,
): Promise<void> {
  const config = JSON.parse(boot.file("/etc/tcp-server/publisher.json"));
  if (config.policyName === null) return;
  if (spawnSync("ss", ["-V"]).status !== 0) {
    deployment.say("This machine has no ss (Linux' iproute2): the publisher, which counts with it, is not shown.");
    return;
  }
  const room = orders.sizes.week.max - (await orders.desired());
  if (room < 1) {
    deployment.say("The group begins at its largest: it has no room to grow.");
    return;
  }
  const [one = "", two] = serverIds;
  const threshold = Math.min(config.threshold, MOST_CLIENTS);
  const programs = await Programs.of(boot, deployment.clientConfig, threshold);
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
    if (two && room > 1) {
      await programs.publish(two, port);
      await orders.expectDesired(before + 2, `${two} is full, too`);
      deployment.say(`${one} did not ask again; ${two}, which has as many, did: ${before + 1} -> ${before + 2}.`);
    }
    await clients.leave();
    const largest = await maximumOf(config, deployment);
    if (largest !== threshold) throw new Error(`${threshold} connections were open, and ${largest} published`);
    deployment.say("All orders were acknowledged, and the connections published as they were.");
  } finally {
    await programs.close();
  }
  await deployment.expectEmptyPlan();
  deployment.say("A plan at this moment is empty: Terraform leaves the size to the servers.");
}

/** The weekend function, against the groups that are deployed. */
async function passWeekend(orders: Group, deployment: Deployment): Promise<void> {
  const { weekend, week } = orders.sizes;
  const before = await orders.servers();
  await orders.runWeekendFunction("weekend");
  const stayed = await orders.servers();
  await orders.expectSizes(weekend);
  deployment.say(
    `Saturday: of ${before.length} servers ${stayed.join() || "none"} stays, and is protected; the others are gone.`,
  );
  await orders.runWeekendFunction("weekend");
  if ((await orders.servers()).join() !== stayed.join()) throw new Error("the second run changed something");
  await deployment.expectEmptyPlan();
  deployment.say("A second run changes nothing, and a plan at this moment is empty.");
  const restored = { ...week, desired: Math.min(Math.max(weekend.desired, week.desired), week.max) };
  for (let time = 1; time <= 2; time++) {
    await orders.runWeekendFunction("week");
    await orders.expectSizes(restored);
  }
  deployment.say(`Monday: ${(await orders.servers()).length} servers, all protected.`);
}

/** A group that is larger than a call takes, with a server that is still starting. */
async function shrinkMany(orders: Group, deployment: Deployment): Promise<void> {
  const { weekend } = orders.sizes;
  await orders.setSize(MANY - 1);
  await deployment.standIns.slowLaunches(orders.name, true);
  await orders.setSize(MANY);
  const run = orders.runWeekendFunction("weekend");
  // The run goes on until this one has come into service, and is dealt with.
  await orders.completeLaunch(await orders.starting());
  await deployment.standIns.slowLaunches(orders.name, false);
  await run;
  await orders.expectSizes(weekend);
  const { length } = await orders.servers();
  if (length !== weekend.desired) throw new Error(`${length} servers are left, and not ${weekend.desired}`);
  deployment.say(`A group of ${MANY}, one of them still starting, shrinks to ${length} all the same.`);
}

/** An Auto Scaling group that is looked at. */
class Group {
  readonly #autoScaling: AutoScalingClient;

  private constructor(
    readonly name: string,
    /** As the weekend function has them. */
    readonly sizes: GroupSizes,
    private readonly deployment: Deployment,
  ) {
    this.#autoScaling = new AutoScalingClient(deployment.clientConfig);
  }

  static async of(tier: string, deployment: Deployment): Promise<Group> {
    const { group_names, weekend_function } = deployment.outputs as {
      readonly group_names: Readonly<Record<string, string>>;
      readonly weekend_function: string;
    };
    const { Environment } = await new LambdaClient(deployment.clientConfig).send(
      new GetFunctionConfigurationCommand({ FunctionName: weekend_function }),
    );
    const all = JSON.parse(Environment?.Variables?.GROUPS ?? "[]") as GroupSizes[];
    const name = group_names[tier] as string;
    const sizes = all.find(({ groupName }) => groupName === name);
    if (!sizes) throw new Error(`the weekend function does not know ${name}`);
    return new Group(name, sizes, deployment);
  }

  /** As EventBridge Scheduler does, for all groups. */
  async runWeekendFunction(period: "weekend" | "week"): Promise<void> {
    const schedules = this.deployment.outputs.weekend_schedules as Readonly<Record<string, string>>;
    await this.deployment.standIns.runSchedule(schedules[period] as string, new Date());
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
  config: Pick<PublisherConfig, "namespace" | "metricName" | "dimensionName" | "dimensionValue">,
  { clientConfig }: Deployment,
): Promise<number> {
  const hour = 3_600_000;
  const { Datapoints = [] } = await new CloudWatchClient(clientConfig).send(
    new GetMetricStatisticsCommand({
      Namespace: config.namespace,
      MetricName: config.metricName,
      Dimensions: [{ Name: config.dimensionName, Value: config.dimensionValue }],
      StartTime: new Date(Date.now() - hour),
      EndTime: new Date(Date.now() + hour),
      Period: 60,
      Statistics: ["Maximum"],
    }),
  );
  return Math.max(...Datapoints.map(({ Maximum = 0 }) => Maximum));
}
