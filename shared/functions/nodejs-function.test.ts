import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import * as z from "zod";
import { scratchFolder } from "../testing/scratch-folder";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { NodejsFunction, type NodejsFunctionProps } from "./nodejs-function";

const environment = { schema: z.object({ QUEUE: z.string() }), values: { QUEUE: "jobs" } };
let folder: string;
let entry: string;
beforeAll(() => {
  folder = scratchFolder("function");
  entry = join(folder, "handler.ts");
  writeFileSync(entry, "export const handler = async () => 'done';");
});
afterAll(() => rmSync(folder, { recursive: true }));

const functionIn = (stack: TestStack, props: Partial<NodejsFunctionProps<typeof environment.schema>> = {}) =>
  new NodejsFunction(stack, "worker", {
    entry,
    description: "Works.",
    environment,
    invocation: "synchronous",
    alarmTopic: stack.alarmTopic,
    ...props,
  });

describe("a Node.js function", () => {
  test("has these defaults", () => {
    const stack = new TestStack();
    functionIn(stack);
    Template.of(stack).find("aws_lambda_function", {
      function_name: "test-worker",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      memory_size: 256,
      timeout: 30,
      tracing_config: { mode: "Active" },
      environment: { variables: { QUEUE: "jobs", NODE_OPTIONS: "--enable-source-maps" } },
      source_code_hash: /^\$\{filebase64sha256\("assets\/.*\/function\.zip"\)\}$/,
    });
  });

  test("its log group exists before it, with the retention of the parameters", () => {
    const stack = new TestStack({ logRetentionDays: 7 });
    functionIn(stack);
    const template = Template.of(stack);
    template.find("aws_cloudwatch_log_group", { name: "/aws/lambda/test-worker", retention_in_days: 7 });
    template.find("aws_lambda_function", { logging_config: { log_group: /^\$\{aws_cloudwatch_log_group\./ } });
  });

  test("its role may write its own log and traces, and nothing else that was not granted", () => {
    const stack = new TestStack();
    functionIn(stack).grant({ actions: ["sqs:SendMessage"], resources: ["arn:queue"] });
    const statements = Template.of(stack).policyStatements("test-worker");
    expect(statements.flatMap((statement) => statement.Action)).toEqual([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
      "sqs:SendMessage",
    ]);
  });

  test("publishing metrics is granted for one namespace only", () => {
    const stack = new TestStack();
    functionIn(stack).grantPutMetrics("Mine");
    expect(Template.of(stack).policyStatements("test-worker").at(-1)).toMatchObject({
      Action: ["cloudwatch:PutMetricData"],
      Condition: { StringEquals: { "cloudwatch:namespace": ["Mine"] } },
    });
  });

  test("alarms tell of errors and of throttles", () => {
    const stack = new TestStack();
    functionIn(stack);
    for (const metric_name of ["Errors", "Throttles"]) {
      Template.of(stack).find("aws_cloudwatch_metric_alarm", {
        namespace: "AWS/Lambda",
        metric_name,
        dimensions: { FunctionName: "test-worker" },
        alarm_actions: [/^\$\{aws_sns_topic\./],
      });
    }
  });

  test("one that is invoked asynchronously keeps failed events in a queue and may send there", () => {
    const stack = new TestStack();
    functionIn(stack, { invocation: "asynchronous", retryAttempts: 1, maxEventAgeSeconds: 60 });
    const template = Template.of(stack);
    template.find("aws_sqs_queue", {
      name: "test-worker-dead-letters",
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    const { attributes } = template.only("aws_lambda_function_event_invoke_config");
    expect(attributes).toMatchObject({ maximum_retry_attempts: 1, maximum_event_age_in_seconds: 60 });
    expect(attributes.depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\./)]);
    expect(template.policyStatements("test-worker").at(-1)?.Action).toEqual(["sqs:SendMessage"]);
    template.find("aws_cloudwatch_metric_alarm", { metric_name: "ApproximateNumberOfMessagesVisible" });
  });

  test("one that is invoked synchronously has no such queue: the caller sees the failure", () => {
    const stack = new TestStack();
    functionIn(stack);
    expect(Template.of(stack).resourceCount("aws_sqs_queue")).toBe(0);
  });

  test("files lie beside the code in the zip", () => {
    const stack = new TestStack();
    const { asset } = functionIn(stack, { files: { "streams.json": "[1]" } });
    const zip = unzipSync(readFileSync(asset));
    expect(Object.keys(zip).sort()).toEqual(["index.js", "index.js.map", "streams.json"]);
    expect(Buffer.from(zip["streams.json"] ?? []).toString()).toBe("[1]");
  });

  test("reserved concurrency is left alone, with a reason for the baseline, unless it is asked for", () => {
    const [without, reserved] = [new TestStack(), new TestStack()];
    functionIn(without);
    functionIn(reserved, { reservedConcurrency: 5 });
    expect(Template.of(without).only("aws_lambda_function").attributes.reserved_concurrent_executions).toBeUndefined();
    expect(without.baselineExceptions).toEqual([expect.objectContaining({ rule: "45" })]);
    expect(Template.of(reserved).only("aws_lambda_function").attributes.reserved_concurrent_executions).toBe(5);
    expect(reserved.baselineExceptions).toEqual([]);
  });
});
