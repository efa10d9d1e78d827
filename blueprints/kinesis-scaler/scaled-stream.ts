import { DataAwsKinesisStream } from "@cdktf/provider-aws/lib/data-aws-kinesis-stream";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { BlueprintMistakes } from "../../shared/blueprint/mistakes";
import type { NodejsFunction } from "../../shared/functions/nodejs-function";
import { Alarm } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Metric } from "../../shared/monitoring/metric";
import type { Parameters } from "./parameters";
import { metricNames, STREAM_DIMENSION } from "./runtime/configuration";

const DEFAULT_RETENTION_HOURS = 24;
/** Below this share of a day's UpdateShardCount calls an alarm goes off. */
const NEARLY_SPENT = 0.2;

export interface ScaledStreamAlarms {
  readonly topic: AlarmTopic;
  readonly updatesPerDay: number;
  readonly maxIteratorAgeMinutes: number;
}

/**
 * An adopted stream may have the name that a created one gets: seen only where the stack's name is known.
 * @throws BlueprintMistakes
 */
export function refuseSameStreamTwice(stack: BlueprintStack, streams: readonly { stream: ScaledStream }[]): void {
  const names = streams.map(({ stream }) => stream.streamName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new BlueprintMistakes([
    `${stack.stackName}: streams: ${twice} is adopted, and created under that name as well; keep one`,
  ]);
}

/** The name of the stream in Kinesis. A created one carries the stack's, so that two stacks never meet. */
export function streamNameOf(stackName: string, stream: Parameters["streams"][number]): string {
  return stream.source === "adopt" ? stream.name : `${stackName}-${stream.name}`;
}

/** One stream whose shards follow its load: made by the stack, or adopted as it is. */
export class ScaledStream extends Construct {
  readonly streamName: string;
  readonly arn: string;
  /** The resource, or the data source that proves that it exists. */
  readonly resource: ITerraformDependable;
  readonly #namespace: string;

  constructor(scope: Construct, id: string, stream: Parameters["streams"][number], namespace: string) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.#namespace = namespace;
    this.streamName = streamNameOf(stack.stackName, stream);

    if (stream.source === "adopt") {
      const adopted = new DataAwsKinesisStream(this, "stream", { name: this.streamName });
      this.resource = adopted;
      this.arn = adopted.arn;
      return;
    }
    const created = new KinesisStream(this, "stream", {
      name: this.streamName,
      shardCount: stream.initialShards ?? stream.minShards,
      retentionPeriod: stream.retentionHours ?? DEFAULT_RETENTION_HOURS,
      encryptionType: "KMS",
      kmsKeyId: "alias/aws/kinesis",
      // Registered consumers must not stand in the way of a destroy that is meant.
      enforceConsumerDeletion: !stack.parameters.retainData,
      lifecycle: {
        // The scaler owns the shard count from the first minute on.
        ignoreChanges: ["shard_count"],
        preventDestroy: stack.parameters.retainData,
      },
    });
    this.resource = created;
    this.arn = created.arn;
  }

  /** A metric that Kinesis publishes of the stream. */
  kinesisMetric(name: string, statistic: Metric["statistic"]): Metric {
    return { namespace: "AWS/Kinesis", name, statistic, dimensions: { [STREAM_DIMENSION]: this.streamName } };
  }

  /** A metric that the monitor publishes of the stream. */
  metric(name: keyof typeof metricNames, statistic: Metric["statistic"]): Metric {
    return {
      namespace: this.#namespace,
      name: metricNames[name],
      statistic,
      dimensions: { [STREAM_DIMENSION]: this.streamName },
    };
  }

  grantMeasuring(to: NodejsFunction): void {
    to.grant({ actions: ["kinesis:DescribeStreamSummary"], resources: [this.#arnByName()] });
  }

  grantScaling(to: NodejsFunction): void {
    to.grant({
      actions: ["kinesis:DescribeStreamSummary", "kinesis:UpdateShardCount"],
      resources: [this.#arnByName()],
    });
  }

  /** Its length is known at synthesis, as a reference's is not: five hundred of them have to be spread over policies. */
  #arnByName(): string {
    return BlueprintStack.of(this).arnOf("kinesis", `stream/${this.streamName}`);
  }

  addAlarms({ topic, updatesPerDay, maxIteratorAgeMinutes }: ScaledStreamAlarms): void {
    new Alarm(this, "throttled-writes", {
      description: `Writes to ${this.streamName} have been rejected for three of five minutes: a partition key is too hot for its shard, or the stream is at maxShards.`,
      metric: this.kinesisMetric("WriteProvisionedThroughputExceeded", "Sum"),
      threshold: { atLeast: 1 },
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: "notBreaching",
      topic,
    });
    new Alarm(this, "iterator-age", {
      description: `Consumers of ${this.streamName} are more than ${maxIteratorAgeMinutes} minutes behind. Records are lost when they lag by the retention.`,
      metric: this.kinesisMetric("GetRecords.IteratorAgeMilliseconds", "Maximum"),
      threshold: { above: maxIteratorAgeMinutes * 60_000 },
      evaluationPeriods: 5,
      treatMissingData: "notBreaching",
      topic,
    });
    new Alarm(this, "updates-nearly-spent", {
      description: `${this.streamName} has few of its ${updatesPerDay} shard updates of 24 hours left. Soon it cannot grow: raise minShards, the target or the quota.`,
      metric: this.metric("remainingUpdates", "Minimum"),
      threshold: { atMost: Math.max(1, Math.floor(updatesPerDay * NEARLY_SPENT)) },
      treatMissingData: "ignore",
      topic,
    });
  }
}
