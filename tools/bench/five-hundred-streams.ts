import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { BundledHandler } from "../../shared/testing/bundled-handler";
import { LocalAws } from "../local-aws/server";
import { parseCalls } from "../proof/permissions/calls";
import type { Report } from "./report";

/** Application Auto Scaling's quota of custom-resource targets. */
const STREAMS = 500;
const CALLER = "monitor";

/** One run of kinesis-scaler's monitor for as many streams as Application Auto Scaling takes, with Kinesis' rate limits. */
export async function benchFiveHundredStreams(
  root: string,
  node: string,
  python: string,
  report: Report,
): Promise<void> {
  const aws = new LocalAws({ root, name: "bench", port: 0, python });
  const { url } = await aws.up();
  const names = Array.from({ length: STREAMS }, (_, index) => `stream-${index}`);
  const config = {
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "local" },
    requestHandler: new NodeHttpHandler(),
  };
  const monitor = new BundledHandler({
    entry: join(root, "blueprints/kinesis-scaler/runtime/monitor.ts"),
    node,
    files: { "streams.json": JSON.stringify(names.map((streamName) => ({ streamName, minShards: 1, maxShards: 2 }))) },
    environment: {
      METRIC_NAMESPACE: "Bench",
      TABLE_NAME: "memory",
      UPDATES_PER_DAY: "10",
      METRIC_DELAY_SECONDS: "60",
      AWS_ENDPOINT_URL: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: CALLER,
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  try {
    const kinesis = new KinesisClient(config);
    for (const StreamName of names) await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await new DynamoDBClient(config).send(
      new CreateTableCommand({
        TableName: "memory",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "streamName", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "streamName", KeyType: "HASH" }],
      }),
    );
    const began = performance.now();
    const result = (await monitor.invoke({ time: new Date().toISOString() })) as { measured: number };
    const seconds = (performance.now() - began) / 1000;
    const calls = parseCalls(readFileSync(aws.requestLog, "utf8")).filter(({ accessKeyId }) => accessKeyId === CALLER);
    const count = (action: string) => calls.filter((call) => call.action === action).length;
    report.line(`${STREAMS} streams: measured`, String(result.measured));
    report.goal(`${STREAMS} streams: one run of the monitor, in s`, seconds, { atMost: 45, digits: 1 });
    for (const action of ["GetMetricData", "PutMetricData", "Scan", "DescribeStreamSummary"]) {
      report.line(`${STREAMS} streams: calls of ${action}`, String(count(action)));
    }
    report.line(
      `${STREAMS} streams: DescribeStreamSummary a second`,
      `${(count("DescribeStreamSummary") / seconds).toFixed(1)} (quota 20)`,
    );
  } finally {
    monitor.close();
    await aws.down();
  }
}
