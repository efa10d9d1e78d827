import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Pipelines, builds, what starts them, and connections to repositories. */
export function deliveryAccess(scope: StackScope): Access {
  const projects = scope.arns("codebuild", "buildProject", (name) => `project/${name}`);
  const pipelines = scope.arns("codepipeline", "pipeline", (name) => name);
  const rules = scope.arns("events", "eventRule", (name) => `rule/${name}`);
  const connections = scope.any("codeconnections", "connection/*");
  return {
    reads: [
      { actions: ["codebuild:BatchGetProjects"], resources: projects },
      { actions: ["codepipeline:GetPipeline", "codepipeline:ListTagsForResource"], resources: pipelines },
      {
        actions: ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
        resources: rules,
      },
      {
        actions: ["codeconnections:GetConnection", "codeconnections:ListTagsForResource"],
        resources: connections,
        conditions: scope.owned,
      },
    ],
    writes: [
      {
        actions: ["codebuild:CreateProject", "codebuild:DeleteProject", "codebuild:UpdateProject"],
        resources: projects,
      },
      {
        actions: [
          "codepipeline:CreatePipeline",
          "codepipeline:DeletePipeline",
          "codepipeline:TagResource",
          "codepipeline:UntagResource",
          "codepipeline:UpdatePipeline",
        ],
        resources: pipelines,
      },
      {
        actions: [
          "events:DeleteRule",
          "events:PutRule",
          "events:PutTargets",
          "events:RemoveTargets",
          "events:TagResource",
          "events:UntagResource",
        ],
        resources: rules,
      },
      { actions: ["codeconnections:CreateConnection"], resources: ["*"], conditions: scope.tagged },
      {
        actions: [
          "codeconnections:DeleteConnection",
          "codeconnections:PassConnection",
          "codeconnections:TagResource",
          "codeconnections:UntagResource",
        ],
        resources: connections,
        conditions: scope.owned,
      },
    ],
    unseen: {
      ...unseen(WHEN_CHANGED, "codebuild:UpdateProject", "codepipeline:UpdatePipeline"),
      ...unseen(WHEN_TAGS_CHANGE, "codepipeline:UntagResource", "events:UntagResource"),
      ...unseen(
        "A pipeline from GitHub has a connection; those of the project's stacks are uploaded to.",
        "codeconnections:CreateConnection",
        "codeconnections:DeleteConnection",
        "codeconnections:GetConnection",
        "codeconnections:ListTagsForResource",
        "codeconnections:PassConnection",
        "codeconnections:TagResource",
        "codeconnections:UntagResource",
      ),
    },
  };
}
