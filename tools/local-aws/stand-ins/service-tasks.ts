import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
  type Service,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import type { ClientConfig, Task } from "../../../shared/testing/scenario";
import { type ContainerImage, pushedImage } from "./docker";
import { TaskProcess } from "./task-process";
import { TaskProtectionEndpoint } from "./task-protection";

/** ECS' own, where the container does not say: docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
const STOP_TIMEOUT_SECONDS = 30;
const PLATFORMS: Readonly<Record<string, string>> = { ARM64: "linux/arm64", X86_64: "linux/amd64" };

export interface ServiceTasksOptions {
  readonly clientConfig: ClientConfig;
  /** Node.js that the containers run. */
  readonly node: string;
  /** Folder of the images that pipelines have pushed. */
  readonly images: string;
}

/**
 * Stands in for ECS and Fargate: the local AWS keeps services and task definitions, and runs no task. Calls of a task to
 * AWS carry the name of its task role as access key, so that they can be told apart and held against that role.
 */
export class ServiceTasks {
  readonly #ecs: ECSClient;
  /** As it was when tasks were last started or stopped. */
  readonly #desired = new Map<string, number>();
  readonly #protection = new TaskProtectionEndpoint();
  readonly #tasks = new Map<string, TaskProcess[]>();
  readonly #roleNames = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ServiceTasksOptions) {
    this.#ecs = new ECSClient(options.clientConfig);
  }

  /** Names of the roles that tasks have been started with. */
  get roleNames(): readonly string[] {
    return [...this.#roleNames];
  }

  /** How many tasks of a service run, and have not been told to stop. */
  running(cluster: string, service: string): number {
    return this.#alive(cluster, service).filter(({ stopping }) => !stopping).length;
  }

  /** Brings a service to its desired count, with its current task definition. */
  runTasks(cluster: string, service: string): Promise<readonly Task[]> {
    // One after the other: two at once would both start what is missing.
    const run = this.#last.then(() => this.#runTasks(cluster, service));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Brings each service to its desired count whose deployment is in progress. */
  async followDeployments(): Promise<void> {
    for await (const { clusterArns = [] } of paginateListClusters({ client: this.#ecs }, {})) {
      for (const cluster of clusterArns) {
        for await (const { serviceArns: services = [] } of paginateListServices({ client: this.#ecs }, { cluster })) {
          if (services.length === 0) continue;
          // Both count ten a page.
          const answer = await this.#ecs.send(new DescribeServicesCommand({ cluster, services }));
          for (const { serviceName = "", deployments = [] } of answer.services ?? []) {
            const inProgress = deployments.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");
            if (inProgress) await this.runTasks(cluster.split("/").at(-1) ?? "", serviceName);
          }
        }
      }
    }
  }

  /** How many tasks of all services run. */
  runningInAll(): number {
    return [...this.#tasks.values()].flat().filter(({ stopping }) => !stopping).length;
  }

  /** Stops all tasks, and waits until they have ended. */
  async stopTasks(): Promise<void> {
    const tasks = [...this.#tasks.values()].flat();
    await Promise.all(tasks.map((task) => task.stop()));
    for (const key of this.#tasks.keys()) {
      const [cluster = "", service = ""] = key.split("/");
      await this.#tellRunning(cluster, service);
    }
  }

  /** Ends all tasks at once. */
  async close(): Promise<void> {
    await this.#last;
    await Promise.all([...this.#tasks.values()].flat().map((task) => task.kill()));
    await this.#protection.close();
  }

  async #runTasks(cluster: string, name: string): Promise<readonly Task[]> {
    const answer = await this.#ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
    const service = answer.services?.[0];
    if (!service) throw new Error(`There is no service ${name} in the cluster ${cluster}`);
    const { desiredCount = 0, taskDefinition: arn } = service;
    this.#desired.set(`${cluster}/${name}`, desiredCount);
    const tasks = this.#alive(cluster, name);
    this.#tasks.set(`${cluster}/${name}`, tasks);
    const isCurrent = (task: Task) => task.taskDefinitionArn === arn && !task.stopping;

    const missing = desiredCount - tasks.filter(isCurrent).length;
    if (missing > 0) {
      const start = await this.#starter(cluster, service);
      for (let started = 0; started < missing; started++) tasks.push(await start());
    }
    const outdated = tasks.filter((task) => !isCurrent(task) && !task.stopping && !task.protected);
    // Which of them goes is for ECS to choose.
    const surplus = tasks.filter((task) => isCurrent(task) && !task.protected).slice(0, Math.max(0, -missing));
    for (const task of [...outdated, ...surplus]) void task.stop();
    // With a task left that is not current the deployment is not over.
    if (tasks.every((task) => isCurrent(task) || task.stopping)) await this.#tellRunning(cluster, name);
    return [...tasks];
  }

  /** Whether with this one more tasks would be protected than the service wants. */
  #isBlocked(key: string, taskId: string): boolean {
    const others = (this.#tasks.get(key) ?? []).filter(
      (task) => task.id !== taskId && task.protected && !task.stopping,
    );
    return others.length + 1 > (this.#desired.get(key) ?? 0);
  }

  #alive(cluster: string, service: string): TaskProcess[] {
    return (this.#tasks.get(`${cluster}/${service}`) ?? []).filter(({ exitCode }) => exitCode === undefined);
  }

  /** ECS knows how many run, and that a deployment is over. */
  async #tellRunning(cluster: string, service: string): Promise<void> {
    const path = `/local-aws/running-tasks/${cluster}/${service}/${this.running(cluster, service)}`;
    const { status } = await fetch(`${this.options.clientConfig.endpoint}${path}`, { method: "PUT" });
    if (status !== 204) throw new Error(`PUT ${path}: the local AWS answered ${status}`);
  }

  async #starter(cluster: string, { taskDefinition: arn, serviceName }: Service): Promise<() => Promise<TaskProcess>> {
    const { taskDefinition } = await this.#ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    const { containerDefinitions = [], taskRoleArn = "" } = taskDefinition ?? {};
    const [container, ...others] = containerDefinitions;
    if (!container || others.length > 0) throw new Error(`${serviceName}: this stand-in runs tasks of one container`);
    const image = this.#imageOf(container.image ?? "", taskDefinition ?? {});
    const { clientConfig } = this.options;
    const roleName = taskRoleArn.split("/").at(-1) ?? "";
    const [account, region] = [arn?.split(":")[4], clientConfig.region];
    const key = `${cluster}/${serviceName}`;
    return async () => {
      const id = randomUUID().replaceAll("-", "");
      const taskArn = `arn:aws:ecs:${region}:${account}:task/${cluster}/${id}`;
      const agentUri = await this.#protection.uriOf(id, taskArn, () => this.#isBlocked(key, id));
      this.#roleNames.add(roleName);
      return TaskProcess.start({
        id,
        taskDefinitionArn: arn ?? "",
        command: this.#commandOf(image, container),
        workingDirectory: join(image.root, image.workingDirectory),
        environment: {
          ...image.environment,
          ...Object.fromEntries((container.environment ?? []).map(({ name = "", value = "" }) => [name, value])),
          ECS_AGENT_URI: agentUri,
          AWS_REGION: region,
          AWS_ENDPOINT_URL: clientConfig.endpoint,
          AWS_ACCESS_KEY_ID: roleName,
          AWS_SECRET_ACCESS_KEY: "local",
        },
        stopTimeoutSeconds: container.stopTimeout ?? STOP_TIMEOUT_SECONDS,
        isProtected: () => this.#protection.isProtected(id),
      });
    };
  }

  #imageOf(uri: string, { runtimePlatform }: TaskDefinition): ContainerImage {
    const image = pushedImage(this.options.images, uri);
    if (!image) throw new Error(`CannotPullContainerError: no pipeline has pushed ${uri}`);
    const wanted = PLATFORMS[runtimePlatform?.cpuArchitecture ?? "X86_64"];
    if (image.platform !== wanted)
      throw new Error(`exec format error: ${uri} is built for ${image.platform}, not ${wanted}`);
    return image;
  }

  /** The image's own command, or the container's in its place, with the paths where the image's files lie. */
  #commandOf({ root, entrypoint, command }: ContainerImage, container: ContainerDefinition): string[] {
    const own = container.entryPoint?.length ? [...container.entryPoint] : [...entrypoint, ...command];
    const words = container.command?.length ? [...(container.entryPoint ?? entrypoint), ...container.command] : own;
    const [program, ...args] = words;
    if (program !== "node") throw new Error(`This stand-in runs node, and no ${program}`);
    const inImage = (arg: string) => (arg.startsWith("/") && existsSync(join(root, arg)) ? join(root, arg) : arg);
    return [this.options.node, ...args.map(inImage)];
  }
}
