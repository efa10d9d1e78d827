import { policy, resources, testRules } from "./examples";
import { queueRules } from "./queues";

const redrive_policy = JSON.stringify({ deadLetterTargetArn: "${aws_sqs_queue.dead.arn}", maxReceiveCount: 3 });
const allow = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: "*",
};
const depthAlarm = {
  metric_name: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: "${aws_sqs_queue.dead.name}" },
};

testRules(queueRules, {
  "36": {
    violating: { "a queue without a word on it": [resources({ "aws_sqs_queue.jobs": {} }), /does not say/] },
    conforming: {
      "SQS's own encryption": resources({ "aws_sqs_queue.jobs": { sqs_managed_sse_enabled: true } }),
      "a KMS key": resources({ "aws_sqs_queue.jobs": { kms_master_key_id: "${aws_kms_key.k.id}" } }),
    },
  },
  "37": {
    violating: {
      "everybody, with a policy on the queue": [
        resources({ "aws_sqs_queue.jobs": { policy: policy({ ...allow, Principal: "*" }) } }),
        /^aws_sqs_queue.jobs statement 1 allows everybody/,
      ],
      "every action, with a policy beside the queue": [
        resources({ "aws_sqs_queue_policy.jobs": { policy: policy({ ...allow, Sid: "All", Action: "SQS:*" }) } }),
        /^aws_sqs_queue_policy.jobs statement All allows every action/,
      ],
    },
    conforming: {
      "a service, and a denial to everybody": resources({
        "aws_sqs_queue.jobs": { policy: policy(allow, { ...allow, Effect: "Deny", Principal: "*", Action: "sqs:*" }) },
      }),
    },
  },
  "38.redrive": {
    violating: { "a queue without one": [resources({ "aws_sqs_queue.jobs": {} }), /has no dead-letter queue/] },
    conforming: {
      "a queue with one, which needs none itself": resources({
        "aws_sqs_queue.jobs": { redrive_policy },
        "aws_sqs_queue.dead": {},
      }),
      "a redrive policy of its own": resources({
        "aws_sqs_queue.jobs": {},
        "aws_sqs_queue.dead": {},
        "aws_sqs_queue_redrive_policy.jobs": { queue_url: "${aws_sqs_queue.jobs.url}", redrive_policy },
      }),
      "a queue for what a function failed on": resources({
        "aws_sqs_queue.dead": {},
        "aws_lambda_function.f": { dead_letter_config: { target_arn: "${aws_sqs_queue.dead.arn}" } },
      }),
    },
  },
  "38.retention": {
    violating: {
      "the same retention": [
        resources({ "aws_sqs_queue.jobs": { redrive_policy }, "aws_sqs_queue.dead": {} }),
        /^aws_sqs_queue.dead keeps messages 345600 s, aws_sqs_queue.jobs 345600 s/,
      ],
    },
    conforming: {
      "a longer one": resources({
        "aws_sqs_queue.jobs": { redrive_policy },
        "aws_sqs_queue.dead": { message_retention_seconds: 1_209_600 },
      }),
    },
  },
  "38.alarm": {
    violating: {
      "a dead-letter queue that nobody watches": [
        resources({ "aws_sqs_queue.jobs": { redrive_policy }, "aws_sqs_queue.dead": {} }),
        /^aws_sqs_queue.dead fills without anybody being told/,
      ],
      "an alarm on another queue": [
        resources({
          "aws_sqs_queue.jobs": { redrive_policy },
          "aws_sqs_queue.dead": {},
          "aws_cloudwatch_metric_alarm.depth": {
            ...depthAlarm,
            dimensions: { QueueName: "${aws_sqs_queue.jobs.name}" },
          },
        }),
        /^aws_sqs_queue.dead fills/,
      ],
    },
    conforming: {
      "an alarm": resources({
        "aws_sqs_queue.jobs": { redrive_policy },
        "aws_sqs_queue.dead": {},
        "aws_cloudwatch_metric_alarm.depth": depthAlarm,
      }),
      "an alarm by the queue's name": resources({
        "aws_sqs_queue.jobs": { redrive_policy },
        "aws_sqs_queue.dead": { name: "dead" },
        "aws_cloudwatch_metric_alarm.depth": { ...depthAlarm, dimensions: { QueueName: "dead" } },
      }),
      "an alarm by a metric query": resources({
        "aws_sqs_queue.jobs": { redrive_policy },
        "aws_sqs_queue.dead": {},
        "aws_cloudwatch_metric_alarm.depth": { metric_query: [{ id: "m1", metric: depthAlarm }] },
      }),
    },
  },
});
