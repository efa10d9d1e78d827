import type { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * What a blueprint shows of itself once it is deployed: put load on it, run its code, look at the result. It lies in the
 * blueprint's `scenario.ts` as default export, and runs on the local AWS for `npm run demo` and for the deployment proof.
 */
export type Scenario = (deployment: Deployment) => Promise<void>;

/** A blueprint that is deployed on the local AWS, with stand-ins for what the local AWS does not do by itself. */
export interface Deployment {
  readonly stackName: string;
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
