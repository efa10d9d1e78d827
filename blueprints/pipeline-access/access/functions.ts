import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Functions, their code, and the schedules that run them. */
export function functionAccess(scope: StackScope): Access {
  const functions = scope.arns("lambda", "function", (name) => `function:${name}`);
  const schedules = scope.arns("scheduler", "schedule", (name) => `schedule/default/${name}`);
  return {
    reads: [
      {
        actions: [
          "lambda:GetFunction",
          "lambda:GetFunctionCodeSigningConfig",
          "lambda:GetFunctionEventInvokeConfig",
          "lambda:GetPolicy",
          "lambda:ListVersionsByFunction",
        ],
        resources: functions,
      },
      { actions: ["scheduler:GetSchedule"], resources: schedules },
    ],
    writes: [
      {
        actions: [
          "lambda:AddPermission",
          "lambda:CreateFunction",
          "lambda:DeleteFunction",
          "lambda:DeleteFunctionConcurrency",
          "lambda:DeleteFunctionEventInvokeConfig",
          "lambda:PutFunctionConcurrency",
          "lambda:PutFunctionEventInvokeConfig",
          "lambda:RemovePermission",
          "lambda:TagResource",
          "lambda:UntagResource",
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
        ],
        resources: functions,
      },
      {
        actions: ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"],
        resources: schedules,
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "lambda:DeleteFunctionConcurrency",
        "lambda:PutFunctionConcurrency",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "scheduler:UpdateSchedule",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "lambda:UntagResource"),
    },
  };
}
