import { join } from "node:path";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Codepipeline, type CodepipelineStageAction } from "@cdktf/provider-aws/lib/codepipeline";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, wholeNumber } from "../blueprint/checked-props";
import type { Architecture } from "../compute/instance-type";
import { Alarm } from "../monitoring/alarm";
import type { AlarmTopic } from "../monitoring/alarm-topic";
import type { Metric } from "../monitoring/metric";
import { ServiceRole } from "../security/service-role";
import { BuildProject } from "./build-project";
import type { FargateService } from "./fargate-service";
import type { ImageRepository } from "./image-repository";
import { PipelineBucket } from "./pipeline-bucket";
import { type DeliveredSource, type PipelineSource, pipelineSource, sourceRules } from "./pipeline-source";
import type { ServiceScaling } from "./service-scaling";

export interface ImagePipelineProps {
  readonly service: FargateService;
  /** Its fewest tasks are set with each deployment, and the first one lets it begin. */
  readonly scaling: ServiceScaling;
  readonly repository: ImageRepository;
  readonly source: DeliveredSource;
  /** That of the service: the image is built on a machine of its kind. */
  readonly architecture: Architecture;
  /** Minutes that a deployment waits for its rollout, which tasks that protect themselves hold up, 10..450. @default 60 */
  readonly rolloutMinutes?: number;
  /** Is told of each failure. */
  readonly alarmTopic: AlarmTopic;
}

/** What CodePipeline publishes of a pipeline: docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html */
export type PipelineMetric = "FailedPipelineExecutions" | "PipelineDuration";

/** Runs are rare, and a failure that CloudWatch hears of a little late has to count as well. */
const METRIC_SECONDS = 300;
const BUILD_MINUTES = 30;
/** For what a deployment does beside waiting. */
const DEPLOY_MARGIN_MINUTES = 10;
const SOURCE_ARTIFACT = "source";
/** Of the build's exported variables. */
const BUILD_NAMESPACE = "build";
const IMAGE_VARIABLE = "IMAGE_URI";
const RELEASE_KEY = "release.json";

/**
 * Builds a service's image, pushes it, and has the service run it.
 *
 * A new pipeline runs by itself. From then on it runs when a deployment of the stack has changed what the service needs
 * (the source, the template of its task definition, its fewest tasks, the way it is built), which Terraform writes into an
 * object after all else; and with GitHub, when somebody pushes. A run takes the place of one that waits for the same stage.
 */
export class ImagePipeline extends Construct {
  /** Known before the deployment. */
  readonly pipelineName: string;
  readonly arn: string;
  readonly buildProject: BuildProject;
  readonly deployProject: BuildProject;
  readonly bucket: PipelineBucket;
  /** Of the connection to GitHub, where that is the source. */
  readonly connectionArn?: string;
  /** Of the rule that starts the pipeline after a deployment of the stack. */
  readonly triggerRuleArn: string;

  /** @throws BlueprintMistakes on a source or a time that CodePipeline would refuse */
  constructor(scope: Construct, id: string, props: ImagePipelineProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    checkProps(this, [...sourceRules(props.source), ...wholeNumber("rolloutMinutes", props.rolloutMinutes, 10, 450)]);
    this.pipelineName = stack.nameOf("pipeline", this);
    this.arn = stack.arnOf("codepipeline", this.pipelineName);
    this.bucket = new PipelineBucket(this, "bucket", this.pipelineName);

    // Its guide shows the trust without a condition on the source's ARN.
    const role = new ServiceRole(this, "role", {
      service: "codepipeline.amazonaws.com",
      description: `Role of the pipeline ${this.pipelineName}`,
    });
    this.bucket.grantPipeline(role);
    const source = pipelineSource(this, props.source, { bucket: this.bucket, role });
    this.connectionArn = source.connectionArn;
    this.buildProject = this.#build(props, source);
    this.deployProject = this.#deployment(props);
    role.grant({
      actions: ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
      // By their names: so the role has its permissions before there are projects, and IAM time to spread them.
      resources: [this.buildProject, this.deployProject].map(({ projectName }) =>
        stack.arnOf("codebuild", `project/${projectName}`),
      ),
      uncalled: "CodePipeline runs its actions under the pipeline's role.",
    });

    const pipeline = new Codepipeline(this, "pipeline", {
      name: this.pipelineName,
      pipelineType: "V2",
      executionMode: "SUPERSEDED",
      roleArn: role.arn,
      artifactStore: [{ type: "S3", location: this.bucket.bucketName }],
      stage: this.#stages(source),
      // It runs as soon as it is made, and needs all of these then.
      dependsOn: [props.service.service, props.scaling.target, ...this.bucket.ready],
    });
    role.grantBefore(pipeline);
    for (const project of [this.buildProject, this.deployProject]) project.role.grantBefore(pipeline);

    this.triggerRuleArn = this.#runAfterRelease(pipeline, props, source);
    new Alarm(this, "failed", {
      description: `The pipeline ${this.pipelineName} failed: the service runs what it ran before. Its page says which action, and that action's log why.`,
      metric: this.metric("FailedPipelineExecutions"),
      threshold: { atLeast: 1 },
      treatMissingData: "notBreaching",
      topic: props.alarmTopic,
    });
  }

  /** A metric of the pipeline: how many runs failed, or how many seconds they took. */
  metric(name: PipelineMetric): Metric {
    return {
      namespace: "AWS/CodePipeline",
      name,
      statistic: name === "PipelineDuration" ? "Maximum" : "Sum",
      dimensions: { PipelineName: this.pipelineName },
      periodSeconds: METRIC_SECONDS,
    };
  }

  #build({ architecture, repository }: ImagePipelineProps, { folder, buildCommands }: PipelineSource): BuildProject {
    const project = new BuildProject(this, "build", {
      description: `Builds the images of ${repository.repositoryName}`,
      architecture,
      script: join(__dirname, "build-image.sh"),
      commands: buildCommands,
      environment: { REPOSITORY_URL: repository.url, FOLDER: folder },
      exports: [IMAGE_VARIABLE],
      docker: true,
      timeoutMinutes: BUILD_MINUTES,
      bucket: this.bucket,
    });
    repository.grantPush(project.role);
    return project;
  }

  #deployment({ architecture, service, scaling, rolloutMinutes = 60 }: ImagePipelineProps): BuildProject {
    const project = new BuildProject(this, "deployment", {
      description: `Has the service ${service.serviceName} run an image`,
      architecture,
      script: join(__dirname, "deploy-image.sh"),
      environment: {
        TEMPLATE_ARN: service.templateArn,
        CLUSTER: service.clusterName,
        SERVICE: service.serviceName,
        CONTAINER: service.containerName,
        RESOURCE_ID: service.resourceId,
        MIN_TASKS: String(scaling.minTasks),
        ROLLOUT_SECONDS: String(rolloutMinutes * 60),
      },
      timeoutMinutes: rolloutMinutes + DEPLOY_MARGIN_MINUTES,
      bucket: this.bucket,
    });
    const { role } = project;
    const stack = BlueprintStack.of(this);
    const revisions = stack.arnOf("ecs", `task-definition/${service.family}:*`);
    scaling.grantSetLimits(role);
    // The one knows no resources; of the other AWS's own policies name none, though IAM's reference does: what a task may do is
    // bounded by the roles that may be passed to it. docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
    role.grant({ actions: ["ecs:DescribeTaskDefinition"], resources: ["*"] });
    role.grant({
      actions: ["ecs:RegisterTaskDefinition"],
      resources: ["*"],
      // The template's tags, which the script takes over.
      conditions: { StringEquals: { "aws:RequestTag/Stack": stack.stackName } },
    });
    role.grant({
      actions: ["ecs:TagResource"],
      resources: [revisions],
      conditions: { StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" } },
    });
    role.grant({
      actions: ["iam:PassRole"],
      resources: [service.taskRole.arn, service.executionRole.arn],
      conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    });
    return project;
  }

  #stages({ action }: PipelineSource): { name: string; action: CodepipelineStageAction[] }[] {
    const owner = { owner: "AWS", version: "1" };
    const build = { category: "Build", provider: "CodeBuild", ...owner, inputArtifacts: [SOURCE_ARTIFACT] };
    const image = { name: IMAGE_VARIABLE, value: `#{${BUILD_NAMESPACE}.${IMAGE_VARIABLE}}`, type: "PLAINTEXT" };
    return [
      {
        name: "Source",
        action: [{ name: "Source", category: "Source", ...owner, ...action, outputArtifacts: [SOURCE_ARTIFACT] }],
      },
      {
        name: "Build",
        action: [
          {
            name: "Image",
            ...build,
            namespace: BUILD_NAMESPACE,
            configuration: { ProjectName: this.buildProject.name },
          },
        ],
      },
      {
        name: "Deploy",
        action: [
          {
            name: "Service",
            ...build,
            configuration: { ProjectName: this.deployProject.name, EnvironmentVariables: JSON.stringify([image]) },
          },
        ],
      },
    ];
  }

  /** @returns ARN of the rule */
  #runAfterRelease(
    pipeline: Codepipeline,
    { service, scaling, architecture }: ImagePipelineProps,
    source: PipelineSource,
  ): string {
    const stack = BlueprintStack.of(this);
    const release = this.bucket.put("release", {
      key: RELEASE_KEY,
      contentType: "application/json",
      content: JSON.stringify({
        template: service.templateArn,
        minTasks: scaling.minTasks,
        architecture,
        source: source.identity,
        build: this.buildProject.hash,
        deployment: this.deployProject.hash,
      }),
      dependsOn: [pipeline],
    });

    const ruleName = stack.nameOf("eventRule", this);
    const role = new ServiceRole(this, "trigger-role", {
      service: "events.amazonaws.com",
      description: `Lets EventBridge start the pipeline ${this.pipelineName}`,
      sourceArns: [stack.arnOf("events", `rule/${ruleName}`)],
    });
    role.grant({
      actions: ["codepipeline:StartPipelineExecution"],
      resources: [this.arn],
      uncalled: "EventBridge starts the pipeline under the rule's role.",
    });
    const rule = new CloudwatchEventRule(this, "trigger", {
      name: ruleName,
      description: `Starts the pipeline ${this.pipelineName} when a deployment of the stack has changed what the service needs`,
      eventPattern: JSON.stringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { bucket: { name: [this.bucket.bucketName] }, object: { key: [RELEASE_KEY] } },
      }),
      // The first object comes with the pipeline, which runs by itself then.
      dependsOn: [release, this.bucket.notification],
    });
    const target = new CloudwatchEventTarget(this, "trigger-target", {
      rule: rule.name,
      targetId: "pipeline",
      arn: pipeline.arn,
      roleArn: role.arn,
    });
    role.grantBefore(target);
    return rule.arn;
  }
}
