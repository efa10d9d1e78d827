import { ServiceRole } from "../security/service-role";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Queue, type QueueProps } from "./queue";

const DAY_SECONDS = 86_400;

function queueIn(stack: TestStack, props: Partial<QueueProps> = {}): Queue {
  return new Queue(stack, "work", {
    visibilityTimeoutSeconds: 60,
    maxReceives: 5,
    alarmTopic: stack.alarmTopic,
    ...props,
  });
}

function queuesOf(stack: TestStack, name: string) {
  const template = Template.of(stack);
  return {
    queue: template.find("aws_sqs_queue", { name }),
    deadLetters: template.find("aws_sqs_queue", { name: name.replace("work", "work-dead-letters") }),
  };
}

describe("a queue", () => {
  const stack = new TestStack();
  const queue = queueIn(stack);
  const role = new ServiceRole(stack, "worker", { service: "lambda.amazonaws.com", description: "Worker" });
  queue.grantConsume(role);
  const sender = new ServiceRole(stack, "sender", { service: "lambda.amazonaws.com", description: "Sender" });
  queue.grantSend(sender);
  const template = Template.of(stack);
  const { queue: made, deadLetters } = queuesOf(stack, "test-work");

  test("is encrypted, refuses what comes without TLS, and keeps messages for four days", () => {
    expect(made.attributes).toMatchObject({
      sqs_managed_sse_enabled: true,
      message_retention_seconds: 4 * DAY_SECONDS,
      visibility_timeout_seconds: 60,
    });
    expect(JSON.parse(made.attributes.policy).Statement).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: expect.stringMatching(/:sqs:.*:test-work$/),
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    expect(made.attributes).not.toHaveProperty("fifo_queue");
  });

  test("hands what was received too often to its dead-letter queue, which takes it from this queue only", () => {
    const redrive = JSON.parse(made.attributes.redrive_policy);
    expect(redrive).toEqual({ deadLetterTargetArn: expect.any(String), maxReceiveCount: 5 });
    expect(refersTo(redrive.deadLetterTargetArn, deadLetters.address)).toBe(true);
    const { redrivePermission, sourceQueueArns } = JSON.parse(deadLetters.attributes.redrive_allow_policy);
    expect([redrivePermission, sourceQueueArns]).toEqual(["byQueue", [expect.stringMatching(/:sqs:.*:test-work$/)]]);
    // It is made first: a reference back to the queue would be a circle.
    expect(refersTo(sourceQueueArns, made.address)).toBe(false);
  });

  test("has a dead-letter queue that keeps messages longer, and alarms from the first one on", () => {
    expect(deadLetters.attributes.message_retention_seconds).toBe(14 * DAY_SECONDS);
    template.find("aws_cloudwatch_metric_alarm", {
      metric_name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "test-work-dead-letters" },
      threshold: 1,
    });
    expect(queue.deadLetterQueue.queueName).toBe("test-work-dead-letters");
  });

  test("lets a consumer receive, hide and delete messages, and a sender send them", () => {
    const resource = [`\${${made.address}.arn}`];
    expect(template.policyStatements(roleAddress("worker"))).toEqual([
      {
        Effect: "Allow",
        Action: ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
        Resource: resource,
      },
    ]);
    expect(template.policyStatements(roleAddress("sender"))).toEqual([
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: resource },
    ]);
  });

  test("knows its metrics by a name that is no reference", () => {
    expect(queue.metric("ApproximateAgeOfOldestMessage", "Maximum")).toEqual({
      namespace: "AWS/SQS",
      name: "ApproximateAgeOfOldestMessage",
      statistic: "Maximum",
      dimensions: { QueueName: "test-work" },
    });
  });

  function roleAddress(id: string): string {
    return template.find("aws_iam_role", { name: `test-${id}-eu-central-1` }).address;
  }
});

describe("a FIFO queue", () => {
  const stack = new TestStack();
  const queue = queueIn(stack, { fifo: true });
  const { queue: made, deadLetters } = queuesOf(stack, "test-work.fifo");

  test("orders and limits each message group by itself, and has senders give the ids", () => {
    expect(made.attributes).toMatchObject({
      fifo_queue: true,
      content_based_deduplication: false,
      deduplication_scope: "messageGroup",
      fifo_throughput_limit: "perMessageGroupId",
    });
  });

  test("has a dead-letter queue that is FIFO as well, and both names end in .fifo", () => {
    expect(deadLetters.attributes).toMatchObject({ name: "test-work-dead-letters.fifo", fifo_queue: true });
    expect(deadLetters.attributes.policy).toContain(":test-work-dead-letters.fifo");
    expect(deadLetters.attributes.redrive_allow_policy).toContain(":test-work.fifo");
    expect([queue.queueName, queue.deadLetterQueue.queueName]).toEqual([
      "test-work.fifo",
      "test-work-dead-letters.fifo",
    ]);
  });
});

test.each([true, false])("a queue and its dead-letter queue are data, which retainData (%s) protects", (retainData) => {
  const stack = new TestStack({ retainData });
  queueIn(stack);
  for (const { attributes } of Template.of(stack).resources("aws_sqs_queue")) {
    expect(attributes.lifecycle).toEqual({ prevent_destroy: retainData });
  }
});

test("a queue takes what SQS takes, and less retention than its dead-letter queue has", () => {
  const most = { visibilityTimeoutSeconds: 43_200, retentionDays: 13, maxReceives: 1000 };
  expect(() => queueIn(new TestStack(), most)).not.toThrow();
  expect(() =>
    queueIn(new TestStack(), { visibilityTimeoutSeconds: 1, retentionDays: 1, maxReceives: 1 }),
  ).not.toThrow();
  expect(() =>
    queueIn(new TestStack(), { visibilityTimeoutSeconds: 43_201, retentionDays: 14, maxReceives: 0 }),
  ).toThrow(
    [
      "test: work.visibilityTimeoutSeconds: must be a whole number of 1..43200, got 43201; take 43200 or less",
      "test: work.retentionDays: must be a whole number of 1..13, got 14; take 13 or less",
      "test: work.maxReceives: must be a whole number of 1..1000, got 0; take 1 or more",
    ].join("\n"),
  );
});
