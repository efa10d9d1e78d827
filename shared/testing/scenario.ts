import type { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * What a blueprint shows of itself once it is deployed: put load on it, run its code, look at the result. It lies in the
 * blueprint's `proof/scenario.ts` as default export, and runs on the local AWS for `npm run demo` and for the deployment proof.
 */
export type Scenario = (deployment: Deployment) => Promise<void>;

/** What the scenario has to show. @throws Error with the message when the condition does not hold */
export function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** A blueprint that is deployed on the local AWS, with stand-ins for what the local AWS does not do by itself. */
export interface Deployment {
  readonly stackName: string;
  /** The values that it is deployed with, checked and with their defaults: the output of the blueprint's schema. */
  readonly parameters: unknown;
  /** The stack's Terraform outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What every SDK client of the scenario is made with. */
  readonly clientConfig: ClientConfig;
  /** Tells the reader what happens, in a line. */
  say(line: string): void;
  /** The code of a deployed function, run by Node.js 22 with the variables that it is deployed with. */
  deployedFunction(name: string): Promise<DeployedCode>;
  /**
   * Plans while the blueprint's code has changed something that Terraform made: it must be left alone.
   * @throws Error with the plan when it is not empty
   */
  expectEmptyPlan(): Promise<void>;
  readonly standIns: StandIns;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** HTTP/1.1: the local AWS does not speak HTTP/2, which Kinesis' client would begin with. */
  readonly requestHandler: NodeHttpHandler;
}

export interface DeployedCode {
  /** Runs the handler with the event. @throws Error with the handler's own message when it fails. */
  invoke(event: unknown): Promise<unknown>;
}

/** Each does one thing of an AWS service that the local AWS does not do, says so when it acts, and nothing else. */
export interface StandIns {
  /** EventBridge Scheduler: runs the target of the schedule once, as if it were that time. */
  runSchedule(name: string, time: Date): Promise<unknown>;
  /** Kinesis: publishes the metrics AWS/Kinesis of records that were really put. */
  publishStreamMetrics(streamName: string, minute: Date, written: { bytes: number; records: number }): Promise<void>;
  /** EC2: from now on, or no longer, a group's machines take time to boot, and wait until their launch hook is completed. */
  slowLaunches(groupName: string, slow: boolean): Promise<void>;
  /** Application Auto Scaling: evaluates the target tracking policy of a custom resource once, as of that time. */
  trackTarget(dimensionId: string, time: Date): Promise<ScalingActivity>;
  /**
   * SQS: publishes the metrics AWS/SQS of the messages that are in the queue now, as those of that minute: visible, not
   * visible and delayed; and an empty receive for each task that runs. The age of the oldest message cannot be known, and is
   * not published.
   */
  publishQueueMetrics(queueUrl: string, minute: Date): Promise<void>;
  /** SQS: from now on denies every so many-th request of everybody, or none any more. */
  throttleQueues(everyNth: number | undefined): Promise<void>;
  /**
   * Container Insights: publishes how many tasks of a service really run now, as RunningTaskCount of that minute; nothing of
   * a service without tasks.
   */
  publishTaskCount(cluster: string, service: string, minute: Date): Promise<void>;
  /**
   * ECS and Fargate: starts, and tells to stop, real processes until as many run as the service desires, all with its
   * current task definition. What runs is the image that a pipeline has built. Protected tasks stay until a later call;
   * one that has ended is replaced. Does not wait for those that it stops: see `Task.ended`.
   * @returns the tasks that run or are stopping, the oldest first
   * @throws Error when no pipeline has pushed the image, or a task does not start
   */
  runTasks(cluster: string, service: string): Promise<readonly Task[]>;
  /** ECS: stops all tasks of all services, protected or not, and waits until they have ended. */
  stopTasks(): Promise<void>;
  /**
   * Application Auto Scaling for ECS: evaluates the policies of a service once: target tracking, and step scaling by the
   * alarms that run it. Looks at the minutes before that time: a point of 12:00 is seen from 12:01 on. Sets the service's
   * desired count; `runTasks` follows it. Cooldowns are not waited for.
   * @param serviceResourceId `service/<cluster>/<service>`
   */
  trackService(serviceResourceId: string, time: Date): Promise<ScalingActivity>;
  /**
   * CodePipeline and CodeBuild: fetches the source object from S3 and runs the commands of each CodeBuild action, one
   * after the other, on this machine, with stand-ins for the AWS CLI and Docker. Meanwhile services whose deployment is
   * in progress get their tasks, as by `runTasks`, so that a build can wait for it.
   * @throws Error with what the commands printed, when one fails
   */
  runPipeline(pipelineName: string): Promise<PipelineRun>;
}

/** A container of a service: a process of this machine. */
export interface Task {
  readonly id: string;
  readonly pid: number;
  /** Of the task definition that it was started with. */
  readonly taskDefinitionArn: string;
  /** Whether it has protected itself from being stopped by scaling in or a deployment, and that has not expired. */
  readonly protected: boolean;
  /** Whether it has been told to stop, or has ended. */
  readonly stopping: boolean;
  /** Undefined while it runs; null when a signal ended it. */
  readonly exitCode: number | null | undefined;
  /** What it has written to standard output and standard error so far. */
  readonly logLines: readonly string[];
  /** Resolves when the process is gone, to its exit code. */
  readonly ended: Promise<number | null>;
  /** Ends it at once (SIGKILL), as a machine that fails would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** What came of one run of a pipeline. */
export interface PipelineRun {
  /** The exported variables of each action, by the action's name. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the commands of all actions printed. */
  readonly logLines: readonly string[];
}

/** What came of one evaluation. */
export interface ScalingActivity {
  /** What was asked for; undefined when the policy asked for nothing. */
  readonly requested?: number;
  readonly reason: string;
  /** The last answer of the custom resource. */
  readonly answer?: {
    readonly actualCapacity: number;
    readonly desiredCapacity: number;
    readonly scalingStatus: string;
  };
}
