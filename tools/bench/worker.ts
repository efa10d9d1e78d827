import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { unzipSync } from "fflate";
import { makeBatches } from "../../blueprints/sqs-target-tracking/runtime/producer/batches";
import { loopRate } from "../../blueprints/sqs-target-tracking/runtime/worker/loop-rate.fixture";
import { imageSource } from "../../shared/containers/image-source";
import { LocalAws } from "../local-aws/server";
import type { Report } from "./report";

const LOOP_MESSAGES = 50_000;
const QUEUE_MESSAGES = 3000;
const AT_ONCE = 10;
const GROUPS = 100;
const POLL_MS = 50;

/** Messages a second of sqs-target-tracking's worker: of its loop alone, and of the program on the local AWS. */
export async function benchWorker(root: string, node: string, python: string, report: Report): Promise<void> {
  const loop = await loopRate({ messages: LOOP_MESSAGES, messagesAtOnce: AT_ONCE });
  report.line("worker: its loop alone, messages a second", loop.toFixed(0));
  report.goal("worker: its loop alone, in ms a message", 1000 / loop, { atMost: 1, digits: 3 });

  const runtime = join(root, "blueprints/sqs-target-tracking/runtime/worker");
  const { file } = imageSource({ entry: join(runtime, "main.ts"), dockerfile: join(runtime, "Dockerfile") });
  const scratch = join(root, ".local");
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "bench-"));
  const aws = new LocalAws({ root, name: "bench", port: 0, python });
  try {
    for (const [name, content] of Object.entries(unzipSync(readFileSync(file))))
      writeFileSync(join(folder, name), content);
    const { url } = await aws.up();
    for (const type of ["standard", "fifo"] as const) {
      const rate = await onLocalAws({ url, node, program: join(folder, "worker.js"), type });
      report.line(`worker: on the local AWS, ${type}, messages a second`, rate.toFixed(0));
    }
  } finally {
    await aws.down();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface WorkerRun {
  readonly url: string;
  readonly node: string;
  readonly program: string;
  readonly type: "standard" | "fifo";
}

/** Of messages that take no time, from the worker's start until the queue is empty. */
async function onLocalAws({ url, node, program, type }: WorkerRun): Promise<number> {
  const sqs = new SQSClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "local" },
    requestHandler: new NodeHttpHandler(),
  });
  const isFifo = type === "fifo";
  const QueueName = `bench-${type}${isFifo ? ".fifo" : ""}`;
  const { QueueUrl = "" } = await sqs.send(
    new CreateQueueCommand({ QueueName, Attributes: isFifo ? { FifoQueue: "true" } : {} }),
  );
  for (const batch of makeBatches({ count: QUEUE_MESSAGES, seconds: 0, groups: isFifo ? GROUPS : undefined })) {
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [...batch] }));
  }
  const left = async () => {
    const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
    return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  };
  const began = performance.now();
  const worker = spawn(node, ["--enable-source-maps", program], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      QUEUE_URL: QueueUrl,
      QUEUE_NAME: QueueName,
      QUEUE_TYPE: type,
      VISIBILITY_TIMEOUT_SECONDS: "30",
      MESSAGES_AT_ONCE: String(AT_ONCE),
      METRIC_NAMESPACE: "Bench",
      EXPECTED_SECONDS: "1",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "worker",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  const ended = once(worker, "exit");
  try {
    while ((await left()) > 0) await delay(POLL_MS);
    return QUEUE_MESSAGES / ((performance.now() - began) / 1000);
  } finally {
    worker.kill("SIGTERM");
    await ended;
  }
}
