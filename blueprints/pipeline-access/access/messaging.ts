import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Queues and topics. */
export function messagingAccess(scope: StackScope): Access {
  const queues = scope.arns("sqs", "queue", (name) => name);
  const topics = scope.arns("sns", "topic", (name) => name);
  return {
    reads: [
      { actions: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"], resources: queues },
      { actions: ["sns:GetTopicAttributes", "sns:ListTagsForResource"], resources: topics },
      // A subscription's ARN is its topic's with more behind it.
      { actions: ["sns:GetSubscriptionAttributes"], resources: topics },
    ],
    writes: [
      {
        actions: ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
        resources: queues,
      },
      {
        actions: [
          "sns:CreateTopic",
          "sns:DeleteTopic",
          "sns:SetTopicAttributes",
          "sns:Subscribe",
          "sns:TagResource",
          "sns:Unsubscribe",
          "sns:UntagResource",
        ],
        resources: topics,
      },
    ],
    unseen: {
      ...unseen(WHEN_CHANGED, "sqs:SetQueueAttributes"),
      ...unseen(WHEN_TAGS_CHANGE, "sqs:UntagQueue", "sns:UntagResource"),
      ...unseen(
        "A stack with a notificationEmail subscribes it; none of the project has one.",
        "sns:GetSubscriptionAttributes",
        "sns:Subscribe",
        "sns:Unsubscribe",
      ),
    },
  };
}
