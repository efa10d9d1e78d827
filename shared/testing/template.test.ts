import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { Template } from "./template";

const queues = Template.of({
  resource: {
    aws_sqs_queue: {
      jobs: { name: "jobs", visibility_timeout_seconds: 30, "//": { metadata: { path: "app/jobs" } } },
      dead: { name: "dead", visibility_timeout_seconds: 60 },
    },
    aws_kinesis_stream: { clicks: { name: "clicks" } },
  },
  data: { aws_region: { current: {} } },
  output: { url: { value: "${aws_sqs_queue.jobs.url}", description: "Where jobs go." } },
});

describe("what a template is made of", () => {
  test("a stack is synthesized", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    new AwsProvider(stack, "aws");
    const stream = new KinesisStream(stack, "clicks", { name: "clicks" });
    new TerraformOutput(stack, "arn", { value: stream.arn });
    const template = Template.of(stack);
    expect(template.only("aws_kinesis_stream").attributes.name).toBe("clicks");
    expect(template.outputs()).toEqual({ arn: { value: "${aws_kinesis_stream.clicks.arn}" } });
  });

  test("a stack's failing validation is thrown", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    stack.node.addValidation({ validate: () => ["shards must be at least 1"] });
    expect(() => Template.of(stack)).toThrow(/shards must be at least 1/);
  });

  test("a folder is read, or the file in it", () => {
    const folder = mkdtempSync(join(tmpdir(), "template-"));
    try {
      expect(() => Template.of(folder)).toThrow(/there is no .*cdk\.tf\.json/);
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(queues.json));
      expect(Template.of(folder).resourceCount("aws_sqs_queue")).toBe(2);
      expect(Template.of(join(folder, "cdk.tf.json")).resourceCount("aws_sqs_queue")).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("resources", () => {
  test("have an address, a type, a name and attributes without metadata", () => {
    expect(queues.resources("aws_sqs_queue")[0]).toEqual({
      address: "aws_sqs_queue.jobs",
      type: "aws_sqs_queue",
      name: "jobs",
      attributes: { name: "jobs", visibility_timeout_seconds: 30 },
    });
    expect(queues.resources().length).toBe(3);
    expect(queues.resourceCount("aws_lambda_function")).toBe(0);
  });

  test("are found by address, data sources too", () => {
    expect(queues.at("aws_sqs_queue.dead")?.attributes.name).toBe("dead");
    expect(queues.at("data.aws_region.current")?.type).toBe("aws_region");
    expect(queues.at("aws_region.current")).toBeUndefined();
  });

  test("only() is content with exactly one, and lists what there is otherwise", () => {
    expect(queues.only("aws_kinesis_stream").name).toBe("clicks");
    expect(() => queues.only("aws_sqs_queue")).toThrow(
      "2 aws_sqs_queue where one was expected: aws_sqs_queue.jobs, aws_sqs_queue.dead",
    );
    expect(() => queues.only("aws_sns_topic")).toThrow("It has 2 aws_sqs_queue, 1 aws_kinesis_stream");
  });

  test("find() matches partially", () => {
    expect(queues.find("aws_sqs_queue", { visibility_timeout_seconds: 60 }).name).toBe("dead");
  });

  test("find() names the closest resource and what differs", () => {
    expect(() => queues.find("aws_sqs_queue", { name: /^dead$/, visibility_timeout_seconds: 90 })).toThrow(
      "none of 2 aws_sqs_queue matches. Closest is aws_sqs_queue.dead, where\n" +
        "  visibility_timeout_seconds: expected 90, got 60",
    );
    expect(() => queues.find("aws_sns_topic")).toThrow("no aws_sns_topic in this stack");
    expect(() => Template.of({}).find("aws_sns_topic")).toThrow("It has no resources");
  });
});
