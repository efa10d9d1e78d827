import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck, wholeNumber } from "../blueprint/checked-props";
import type { Architecture } from "../compute/instance-type";
import type { Metric } from "../monitoring/metric";
import type { Network } from "../network/network";
import { SecurityGroup } from "../network/security-group";
import { zonesRule } from "../network/zones-rule";
import { ServiceRole } from "../security/service-role";
import type { CapacityProvider, Cluster } from "./cluster";
import { taskSizeRules } from "./fargate-task-size";
import type { ImageRepository } from "./image-repository";

export interface FargateServiceProps {
  readonly cluster: Cluster;
  readonly network: Network;
  /** At least two, in different zones, with a way to the image repository and to what the tasks call. */
  readonly subnetIds: string[];
  /** Where the image comes from. Which one is said by whoever deploys. */
  readonly image: ImageRepository;
  /** Of the one container in the task definition: at most 255 letters, digits, hyphens and underscores. */
  readonly containerName: string;
  /** Of a task, in CPU units of which 1024 are a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384. */
  readonly cpu: number;
  /** Of a task, in MiB: what Fargate offers with `cpu`. */
  readonly memoryMiB: number;
  readonly architecture: Architecture;
  /** Of the tasks that run on Fargate Spot, which are cheaper and stopped at two minutes' notice, 0..100. */
  readonly spotPercent: number;
  /** The container's variables. No secrets: everybody who may describe the task definition reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds from SIGTERM to SIGKILL, 1..120. */
  readonly stopTimeoutSeconds: number;
  /**
   * Command that succeeds in a container that is well, such as `["CMD", "true"]`, which every one is that has not ended.
   * Without one a task that ends soon after its start counts as one that has started, also to the circuit breaker.
   */
  readonly healthCheck: readonly string[];
}

/** What Container Insights publishes of a service, each minute, and what ECS does itself. */
export type ServiceMetric = InsightsMetric | UtilizationMetric;
type UtilizationMetric = "CPUUtilization" | "MemoryUtilization";
type InsightsMetric =
  | "CpuReserved"
  | "CpuUtilized"
  | "DeploymentCount"
  | "DesiredTaskCount"
  | "MemoryReserved"
  | "MemoryUtilized"
  | "PendingTaskCount"
  | "RunningTaskCount";

/** Fargate's longest: docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export const LONGEST_STOP_TIMEOUT_SECONDS = 120;
/** The tag of no image: what Terraform registers is completed by whoever deploys. */
const NO_IMAGE = "none";
/** Nobody's: user and group 1000, which images of Node.js have as `node`. */
const UNPRIVILEGED_USER = "1000:1000";
const SCRATCH = "scratch";
/** Twice within 20 seconds: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const HEALTH_CHECK = { interval: 10, timeout: 5, retries: 2 };
/** A log stream is `<prefix>/<container>/<task>`. */
const LOG_STREAM_PREFIX = "ecs";

/**
 * An ECS service of Fargate tasks of one container, in private subnets, that waits at zero tasks until somebody deploys.
 *
 * Terraform owns a template of the task definition, with an image that does not exist. Whoever deploys takes it by
 * `templateArn`, puts the image in, registers that as the next revision of the family, and has the service run it. So a
 * change of the template arrives with the next deployment, which has to follow.
 */
export class FargateService extends Construct {
  /** Known before the deployment, as are all names here. */
  readonly serviceName: string;
  readonly clusterName: string;
  readonly arn: string;
  /** What Application Auto Scaling calls it: `service/<cluster>/<service>`. */
  readonly resourceId: string;
  readonly family: string;
  readonly containerName: string;
  readonly logGroupName: string;
  /** A reference to the service, which has to exist before what scales it. */
  readonly serviceId: string;
  /** Of the revision of the task definition that Terraform owns, whose image is missing. */
  readonly templateArn: string;
  /** What the tasks may do: nothing but what is granted. */
  readonly taskRole: ServiceRole;
  /** With it ECS pulls the image and writes the log. */
  readonly executionRole: ServiceRole;
  /** Lets nothing in. */
  readonly securityGroup: SecurityGroup;
  /** The service itself, to depend on. */
  readonly service: EcsService;

  /** @throws BlueprintMistakes on props that Fargate would refuse */
  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    checkProps(this, rulesOf(props));
    const { cluster, network, image } = props;
    this.serviceName = stack.nameOf("service", this);
    this.clusterName = cluster.clusterName;
    this.resourceId = `service/${this.clusterName}/${this.serviceName}`;
    this.arn = stack.arnOf("ecs", this.resourceId);
    this.family = stack.nameOf("taskFamily", this);
    this.containerName = props.containerName;

    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/ecs/${this.serviceName}`,
      retentionInDays: stack.parameters.logRetentionDays,
    });
    this.logGroupName = logGroup.name;
    this.taskRole = this.#role("task-role", `What the tasks of the service ${this.serviceName} may do`);
    this.executionRole = this.#role("execution-role", `What ECS needs to start tasks of ${this.serviceName}`);
    image.grantPull(this.executionRole, "ECS pulls the image under the execution role.");
    this.executionRole.grant({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${logGroup.arn}:*`],
      uncalled: "ECS writes the container's log under the execution role.",
    });
    this.securityGroup = new SecurityGroup(this, "security-group", {
      network,
      description: `Tasks of the service ${this.serviceName}`,
    });

    const template = new EcsTaskDefinition(this, "template", {
      family: this.family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(props.cpu),
      memory: String(props.memoryMiB),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: props.architecture.toUpperCase() },
      taskRoleArn: this.taskRole.arn,
      executionRoleArn: this.executionRole.arn,
      containerDefinitions: JSON.stringify([this.#container(props)]),
      volume: [{ name: SCRATCH }],
    });
    this.templateArn = template.arn;

    this.service = new EcsService(this, "service", {
      name: this.serviceName,
      cluster: cluster.arn,
      taskDefinition: template.arn,
      desiredCount: 0,
      capacityProviderStrategy: strategyOf(props.spotPercent),
      // ECS changes a strategy with a new deployment only; without this word the provider would make a new service of it.
      forceNewDeployment: true,
      platformVersion: "LATEST",
      networkConfiguration: {
        subnets: props.subnetIds,
        securityGroups: [this.securityGroup.securityGroupId],
        assignPublicIp: false,
      },
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      availabilityZoneRebalancing: "ENABLED",
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      // Otherwise a destroy sets the count to zero first, which protected tasks and a scaling policy work against.
      forceDelete: true,
      // A destroy may wait for what protected tasks have in hand.
      timeouts: { delete: "45m" },
      dependsOn: [...cluster.ready, ...network.egress],
      lifecycle: {
        ignoreChanges: [
          // Whoever deploys sets it to a revision with an image.
          "task_definition",
          // Application Auto Scaling sets it.
          "desired_count",
        ],
      },
    });
    this.serviceId = this.service.id;
    this.taskRole.grantBefore(this.service);
    this.executionRole.grantBefore(this.service);
  }

  /**
   * Has the service made after these, and gone before them: tasks need the way out until they have stopped. Give it the rules
   * of the service's security group.
   */
  startAfter(...needs: readonly ITerraformDependable[]): void {
    this.service.dependsOn = [...(this.service.dependsOn ?? []), ...needs.map(dependable)];
  }

  /** A metric of the service, of Container Insights or of ECS itself. */
  metric(name: ServiceMetric, statistic: Metric["statistic"] = "Average"): Metric {
    return {
      namespace: isUtilization(name) ? "AWS/ECS" : "ECS/ContainerInsights",
      name,
      statistic,
      dimensions: { ClusterName: this.clusterName, ServiceName: this.serviceName },
    };
  }

  #role(id: string, description: string): ServiceRole {
    return new ServiceRole(this, id, {
      service: "ecs-tasks.amazonaws.com",
      description,
      sourceArns: [BlueprintStack.of(this).arnOf("ecs", "*")],
    });
  }

  #container({ image, environment, stopTimeoutSeconds, healthCheck }: FargateServiceProps): object {
    return {
      name: this.containerName,
      image: `${image.url}:${NO_IMAGE}`,
      essential: true,
      user: UNPRIVILEGED_USER,
      readonlyRootFilesystem: true,
      // The task's ephemeral storage. The image has to say `VOLUME ["/tmp"]`: otherwise only root may write there.
      // docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
      mountPoints: [{ sourceVolume: SCRATCH, containerPath: "/tmp", readOnly: false }],
      // A process 1 that passes signals on and reaps what has ended: Node.js does neither.
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: stopTimeoutSeconds,
      healthCheck: { command: healthCheck, ...HEALTH_CHECK },
      environment: Object.entries(environment)
        .map(([name, value]) => ({ name, value }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": this.logGroupName,
          "awslogs-region": BlueprintStack.of(this).region,
          "awslogs-stream-prefix": LOG_STREAM_PREFIX,
          // Lines beyond the buffer are lost. Otherwise the container would stand still while CloudWatch Logs does not answer.
          mode: "non-blocking",
          "max-buffer-size": "10m",
        },
      },
      // What ECS adds by itself, so that what it gives back is what was asked for.
      cpu: 0,
      portMappings: [],
      systemControls: [],
      volumesFrom: [],
    };
  }
}

function strategyOf(spotPercent: number): { capacityProvider: CapacityProvider; weight: number }[] {
  const weights: { capacityProvider: CapacityProvider; weight: number }[] = [
    { capacityProvider: "FARGATE", weight: 100 - spotPercent },
    { capacityProvider: "FARGATE_SPOT", weight: spotPercent },
  ];
  return weights.filter(({ weight }) => weight > 0);
}

function isUtilization(name: ServiceMetric): name is UtilizationMetric {
  return name === "CPUUtilization" || name === "MemoryUtilization";
}

function rulesOf({ cpu, memoryMiB, subnetIds, spotPercent, stopTimeoutSeconds }: FargateServiceProps): PropCheck[] {
  return [
    ...taskSizeRules(cpu, memoryMiB),
    zonesRule(subnetIds),
    ...wholeNumber("spotPercent", spotPercent, 0, 100),
    ...wholeNumber("stopTimeoutSeconds", stopTimeoutSeconds, 1, LONGEST_STOP_TIMEOUT_SECONDS),
  ];
}
