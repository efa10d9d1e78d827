import { Logger } from "@aws-lambda-powertools/logger";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../../shared/runtime/environment";
import { dimensionList, TARGET_METRIC } from "../metrics";
import { targetEnvironment, targetEvent } from "./configuration";
import { decideTarget, type TargetDecision } from "./decision";
import { readDurations } from "./measured-durations";
import { TrackingPolicy } from "./scaling-policy";

const environment = readEnvironment(targetEnvironment);
const logger = new Logger({ serviceName: "target" });
const config = clientConfig();
const cloudWatch = new CloudWatchClient(config);
const scaling = new ApplicationAutoScalingClient(config);

/**
 * Sets the scaling policy's target to what the workers' measured durations call for, and publishes the target that is in
 * force. Running it again for the same hour changes nothing.
 * @throws Error when the policy or the durations cannot be read, or the target cannot be set: it stays as it is then.
 */
export async function handler(event: unknown): Promise<TargetDecision> {
  const { time } = targetEvent.parse(event);
  const { POLICY_NAME, RESOURCE_ID, QUEUE_NAME, METRIC_NAMESPACE, LOOK_BACK_HOURS } = environment;
  const policy = await TrackingPolicy.find(scaling, { policyName: POLICY_NAME, resourceId: RESOURCE_ID });
  const points = await readDurations(cloudWatch, {
    namespace: METRIC_NAMESPACE,
    queueName: QUEUE_NAME,
    hours: LOOK_BACK_HOURS,
    until: time,
  });
  const decision = decideTarget(policy.target, points, {
    latencySeconds: environment.LATENCY_SECONDS,
    messagesAtOnce: environment.MESSAGES_AT_ONCE,
    minTarget: environment.MIN_TARGET,
    maxTarget: environment.MAX_TARGET,
    changePercent: environment.CHANGE_PERCENT,
  });
  if (decision.changed) await policy.setTarget(decision.target);
  await publish(decision.target, time);
  logger.info(decision.changed ? "target changed" : "target kept", { ...decision });
  return decision;
}

async function publish(target: number, time: Date): Promise<void> {
  const Dimensions = dimensionList(environment.QUEUE_NAME);
  const datum = { MetricName: TARGET_METRIC, Dimensions, Timestamp: time, Value: target, Unit: "Count" } as const;
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: environment.METRIC_NAMESPACE, MetricData: [datum] }));
}
