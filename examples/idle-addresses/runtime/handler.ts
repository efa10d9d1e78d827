import { Logger } from "@aws-lambda-powertools/logger";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeAddressesCommand, EC2Client } from "@aws-sdk/client-ec2";
import * as z from "zod";
import { clientConfig } from "../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../shared/runtime/environment";
import { environment, METRIC_NAME } from "./configuration";
import { idleAddresses } from "./idle-addresses";

const { METRIC_NAMESPACE: Namespace } = readEnvironment(environment);
const logger = new Logger({ serviceName: "counter" });
const config = clientConfig();
const ec2 = new EC2Client(config);
const cloudWatch = new CloudWatchClient(config);

const scheduledEvent = z.object({ time: z.iso.datetime({ offset: true }).transform((text) => new Date(text)) });

/** Counts the idle addresses and publishes the number for the time that the run was due. */
export async function handler(event: unknown): Promise<{ idle: number }> {
  const { time: Timestamp } = scheduledEvent.parse(event);
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  const idle = idleAddresses(Addresses);
  logger.info("counted", { addresses: Addresses.length, idle });
  const MetricData = [{ MetricName: METRIC_NAME, Timestamp, Value: idle.length, Unit: "Count" as const }];
  await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  return { idle: idle.length };
}
