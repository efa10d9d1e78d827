import type { Construct } from "constructs";
import type * as z from "zod";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { Cluster } from "../../shared/containers/cluster";
import { FargateService, LONGEST_STOP_TIMEOUT_SECONDS } from "../../shared/containers/fargate-service";
import type { ImageRepository } from "../../shared/containers/image-repository";
import type { Queue } from "../../shared/messaging/queue";
import type { PrivateNetwork } from "../../shared/network/private-network";
import type { Parameters } from "./parameters";
import type { workerEnvironment } from "./runtime/worker/configuration";

export interface WorkersProps {
  readonly cluster: Cluster;
  readonly network: PrivateNetwork;
  readonly images: ImageRepository;
  readonly queue: Queue;
  readonly visibilityTimeoutSeconds: number;
  readonly namespace: string;
  readonly parameters: Parameters;
}

/** The tasks that take messages from the queue, each with the permissions for that alone. */
export class Workers extends FargateService {
  constructor(scope: Construct, id: string, props: WorkersProps) {
    const { cluster, network, images, queue, visibilityTimeoutSeconds, namespace, parameters } = props;
    const { cpu, memoryMiB, architecture, messagesAtOnce, spotPercent } = parameters.worker;
    // The Region and the agent are ECS's to set.
    const environment: Omit<z.input<typeof workerEnvironment>, "AWS_REGION"> = {
      QUEUE_URL: queue.url,
      QUEUE_NAME: queue.queueName,
      QUEUE_TYPE: parameters.queue.type,
      VISIBILITY_TIMEOUT_SECONDS: String(visibilityTimeoutSeconds),
      MESSAGES_AT_ONCE: String(messagesAtOnce),
      METRIC_NAMESPACE: namespace,
      EXPECTED_SECONDS: String(parameters.worker.expectedSeconds),
      LOG_LEVEL: parameters.worker.logLevel,
      STOP_TIMEOUT_SECONDS: String(LONGEST_STOP_TIMEOUT_SECONDS),
    };
    super(scope, id, {
      cluster,
      network: network.network,
      subnetIds: network.network.privateSubnetIds,
      image: images,
      containerName: "worker",
      cpu,
      memoryMiB,
      architecture,
      spotPercent,
      environment,
      stopTimeoutSeconds: LONGEST_STOP_TIMEOUT_SECONDS,
      // A task that has run for two of these counts as one that works. A program that ends at its start does not get so far.
      healthCheck: ["CMD", "true"],
    });
    this.startAfter(...network.letOut(this.securityGroup));
    queue.grantConsume(this.taskRole);
    this.taskRole.grantPutMetrics(namespace);
    // By way of the ECS agent, which calls ECS with the task's role.
    this.taskRole.grant({
      actions: ["ecs:UpdateTaskProtection"],
      resources: [BlueprintStack.of(this).arnOf("ecs", `task/${cluster.clusterName}/*`)],
      uncalled: "The ECS agent protects the task from scale-in under the task's role.",
    });
  }
}
