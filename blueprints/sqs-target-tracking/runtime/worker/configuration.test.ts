import { readEnvironment } from "../../../../shared/runtime/environment";
import { workerEnvironment } from "./configuration";

const GIVEN = {
  QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/work",
  QUEUE_NAME: "work",
  QUEUE_TYPE: "standard",
  VISIBILITY_TIMEOUT_SECONDS: "60",
  MESSAGES_AT_ONCE: "2",
  METRIC_NAMESPACE: "SqsTargetTracking/test",
  EXPECTED_SECONDS: "2.5",
  AWS_REGION: "eu-west-1",
};

test("what the stack does not say has Fargate's largest stop timeout, and logs no line per message", () => {
  expect(readEnvironment(workerEnvironment, GIVEN)).toEqual({
    ...GIVEN,
    VISIBILITY_TIMEOUT_SECONDS: 60,
    MESSAGES_AT_ONCE: 2,
    EXPECTED_SECONDS: 2.5,
    STOP_TIMEOUT_SECONDS: 120,
    LOG_LEVEL: "INFO",
  });
});

test("one error names every variable that is missing or wrong", () => {
  const wrong = {
    QUEUE_URL: "work",
    QUEUE_TYPE: "lifo",
    VISIBILITY_TIMEOUT_SECONDS: "0",
    MESSAGES_AT_ONCE: "2.5",
    METRIC_NAMESPACE: "",
    ECS_AGENT_URI: "file:///etc/passwd",
    STOP_TIMEOUT_SECONDS: "121",
  };
  expect(() => readEnvironment(workerEnvironment, wrong)).toThrow(
    [
      "Environment variables are missing or wrong: QUEUE_URL: must be the queue's URL",
      "QUEUE_NAME: is missing",
      'QUEUE_TYPE: must be "standard" or "fifo"',
      "VISIBILITY_TIMEOUT_SECONDS: must be a whole number, 1..43200",
      "MESSAGES_AT_ONCE: must be a whole number, 1..100",
      "METRIC_NAMESPACE: must not be empty",
      "EXPECTED_SECONDS: is missing",
      "AWS_REGION: is missing",
      "ECS_AGENT_URI: must be the ECS agent's URL",
      "STOP_TIMEOUT_SECONDS: must be a whole number, 1..120. Deploy the stack again.",
    ].join("; "),
  );
});
