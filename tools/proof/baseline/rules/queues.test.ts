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

const byName = JSON.stringify({
  deadLetterTargetArn: "arn:${local.p}:sqs:${local.r}:${local.a}:dead.fifo",
  maxReceiveCount: 3,
});

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
    violating: {
      "a queue without one": [resources({ "aws_sqs_queue.jobs": {} }), /has no dead-letter queue/],
      "a queue that no other may use as one": [
        resources({ "aws_sqs_queue.jobs": { redrive_allow_policy: '{"redrivePermission":"denyAll"}' } }),
        /has no dead-letter queue/,
      ],
      "a queue whose name only ends alike": [
        resources({ "aws_sqs_queue.jobs": { redrive_policy: byName }, "aws_sqs_queue.more": { name: "un-dead.fifo" } }),
        /^aws_sqs_queue.more has no dead-letter queue/,
      ],
    },
    conforming: {
      "a dead-letter queue that is named by its ARN": resources({
        "aws_sqs_queue.jobs": { redrive_policy: byName },
        "aws_sqs_queue.dead": { name: "dead.fifo" },
      }),
      "a queue that others may use as one": resources({
        "aws_sqs_queue.dead": {
          redrive_allow_policy: '{"redrivePermission":"byQueue","sourceQueueArns":["${local.q}"]}',
        },
      }),
      "a queue that others may use, by a policy of its own": resources({
        "aws_sqs_queue.dead": {},
        "aws_sqs_queue_redrive_allow_policy.dead": {
          queue_url: "${aws_sqs_queue.dead.url}",
          redrive_allow_policy: '{"redrivePermission":"allowAll"}',
        },
      }),
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
      "the same one in FIFO queues, where the time begins anew": resources({
        "aws_sqs_queue.jobs": { redrive_policy, fifo_queue: true },
        "aws_sqs_queue.dead": { fifo_queue: true },
      }),
    },
  },
  "38.kind": {
    violating: {
      "a FIFO queue's, which is none": [
        resources({ "aws_sqs_queue.jobs": { redrive_policy, fifo_queue: true }, "aws_sqs_queue.dead": {} }),
        /^aws_sqs_queue.dead cannot take messages of aws_sqs_queue.jobs, which is FIFO/,
      ],
      "another's, which is one": [
        resources({
          "aws_sqs_queue.jobs": { redrive_policy: byName },
          "aws_sqs_queue.dead": { name: "dead.fifo", fifo_queue: true },
        }),
        /which is not FIFO/,
      ],
    },
    conforming: {
      "two FIFO queues": resources({
        "aws_sqs_queue.jobs": { redrive_policy, fifo_queue: true },
        "aws_sqs_queue.dead": { fifo_queue: true },
      }),
      "two that are not": resources({ "aws_sqs_queue.jobs": { redrive_policy }, "aws_sqs_queue.dead": {} }),
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
