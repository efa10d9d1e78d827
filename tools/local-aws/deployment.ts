import { rmSync } from "node:fs";
import { join } from "node:path";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ClientConfig, Deployment, StandIns } from "../../shared/testing/scenario";
import { DeployedFunction } from "./deployed-function";
import { ApiGatewayStandIn } from "./stand-ins/api-gateway";
import { CustomResourceScaling } from "./stand-ins/custom-resource-scaling";
import { publishStreamMetrics } from "./stand-ins/kinesis-metrics";
import { Pipelines } from "./stand-ins/pipeline";
import { publishQueueMetrics } from "./stand-ins/queue-metrics";
import { runSchedule } from "./stand-ins/scheduler";
import { ServiceScaling } from "./stand-ins/service-scaling";
import { ServiceTasks } from "./stand-ins/service-tasks";
import { publishTaskCount } from "./stand-ins/task-count";

export interface LocalDeploymentOptions {
  readonly stackName: string;
  readonly parameters: unknown;
  readonly outputs: Record<string, unknown>;
  readonly url: string;
  readonly region: string;
  /** Folder of the synthesized stacks. */
  readonly output: string;
  readonly temporary: string;
  /** Node.js of Lambda's and the containers' version. */
  readonly node: string;
  readonly say: (line: string) => void;
  /** What a plan would change now; undefined when nothing. */
  readonly pendingChanges: () => Promise<string | undefined>;
}

/** A role that code ran with, and the access key that its calls carried. */
export interface UsedRole {
  readonly principal: string;
  readonly roleName: string;
}

/** A deployed stack, its functions started when they are first used. */
export class LocalDeployment implements Deployment {
  readonly stackName: string;
  readonly parameters: unknown;
  readonly outputs: Record<string, unknown>;
  readonly clientConfig: ClientConfig;
  readonly standIns: StandIns;
  readonly #functions = new Map<string, Promise<DeployedFunction>>();
  readonly #images: string;
  readonly #tasks: ServiceTasks;
  readonly #pipelines: Pipelines;

  constructor(private readonly options: LocalDeploymentOptions) {
    this.stackName = options.stackName;
    this.parameters = options.parameters;
    this.outputs = options.outputs;
    this.clientConfig = {
      endpoint: options.url,
      region: options.region,
      credentials: { accessKeyId: "scenario", secretAccessKey: "local" },
      requestHandler: new NodeHttpHandler(),
    };
    const functionNamed = (name: string) => this.deployedFunction(name);
    const api = new ApiGatewayStandIn(this.clientConfig, functionNamed);
    const customResources = new CustomResourceScaling(this.clientConfig, api);
    const { clientConfig } = this;
    const { node, temporary } = options;
    this.#images = join(temporary, "images");
    this.#tasks = new ServiceTasks({ clientConfig, node, images: this.#images });
    this.#pipelines = new Pipelines({
      clientConfig,
      node,
      temporary: join(temporary, "builds"),
      images: this.#images,
      meanwhile: () => this.#tasks.followDeployments(),
    });
    const services = new ServiceScaling(clientConfig, (cluster, service) => this.#tasks.running(cluster, service));
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
        return customResources.trackTarget(dimensionId, time);
      },
      publishQueueMetrics: (queueUrl, minute) => {
        actingAs("SQS' metrics: the messages that are in the queue are published to AWS/SQS");
        return publishQueueMetrics(clientConfig, queueUrl, minute, this.#tasks.runningInAll());
      },
      throttleQueues: async (everyNth) => {
        const [method, path] = everyNth === undefined ? ["DELETE", ""] : ["PUT", `/${everyNth}`];
        const { status } = await fetch(`${options.url}/local-aws/throttling/sqs${path}`, { method });
        if (status !== 204) throw new Error(`SQS cannot deny every ${everyNth}-th request`);
      },
      publishTaskCount: (cluster, service, minute) => {
        actingAs("Container Insights: the tasks that run are published to ECS/ContainerInsights");
        return publishTaskCount(clientConfig, cluster, service, minute, this.#tasks.running(cluster, service));
      },
      runTasks: (cluster, service) => {
        actingAs("ECS and Fargate: tasks are processes of this machine, which run what the pipeline has built");
        return this.#tasks.runTasks(cluster, service);
      },
      stopTasks: () => this.#tasks.stopTasks(),
      trackService: (resourceId, time) => {
        actingAs("Application Auto Scaling and CloudWatch's alarms: the deployed policies and alarms are evaluated");
        return services.trackService(resourceId, time);
      },
      runPipeline: (name) => {
        actingAs("CodePipeline, CodeBuild and Docker: the deployed projects' commands run on this machine");
        return this.#pipelines.run(name);
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

  /** The roles of the tasks and builds that ran, to be looked at afterwards. */
  async usedRoles(): Promise<readonly UsedRole[]> {
    const names = new Set([...this.#tasks.roleNames, ...this.#pipelines.roleNames]);
    return [...names].map((roleName) => ({ principal: roleName, roleName }));
  }

  /** Ends all that was started. */
  async close(): Promise<void> {
    this.#pipelines.close();
    await this.#tasks.close();
    rmSync(this.#images, { recursive: true, force: true });
    for (const one of await Promise.allSettled(this.#functions.values())) {
      if (one.status === "fulfilled") one.value.close();
    }
  }
}
