import { join } from "node:path";
import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { Cluster } from "../../shared/containers/cluster";
import { ImagePipeline } from "../../shared/containers/image-pipeline";
import { ImageRepository } from "../../shared/containers/image-repository";
import { imageSource } from "../../shared/containers/image-source";
import { Queue } from "../../shared/messaging/queue";
import { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { Dashboard } from "../../shared/monitoring/dashboard";
import { PrivateNetwork } from "../../shared/network/private-network";
import { workGraphs } from "./graphs";
import type { Parameters } from "./parameters";
import { Producer } from "./producer";
import { TaskCount } from "./task-count";
import { watchWork } from "./work-alarms";
import { WorkMetrics } from "./work-metrics";
import { Workers } from "./workers";

/** The APIs that tasks call, and those that Fargate pulls their image by; beside them S3, which has its layers. */
const SERVICES = ["ecr.api", "ecr.dkr", "logs", "monitoring", "sqs"];
/** The visibility timeout as a multiple of the expected duration: most messages need no heartbeat. */
const VISIBILITY_PER_EXPECTED = 4;
const SHORTEST_VISIBILITY_SECONDS = 30;
/** What a killed worker held comes again by then. The heartbeat makes it as long as the work takes. */
const LONGEST_VISIBILITY_SECONDS = 300;

/** Fargate workers that follow a queue: as many as work off its messages in time, and none without messages. */
export default class SqsTargetTracking extends BlueprintStack<Parameters> {
  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    const { worker, source } = parameters;
    const namespace = parameters.metricNamespace ?? `SqsTargetTracking/${stackName}`;
    const alarmTopic = new AlarmTopic(this, "alarms", { email: parameters.notificationEmail });
    const network = new PrivateNetwork(this, "network", {
      vpc: parameters.vpc,
      services: SERVICES,
      reaches: { anywhere: "APIs of AWS, and what the work needs", s3: "Layers of the image, in S3" },
    });
    const visibilityTimeoutSeconds = parameters.queue.visibilityTimeoutSeconds ?? visibilityFor(worker.expectedSeconds);
    const queue = new Queue(this, "work", {
      fifo: parameters.queue.type === "fifo",
      visibilityTimeoutSeconds,
      retentionDays: parameters.queue.retentionDays,
      maxReceives: parameters.queue.maxReceives,
      alarmTopic,
    });
    const images = new ImageRepository(this, "images", { keepImages: 30 });
    const cluster = new Cluster(this, "cluster");
    const workers = new Workers(this, "workers", {
      cluster,
      network,
      images,
      queue,
      visibilityTimeoutSeconds,
      namespace,
      parameters,
    });
    const metrics = new WorkMetrics({ queue, workers, namespace, parameters });
    const taskCount = new TaskCount(this, "tasks", {
      workers,
      metrics,
      queueName: queue.queueName,
      namespace,
      parameters,
      alarmTopic,
    });
    const delivery = new ImagePipeline(this, "delivery", {
      service: workers,
      scaling: taskCount.scaling,
      repository: images,
      architecture: worker.architecture,
      source: source.from === "github" ? source : { from: source.from, zip: workerSource() },
      alarmTopic,
    });
    const producer = new Producer(this, "producer", { queue, parameters, alarmTopic });
    watchWork(this, { queue, workers, metrics, parameters, topic: alarmTopic });
    const dashboard = new Dashboard(this, "dashboard", workGraphs(queue, workers, metrics, parameters));

    this.output("queue_url", "URL of the queue, to send messages to.", queue.url);
    this.output("queue_arn", "ARN of the queue.", queue.arn);
    this.output("queue_name", "Name of the queue, and dimension of its metrics.", queue.queueName);
    this.output(
      "dead_letter_queue_url",
      "URL of the queue of messages that nobody could handle.",
      queue.deadLetterQueue.url,
    );
    this.output("cluster_name", "Name of the ECS cluster.", cluster.clusterName);
    this.output("service_name", "Name of the ECS service of the workers.", workers.serviceName);
    this.output("service_id", "ARN by which ECS knows the service.", workers.serviceId);
    this.output(
      "service_security_group_id",
      "Id of the workers' security group.",
      workers.securityGroup.securityGroupId,
    );
    this.output(
      "service_security_group_arn",
      "ARN of the workers' security group.",
      this.arnOf("ec2", `security-group/${workers.securityGroup.securityGroupId}`),
    );
    this.output("task_role_arn", "ARN of the role of the workers' code.", workers.taskRole.arn);
    this.output("task_role_name", "Name of the role of the workers' code.", workers.taskRole.roleName);
    this.output("task_definition_arn", "ARN of the revision that deployments take as a template.", workers.templateArn);
    this.output("task_definition_family", "Family of the workers' task definitions.", workers.family);
    this.output("log_group", "CloudWatch log group of the workers.", workers.logGroupName);
    this.output("scaling_policy_arn", "ARN of the target tracking policy.", taskCount.policyArn);
    this.output("scalable_target", "What Application Auto Scaling changes, and between which numbers of tasks.", {
      resource_id: workers.resourceId,
      min_tasks: String(worker.minTasks),
      max_tasks: String(worker.maxTasks),
    });
    this.output("metric_namespace", "CloudWatch namespace of the durations and of the target.", namespace);
    this.output("producer_function", "Function that sends test messages.", producer.functionName);
    this.output("producer_schedule_arn", "ARN of the schedule that runs it.", producer.schedule.arn);
    if (taskCount.targetFunction) {
      this.output("target_function", "Function that moves the target.", taskCount.targetFunction.functionName);
      this.output("target_schedule", "Schedule that runs it.", taskCount.targetFunction.schedule.name);
    }
    this.output("pipeline_name", "Name of the pipeline that builds and deploys the workers.", delivery.pipelineName);
    this.output("build_project_arn", "ARN of the CodeBuild project that builds the image.", delivery.buildProject.arn);
    this.output("build_project_id", "Id of the CodeBuild project that builds the image.", delivery.buildProject.id);
    this.output("pipeline_bucket_arn", "ARN of the bucket of the pipeline's artifacts.", delivery.bucket.arn);
    this.output("pipeline_bucket_id", "Name of the bucket of the pipeline's artifacts.", delivery.bucket.bucketName);
    this.output("image_repository_arn", "ARN of the repository of the workers' images.", images.arn);
    this.output("image_repository_url", "URL of the repository of the workers' images.", images.url);
    if (delivery.connectionArn) {
      this.output("connection_arn", "ARN of the connection to GitHub.", delivery.connectionArn);
    }
    this.output("dashboard_name", "Name of the CloudWatch dashboard.", dashboard.dashboardName);
    this.output(
      "alarm_topic_arn",
      "ARN of the SNS topic that alarms notify, also of failed deployments.",
      alarmTopic.arn,
    );
  }
}

function workerSource() {
  const worker = join(__dirname, "runtime/worker");
  return imageSource({ entry: join(worker, "main.ts"), dockerfile: join(worker, "Dockerfile") });
}

function visibilityFor(expectedSeconds: number): number {
  const seconds = Math.max(SHORTEST_VISIBILITY_SECONDS, Math.ceil(VISIBILITY_PER_EXPECTED * expectedSeconds));
  return Math.min(seconds, LONGEST_VISIBILITY_SECONDS);
}
