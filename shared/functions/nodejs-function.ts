import { createHash } from "node:crypto";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type * as z from "zod";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { DeadLetterQueue } from "../messaging/dead-letter-queue";
import { Alarm } from "../monitoring/alarm";
import type { AlarmTopic } from "../monitoring/alarm-topic";
import type { Metric } from "../monitoring/metric";
import { type Grant, ServiceRole } from "../security/service-role";
import { contentAddressedFile } from "./build-cache";
import { bundle } from "./bundle";
import { compressFile, deterministicZip } from "./zip";

/** What the handler reads from its environment: the schema it parses with, and the values it is deployed with. */
export interface FunctionEnvironment<S extends z.ZodType<Record<string, unknown>, Record<string, string>>> {
  readonly schema: S;
  readonly values: z.input<S>;
}

export interface NodejsFunctionProps<S extends z.ZodType<Record<string, unknown>, Record<string, string>>> {
  /** Absolute path of the TypeScript file that exports `handler`: `join(__dirname, "runtime/monitor.ts")`. */
  readonly entry: string;
  /** What the function does, in the account's list of functions. At most 256 characters. */
  readonly description: string;
  /** Names and settings. The names of a schema and of the values are checked against each other by the compiler. */
  readonly environment: FunctionEnvironment<S>;
  /** Files put beside the code, by name: for what is larger than the 4 KB that Lambda allows for all variables. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** Seconds until a run is stopped, 1..900. @default 30 */
  readonly timeoutSeconds?: number;
  /** MiB, 128..10240; CPU comes in proportion. @default 256 */
  readonly memoryMiB?: number;
  /**
   * Runs at the same time at most. @default - not reserved: an account with the quota of 10 that new ones have cannot
   * reserve any, and the deployment would fail
   */
  readonly reservedConcurrency?: number;
  /** Who invokes it. An asynchronous event that fails for good goes to a dead-letter queue of the function's own. */
  readonly invocation: "synchronous" | "asynchronous";
  /** Asynchronous only: how often a failed event is tried again, 0..2. @default 2 */
  readonly retryAttempts?: number;
  /** Asynchronous only: seconds after which an event is too old to be worth a run, 60..21600. @default 21600 */
  readonly maxEventAgeSeconds?: number;
  readonly alarmTopic: AlarmTopic;
}

const RUNTIME = "nodejs22.x";
const LOGGED_BY_LAMBDA = "The Lambda service writes the function's log under the function's role.";
const TRACED_BY_LAMBDA = "The Lambda service sends the function's trace segments under the function's role.";

/**
 * A TypeScript handler as a Lambda function on Node.js 22 and arm64: bundled and zipped in memory, with a log group, a
 * role of its own, active tracing, and alarms on errors and throttles.
 */
export class NodejsFunction<
  S extends z.ZodType<Record<string, unknown>, Record<string, string>> = z.ZodType<
    Record<string, unknown>,
    Record<string, string>
  >,
> extends Construct {
  readonly arn: string;
  readonly functionName: string;
  /** The log group, which exists before the function. */
  readonly logGroupName: string;
  readonly deadLetterQueue?: DeadLetterQueue;
  readonly role: ServiceRole;
  readonly #name: string;
  /** The variables as far as they are known before the deployment: a reference in them is left as it is. */
  readonly literalEnvironment: Readonly<Record<string, string>>;
  /** Path of the zip that is deployed. */
  readonly asset: string;

  constructor(scope: Construct, id: string, props: NodejsFunctionProps<S>) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const name = stack.nameOf("function", this);
    this.#name = name;

    this.role = new ServiceRole(this, "role", {
      service: "lambda.amazonaws.com",
      description: `Role of the function ${name}`,
    });
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/aws/lambda/${name}`,
      retentionInDays: stack.parameters.logRetentionDays,
    });
    this.logGroupName = logGroup.name;
    this.role.grant({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${logGroup.arn}:*`],
      uncalled: LOGGED_BY_LAMBDA,
    });
    this.role.grant({
      actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
      resources: ["*"],
      uncalled: TRACED_BY_LAMBDA,
    });

    this.literalEnvironment = props.environment.values;
    const { file, hash } = this.#zip(props);
    this.asset = file;
    const code = new TerraformAsset(this, "code", { path: file, type: AssetType.FILE, assetHash: hash.slice(0, 32) });
    const lambda = new LambdaFunction(this, "function", {
      functionName: name,
      description: props.description,
      role: this.role.arn,
      runtime: RUNTIME,
      architectures: ["arm64"],
      handler: "index.handler",
      filename: code.path,
      // What AWS reports back: anything else would be a change in every plan.
      sourceCodeHash: Fn.filebase64sha256(code.path),
      timeout: props.timeoutSeconds ?? 30,
      memorySize: props.memoryMiB ?? 256,
      reservedConcurrentExecutions: props.reservedConcurrency,
      environment: { variables: { NODE_OPTIONS: "--enable-source-maps", ...props.environment.values } },
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      tracingConfig: { mode: "Active" },
    });
    this.arn = lambda.arn;
    this.functionName = lambda.functionName;
    if (props.reservedConcurrency === undefined) {
      stack.exceptFromBaseline({
        rule: "45",
        resource: `aws_lambda_function.${lambda.friendlyUniqueId}`,
        reason:
          "Concurrency is not reserved: new accounts have a quota of 10, of which Lambda lets nobody reserve any.",
      });
    }

    if (props.invocation === "asynchronous") {
      this.deadLetterQueue = new DeadLetterQueue(this, "dead-letters", { alarmTopic: props.alarmTopic });
      this.role.grant({
        actions: ["sqs:SendMessage"],
        resources: [this.deadLetterQueue.arn],
        uncalled: "The Lambda service sends failed events to the dead-letter queue under the function's role.",
      });
      const eventInvokeConfig = new LambdaFunctionEventInvokeConfig(this, "event-invoke-config", {
        functionName: lambda.functionName,
        maximumRetryAttempts: props.retryAttempts ?? 2,
        maximumEventAgeInSeconds: props.maxEventAgeSeconds ?? 21600,
        destinationConfig: { onFailure: { destination: this.deadLetterQueue.arn } },
      });
      // Lambda checks, when the destination is set, that the role may send to it.
      this.role.grantBefore(eventInvokeConfig);
    }

    new Alarm(this, "errors", {
      description: `The function ${name} failed. Its log group ${logGroup.name} says why.`,
      metric: this.metric("Errors"),
      threshold: { atLeast: 1 },
      treatMissingData: "notBreaching",
      topic: props.alarmTopic,
    });
    new Alarm(this, "throttles", {
      description: `The function ${name} was not run: the account's concurrency was used up. Ask for a higher quota.`,
      metric: this.metric("Throttles"),
      threshold: { atLeast: 1 },
      treatMissingData: "notBreaching",
      topic: props.alarmTopic,
    });
  }

  /**
   * The URI that API Gateway invokes the function by, made from its name: a reference would pass create_before_destroy on
   * from the API's deployment to the function and all that it stands on.
   */
  get invokeUri(): string {
    const stack = BlueprintStack.of(this);
    const functionArn = stack.arnOf("lambda", `function:${this.#name}`);
    return `arn:${stack.partition}:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  }

  /** A metric of the function in AWS/Lambda, summed a minute. */
  metric(name: "Errors" | "Throttles" | "Invocations"): Metric {
    return { namespace: "AWS/Lambda", name, statistic: "Sum", dimensions: { FunctionName: this.#name } };
  }

  /** Allows the function's code what it calls. */
  grant(grant: Grant): void {
    this.role.grant(grant);
  }

  /** Allows the function to publish metrics in one namespace, and no other. */
  grantPutMetrics(namespace: string): void {
    this.role.grantPutMetrics(namespace);
  }

  #zip(props: NodejsFunctionProps<S>): { file: string; hash: string } {
    const { code, sourceMap } = bundle(props.entry);
    const files = Object.entries(props.files ?? {}).map(([name, content]) => [name, compressFile(content)]);
    const zip = deterministicZip({ ...Object.fromEntries(files), "index.js": code, "index.js.map": sourceMap });
    const hash = createHash("sha256").update(zip).digest("hex");
    return { file: contentAddressedFile(zip, hash, "function.zip"), hash };
  }
}
