import { join } from "node:path";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { NodejsFunction } from "../../shared/functions/nodejs-function";
import { ScheduledFunction } from "../../shared/functions/scheduled-function";
import { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { Dashboard } from "../../shared/monitoring/dashboard";
import { CustomResourceApi } from "./custom-resource-api";
import type { Parameters } from "./parameters";
import { monitorEnvironment, STREAMS_FILE, type StreamLimits, scalerEnvironment } from "./runtime/configuration";
import { refuseSameStreamTwice, ScaledStream } from "./scaled-stream";
import { ScalerMemory } from "./scaler-memory";
import { alarmOnScaling } from "./scaling-alarms";
import { scalingGraphs } from "./scaling-graphs";

/** Kinesis streams whose shard count follows their load, within the limits of UpdateShardCount. */
export default class KinesisScaler extends BlueprintStack<Parameters> {
  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    const namespace = `KinesisScaler/${stackName}`;
    const alarmTopic = new AlarmTopic(this, "alarms", { email: parameters.notificationEmail });
    const memory = new ScalerMemory(this, "memory");

    const streamScope = new Construct(this, "streams");
    const streams = parameters.streams.map((one) => ({
      ...one,
      stream: new ScaledStream(streamScope, one.name, one, namespace),
    }));
    refuseSameStreamTwice(this, streams);
    const limits = streams.map(
      ({ stream, minShards, maxShards }): StreamLimits => ({ streamName: stream.streamName, minShards, maxShards }),
    );
    const files = { [STREAMS_FILE]: JSON.stringify(limits) };

    const monitor = new ScheduledFunction(this, "monitor", {
      description: "Measures the streams' utilisation every minute.",
      entry: join(__dirname, "runtime/monitor.ts"),
      schedule: "rate(1 minute)",
      timeoutSeconds: 58,
      // Of a run that is later still, the next one publishes what matters.
      maxEventAgeSeconds: 120,
      files,
      environment: {
        schema: monitorEnvironment,
        values: {
          METRIC_NAMESPACE: namespace,
          TABLE_NAME: memory.tableName,
          UPDATES_PER_DAY: String(parameters.updatesPerDay),
          METRIC_DELAY_SECONDS: String(parameters.metricDelaySeconds),
        },
      },
      alarmTopic,
    });
    monitor.grantPutMetrics(namespace);
    monitor.grant({ actions: ["cloudwatch:GetMetricData"], resources: ["*"] });
    memory.grantReadAll(monitor);

    const scaler = new NodejsFunction(this, "scaler", {
      description: "Reads and changes a stream's shard count for Application Auto Scaling.",
      entry: join(__dirname, "runtime/scaler.ts"),
      // API Gateway waits no longer.
      timeoutSeconds: 29,
      invocation: "synchronous",
      files,
      environment: {
        schema: scalerEnvironment,
        values: {
          TABLE_NAME: memory.tableName,
          UPDATES_PER_DAY: String(parameters.updatesPerDay),
          UPDATES_RESERVED_FOR_SCALE_OUT: String(parameters.updatesReservedForScaleOut),
          SCALE_IN: parameters.scaleIn ? "true" : "false",
        },
      },
      alarmTopic,
    });
    memory.grantReadWrite(scaler);

    const api = new CustomResourceApi(this, "api", { handler: scaler, alarmTopic });
    for (const { stream, minShards, maxShards } of streams) {
      stream.grantMeasuring(monitor);
      stream.grantScaling(scaler);
      stream.addAlarms({ topic: alarmTopic, ...parameters });
      api.scale(stream.streamName, {
        minCapacity: minShards,
        maxCapacity: maxShards,
        metric: stream.metric("utilization", "Maximum"),
        targetPercent: parameters.targetUtilizationPercent,
        scaleIn: parameters.scaleIn,
        scaleOutCooldownSeconds: parameters.scaleOutCooldownSeconds,
        scaleInCooldownSeconds: parameters.scaleInCooldownSeconds,
        // When the schedule stands, what the scaler needs has stood for a while: IAM and API Gateway take some seconds.
        after: [stream.resource, monitor.schedule],
      });
    }
    alarmOnScaling(this, { namespace, monitor, scaler, topic: alarmTopic });

    const dashboard = new Dashboard(
      this,
      "dashboard",
      scalingGraphs(
        streams.map(({ stream }) => stream),
        parameters.targetUtilizationPercent,
      ),
    );
    this.output(
      "stream_arns",
      "ARN of each stream, by its name in Kinesis.",
      Object.fromEntries(streams.map(({ stream }) => [stream.streamName, stream.arn])),
    );
    this.output(
      "resource_id_prefix",
      "Beginning of the scalable targets' resource ids; the stream's name follows.",
      api.resourceIdPrefix,
    );
    this.output(
      "monitor_function",
      "Name of the function that measures the streams every minute.",
      monitor.functionName,
    );
    this.output("scaler_function", "Name of the function that changes the shard count.", scaler.functionName);
    this.output("metric_namespace", "CloudWatch namespace of the streams' utilisation.", namespace);
    this.output("dashboard_name", "Name of the CloudWatch dashboard.", dashboard.dashboardName);
    this.output("alarm_topic_arn", "ARN of the SNS topic that all alarms notify.", alarmTopic.arn);
  }
}
