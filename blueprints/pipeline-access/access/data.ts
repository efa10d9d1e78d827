import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Streams and tables: what they are, not what is in them. */
export function dataAccess(scope: StackScope): Access {
  const streams = scope.arns("kinesis", "stream", (name) => `stream/${name}`);
  const tables = scope.arns("dynamodb", "table", (name) => `table/${name}`);
  return {
    reads: [
      { actions: ["kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"], resources: streams },
      { actions: ["kinesis:DescribeLimits"], resources: ["*"], conditions: scope.here },
      {
        actions: [
          "dynamodb:DescribeContinuousBackups",
          "dynamodb:DescribeTable",
          "dynamodb:DescribeTimeToLive",
          "dynamodb:ListTagsOfResource",
        ],
        resources: tables,
      },
    ],
    writes: [
      {
        actions: [
          "kinesis:AddTagsToStream",
          "kinesis:CreateStream",
          "kinesis:DecreaseStreamRetentionPeriod",
          "kinesis:DeleteStream",
          "kinesis:IncreaseStreamRetentionPeriod",
          "kinesis:RemoveTagsFromStream",
          "kinesis:StartStreamEncryption",
          "kinesis:UpdateShardCount",
        ],
        resources: streams,
      },
      {
        actions: [
          "dynamodb:CreateTable",
          "dynamodb:DeleteTable",
          "dynamodb:TagResource",
          "dynamodb:UntagResource",
          "dynamodb:UpdateContinuousBackups",
          "dynamodb:UpdateTable",
          "dynamodb:UpdateTimeToLive",
        ],
        resources: tables,
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "kinesis:DecreaseStreamRetentionPeriod",
        "kinesis:UpdateShardCount",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "kinesis:RemoveTagsFromStream", "dynamodb:UntagResource"),
    },
  };
}
