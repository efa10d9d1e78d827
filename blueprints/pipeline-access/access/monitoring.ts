import { type Access, type StackScope, unseen, WHEN_TAGS_CHANGE } from "./scope";

/** Alarms, dashboards and log groups: that there are logs, not what is in them. */
export function monitoringAccess(scope: StackScope): Access {
  const alarms = scope.arns("cloudwatch", "alarm", (name) => `alarm:${name}`);
  const dashboards = scope.globalArns("cloudwatch", "dashboard", (name) => `dashboard/${name}`);
  // Below /, /aws/lambda/, /ecs/ and so on.
  const logGroups = scope.arns("logs", "logGroup", (name) => `log-group:*/${name}`);
  return {
    reads: [
      // CloudWatch asks for all alarms, also where some are named.
      { actions: ["cloudwatch:DescribeAlarms"], resources: scope.any("cloudwatch", "alarm:*") },
      { actions: ["cloudwatch:ListTagsForResource"], resources: alarms },
      { actions: ["cloudwatch:GetDashboard"], resources: dashboards },
      { actions: ["logs:DescribeLogGroups"], resources: ["*"], conditions: scope.here },
      { actions: ["logs:DescribeMetricFilters", "logs:ListTagsForResource"], resources: logGroups },
    ],
    writes: [
      {
        actions: [
          "cloudwatch:DeleteAlarms",
          "cloudwatch:PutMetricAlarm",
          "cloudwatch:TagResource",
          "cloudwatch:UntagResource",
        ],
        resources: alarms,
      },
      { actions: ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"], resources: dashboards },
      {
        actions: [
          "logs:CreateLogGroup",
          "logs:DeleteLogGroup",
          "logs:DeleteMetricFilter",
          "logs:PutMetricFilter",
          "logs:PutRetentionPolicy",
          "logs:TagResource",
          "logs:UntagResource",
        ],
        resources: logGroups,
      },
    ],
    unseen: unseen(WHEN_TAGS_CHANGE, "cloudwatch:UntagResource", "logs:UntagResource"),
  };
}
