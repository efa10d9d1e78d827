import { join } from "node:path";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ClientConfig, Deployment, StandIns } from "../../shared/testing/scenario";
import { DeployedFunction } from "./deployed-function";
import { ApiGatewayStandIn } from "./stand-ins/api-gateway";
import { ApplicationAutoScalingStandIn } from "./stand-ins/application-auto-scaling";
import { publishStreamMetrics } from "./stand-ins/kinesis-metrics";
import { runSchedule } from "./stand-ins/scheduler";

export interface LocalDeploymentOptions {
  readonly stackName: string;
  readonly outputs: Record<string, unknown>;
  readonly url: string;
  readonly region: string;
  /** Folder of the synthesized stacks. */
  readonly output: string;
  readonly temporary: string;
  /** Node.js of Lambda's version. */
  readonly node: string;
  readonly say: (line: string) => void;
  /** What a plan would change now; undefined when nothing. */
  readonly pendingChanges: () => Promise<string | undefined>;
}

/** A deployed stack, its functions started when they are first used. */
export class LocalDeployment implements Deployment {
  readonly stackName: string;
  readonly outputs: Record<string, unknown>;
  readonly clientConfig: ClientConfig;
  readonly standIns: StandIns;
  readonly #functions = new Map<string, Promise<DeployedFunction>>();

  constructor(private readonly options: LocalDeploymentOptions) {
    this.stackName = options.stackName;
    this.outputs = options.outputs;
    this.clientConfig = {
      endpoint: options.url,
      region: options.region,
      credentials: { accessKeyId: "scenario", secretAccessKey: "local" },
      requestHandler: new NodeHttpHandler(),
    };
    const functionNamed = (name: string) => this.deployedFunction(name);
    const api = new ApiGatewayStandIn(this.clientConfig, functionNamed);
    const scaling = new ApplicationAutoScalingStandIn(this.clientConfig, api);
    const actingAs = this.#saysOnce();
    this.standIns = {
      runSchedule: (name, time) => {
        actingAs("EventBridge Scheduler: schedules do not run by themselves here");
        return runSchedule(this.clientConfig, functionNamed, name, time);
      },
      publishStreamMetrics: (name, minute, written) => {
        actingAs("Kinesis' metrics: what was put on the stream is published to AWS/Kinesis");
        return publishStreamMetrics(this.clientConfig, name, minute, written);
      },
      slowLaunches: async (groupName, slow) => {
        actingAs("EC2: machines that take time to boot wait for their group's launch hook");
        const { status } = await fetch(`${options.url}/local-aws/waiting-launches/${groupName}`, {
          method: slow ? "PUT" : "DELETE",
        });
        if (status !== 204) throw new Error(`There is no group ${groupName}`);
      },
      trackTarget: (dimensionId, time) => {
        actingAs(
          "Application Auto Scaling and API Gateway: the deployed policy is evaluated, and the deployed API's routes are followed",
        );
        return scaling.trackTarget(dimensionId, time);
      },
    };
  }

  /** The reader learns who acts for AWS when it happens first. */
  #saysOnce(): (whom: string) => void {
    const said = new Set<string>();
    return (whom) => {
      if (!said.has(whom)) this.say(`(A stand-in acts for ${whom}.)`);
      said.add(whom);
    };
  }

  say(line: string): void {
    this.options.say(line);
  }

  async expectEmptyPlan(): Promise<void> {
    const changes = await this.options.pendingChanges();
    if (changes !== undefined) throw new Error(`${this.stackName}: the plan is not empty:\n${changes}`);
  }

  deployedFunction(functionName: string): Promise<DeployedFunction> {
    const { output, node, temporary } = this.options;
    const known =
      this.#functions.get(functionName) ??
      DeployedFunction.load({
        functionName,
        clientConfig: this.clientConfig,
        output,
        node,
        temporary: join(temporary, "functions"),
      });
    this.#functions.set(functionName, known);
    return known;
  }

  /** The functions that were used, to be looked at afterwards. */
  async usedFunctions(): Promise<DeployedFunction[]> {
    return Promise.all(this.#functions.values());
  }

  async close(): Promise<void> {
    for (const one of await Promise.allSettled(this.#functions.values())) {
      if (one.status === "fulfilled") one.value.close();
    }
  }
}
