import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { DeadLetterQueue } from "./dead-letter-queue";

describe("a dead-letter queue", () => {
  const stack = new TestStack();
  new DeadLetterQueue(stack, "dead-letters", { alarmTopic: stack.alarmTopic });
  const template = Template.of(stack);

  test("keeps what fails for 14 days, encrypted, and refuses what comes without TLS", () => {
    const { attributes } = template.only("aws_sqs_queue");
    expect(attributes).toMatchObject({
      name: "test-dead-letters",
      message_retention_seconds: 14 * 86_400,
      sqs_managed_sse_enabled: true,
    });
    expect(JSON.parse(attributes.policy).Statement).toMatchObject([
      {
        Effect: "Deny",
        Resource: expect.stringMatching(/:test-dead-letters$/),
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  test("alarms from the first message on", () => {
    template.find("aws_cloudwatch_metric_alarm", {
      metric_name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "test-dead-letters" },
      threshold: 1,
      comparison_operator: "GreaterThanOrEqualToThreshold",
    });
  });

  test("of a function holds no data: it is destroyed with it, whatever retainData says", () => {
    expect(stack.parameters.retainData).toBe(true);
    expect(template.only("aws_sqs_queue").attributes).not.toHaveProperty("lifecycle");
  });
});
