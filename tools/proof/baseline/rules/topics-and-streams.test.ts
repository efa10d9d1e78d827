import { policy, resources, testRules } from "./examples";
import { topicAndStreamRules } from "./topics-and-streams";

const allow = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sns:Publish",
  Resource: "*",
};
const alarm = { alarm_actions: ["${aws_sns_topic.alarms.arn}"] };
const forCloudWatch = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
  Resource: "*",
};
const stream = (attributes: object) => resources({ "aws_kinesis_stream.clicks": attributes });

testRules(topicAndStreamRules, {
  "40.encryption": {
    violating: { "a topic in clear": [resources({ "aws_sns_topic.alarms": {} }), /is not encrypted/] },
    conforming: { "a key": resources({ "aws_sns_topic.alarms": { kms_master_key_id: "${aws_kms_key.k.id}" } }) },
  },
  "40.alarms": {
    violating: {
      "a key of AWS": [
        resources({
          "aws_sns_topic.alarms": { kms_master_key_id: "alias/aws/sns" },
          "aws_cloudwatch_metric_alarm.a": alarm,
        }),
        /^aws_sns_topic.alarms is encrypted with a key that CloudWatch may not use/,
      ],
      "a policy that lets CloudWatch decrypt only": [
        resources({
          "aws_sns_topic.alarms": { kms_master_key_id: "${aws_kms_key.k.id}" },
          "aws_kms_key.k": { policy: policy({ ...forCloudWatch, Action: "kms:Decrypt" }) },
          "aws_cloudwatch_metric_alarm.a": alarm,
        }),
        /CloudWatch may not use/,
      ],
    },
    conforming: {
      "a key that CloudWatch may use": resources({
        "aws_sns_topic.alarms": { kms_master_key_id: "${aws_kms_key.k.id}" },
        "aws_kms_key.k": { policy: policy(forCloudWatch) },
        "aws_cloudwatch_metric_alarm.a": alarm,
      }),
      "such a key by its alias, with a policy of its own": resources({
        "aws_sns_topic.alarms": { kms_master_key_id: "${aws_kms_alias.a.name}" },
        "aws_kms_alias.a": { target_key_id: "${aws_kms_key.k.key_id}" },
        "aws_kms_key.k": {},
        "aws_kms_key_policy.k": { key_id: "${aws_kms_key.k.id}", policy: policy(forCloudWatch) },
        "aws_cloudwatch_composite_alarm.a": alarm,
      }),
      "a topic that an alarm watches, and does not notify": resources({
        "aws_sns_topic.jobs": { kms_master_key_id: "alias/aws/sns" },
        "aws_cloudwatch_metric_alarm.a": { dimensions: { TopicName: "${aws_sns_topic.jobs.name}" } },
      }),
      "a topic that no alarm notifies": resources({ "aws_sns_topic.jobs": { kms_master_key_id: "alias/aws/sns" } }),
    },
  },
  "41": {
    violating: {
      everybody: [
        resources({
          "aws_sns_topic_policy.a": { policy: policy({ ...allow, Principal: { AWS: "*" } }) },
        }),
        /^aws_sns_topic_policy.a statement 1 allows everybody/,
      ],
    },
    conforming: {
      "a service": resources({ "aws_sns_topic_policy.a": { policy: policy({ ...allow }) } }),
    },
  },
  "42.encryption": {
    violating: {
      "no encryption": [stream({ encryption_type: "NONE" }), /is not encrypted/],
      "no key": [stream({ encryption_type: "KMS" }), /is not encrypted/],
    },
    conforming: { "a KMS key": stream({ encryption_type: "KMS", kms_key_id: "alias/aws/kinesis" }) },
  },
  "42.retention": {
    violating: { "no retention": [stream({}), /does not say how long/] },
    conforming: { retention: stream({ retention_period: 168 }) },
  },
});
