import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { tooOpen } from "../policies";
import type { Rule } from "../rule";
import { denotes, isTrue } from "./findings";

/** SQS keeps a message this long unless told otherwise. */
const DEFAULT_RETENTION_SECONDS = 345_600;

export const queueRules: readonly Rule[] = [
  {
    id: "36",
    title: "every queue is encrypted",
    source: "SQS.1, CKV_AWS_27, AWS-0096",
    check: (template) =>
      queues(template)
        .filter(({ attributes }) => attributes.sqs_managed_sse_enabled !== true && !attributes.kms_master_key_id)
        .map(({ address }) => ({
          address,
          what: "does not say that it is encrypted",
          mend: "set sqs_managed_sse_enabled to true, or kms_master_key_id",
        })),
  },
  {
    id: "37",
    title: "no queue's policy allows everybody or everything",
    source: "SQS.3, CKV_AWS_72, CKV_AWS_168, CKV_AWS_387, AWS-0097",
    check: (template) => tooOpen(template, "sqs:*", "aws_sqs_queue", "aws_sqs_queue_policy"),
  },
  {
    id: "38.redrive",
    title: "every queue hands messages that keep failing to a dead-letter queue",
    source: "practice: otherwise one bad message is tried until it expires, and is then gone",
    check: (template) =>
      sourceQueues(template)
        .filter((queue) => !redrivePolicy(template, queue))
        .map(({ address }) => ({
          address,
          what: "has no dead-letter queue",
          mend: "set redrive_policy with deadLetterTargetArn and maxReceiveCount",
        })),
  },
  {
    id: "38.retention",
    title: "a dead-letter queue keeps messages longer than the queue they come from",
    source:
      "practice: SQS counts a message's age from when it was first sent, not from when it was moved; in a FIFO queue it does",
    check: (template) =>
      sourceQueues(template).flatMap((queue) => {
        const target = deadLetterQueueOf(template, queue);
        if (!target || isTrue(target.attributes.fifo_queue) || retentionSeconds(target) > retentionSeconds(queue))
          return [];
        return [
          {
            address: target.address,
            what: `keeps messages ${retentionSeconds(target)} s, ${queue.address} ${retentionSeconds(queue)} s`,
            mend: "set message_retention_seconds of the dead-letter queue higher, at most 1209600",
          },
        ];
      }),
  },
  {
    id: "38.kind",
    title: "a FIFO queue's dead-letter queue is one too, and another's is not",
    source: "docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    check: (template) =>
      sourceQueues(template).flatMap((queue) => {
        const target = deadLetterQueueOf(template, queue);
        if (!target || isTrue(target.attributes.fifo_queue) === isTrue(queue.attributes.fifo_queue)) return [];
        return [
          {
            address: target.address,
            what: `cannot take messages of ${queue.address}, which is ${isTrue(queue.attributes.fifo_queue) ? "FIFO" : "not FIFO"}`,
            mend: "set fifo_queue of both queues to the same",
          },
        ];
      }),
  },
  {
    id: "38.alarm",
    title: "somebody hears of it when a message arrives in a dead-letter queue",
    source: "practice",
    check: (template) =>
      deadLetterQueues(template)
        .filter((queue) => !hasDepthAlarm(template, queue))
        .map(({ address }) => ({
          address,
          what: "fills without anybody being told",
          mend: "add an aws_cloudwatch_metric_alarm on its ApproximateNumberOfMessagesVisible",
        })),
  },
];

/** Queues that somebody names as a place for what failed, or that say which queues may. */
function deadLetterQueues(template: Template): Resource[] {
  const targets = template.resources().flatMap(({ attributes }) => failureTargets(attributes));
  return queues(template).filter((queue) => names(targets, queue) || takesFailures(template, queue));
}

function failureTargets(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    ["redrive_policy", "dead_letter_config", "on_failure"].includes(key) ? [part] : failureTargets(part),
  );
}

/** Also a dead-letter queue whose queues are in another stack. */
function takesFailures(template: Template, queue: Resource): boolean {
  const separate = template
    .resources("aws_sqs_queue_redrive_allow_policy")
    .filter(({ attributes }) => refersTo(attributes.queue_url, queue.address));
  return [queue, ...separate]
    .map(({ attributes }) => attributes.redrive_allow_policy)
    .some((policy) => policy !== undefined && !/"denyAll"/.test(String(policy)));
}

/** Whether a value, at any depth, names a queue: by a reference, or by an ARN with its name. */
function names(value: unknown, queue: Resource): boolean {
  if (typeof value === "string") {
    return refersTo(value, queue.address) || arnNames(value).includes(queue.attributes.name);
  }
  return typeof value === "object" && value !== null && Object.values(value).some((part) => names(part, queue));
}

/** Names at the end of ARNs of SQS, whose parts before may be references. */
function arnNames(text: string): string[] {
  return [...text.matchAll(/:sqs:[^"]*:([\w-]+(?:\.fifo)?)(?="|$)/g)].map(([, name = ""]) => name);
}

function queues(template: Template): Resource[] {
  return template.resources("aws_sqs_queue");
}

function sourceQueues(template: Template): Resource[] {
  const deadLetter = deadLetterQueues(template).map(({ address }) => address);
  return queues(template).filter(({ address }) => !deadLetter.includes(address));
}

function deadLetterQueueOf(template: Template, queue: Resource): Resource | undefined {
  const policy = redrivePolicy(template, queue);
  return queues(template).find((one) => names(policy, one));
}

function redrivePolicy(template: Template, queue: Resource): unknown {
  const separate = template
    .resources("aws_sqs_queue_redrive_policy")
    .find(({ attributes }) => refersTo(attributes.queue_url, queue.address));
  return queue.attributes.redrive_policy ?? separate?.attributes.redrive_policy;
}

function retentionSeconds({ attributes }: Resource): number {
  return Number(attributes.message_retention_seconds ?? DEFAULT_RETENTION_SECONDS);
}

function hasDepthAlarm(template: Template, queue: Resource): boolean {
  const isIts = (dimension: unknown) => denotes(dimension, queue);
  return template.resources("aws_cloudwatch_metric_alarm").some(({ attributes }) => {
    const metrics = [
      attributes,
      ...blocks<Attributes>(attributes.metric_query).flatMap(({ metric }) => blocks<Attributes>(metric)),
    ];
    return metrics.some(
      ({ metric_name, dimensions }) =>
        metric_name === "ApproximateNumberOfMessagesVisible" && isIts(dimensions?.QueueName),
    );
  });
}
