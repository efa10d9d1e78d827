import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { AutoScalingGroup } from "../../shared/compute/auto-scaling-group";
import { Alarm } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Server } from "./server";
import type { TierParameters } from "./tier-parameters";

/** What the metric filter adds up of the lines that it picks. */
const LOGGED_WORK = "LoggedWork";
/** Lines of the sample application: what each of its programs takes. */
const SAMPLE_PATTERNS = { "order-server": '{ $.event = "order" }', "matching-engine": '{ $.event = "taken" }' };
/** One minute by itself is often a burst. */
const BUSY_MINUTES = 2;

export interface ScaleOutProps {
  readonly group: AutoScalingGroup;
  readonly server: Server;
  readonly parameters: TierParameters["scaleOut"];
}

/**
 * A server whose connections reach the threshold executes the policy itself, once: see runtime/publisher.
 * @returns the policy's name
 */
export function growOnConnections({ group, server, parameters }: ScaleOutProps): string {
  // Servers keep it each for themselves, and do not honour the policy's.
  const cooldownSeconds = parameters.cooldownMinutes * 60;
  const { name } = group.addSimpleScaling("one-more", { adjustment: 1, cooldownSeconds });
  group.grantExecutePolicy(server.role);
  // To see that the group grew. The action knows no resources.
  server.role.grant({ actions: ["autoscaling:DescribeAutoScalingGroups"], resources: ["*"] });
  return name;
}

/** The group grows by one while its servers have more work in their logs than the threshold, per server on average. */
export function growOnLog(
  scope: Construct,
  { group, server, parameters, alarmTopic }: ScaleOutProps & { readonly alarmTopic: AlarmTopic },
): void {
  const { namespace, logGroupName } = server;
  const stack = BlueprintStack.of(scope);
  const name = `${LOGGED_WORK}-${scope.node.id}`;
  const filter = new CloudwatchLogMetricFilter(scope, "work", {
    name: stack.nameOf("metricFilter", `${scope.node.id}-work`),
    logGroupName,
    pattern: parameters.logPattern ?? SAMPLE_PATTERNS[server.runs],
    // A zero in minutes without a line that matches, so that the alarm sees the end of the work.
    metricTransformation: { namespace, name, value: parameters.logValue ?? "1", defaultValue: "0", unit: "Count" },
  });
  const policy = group.addStepScaling("more-work", {
    steps: [{ from: 0, adjustment: 1 }],
    warmupSeconds: parameters.cooldownMinutes * 60,
  });
  new Alarm(scope, "more-work", {
    description: `The servers of ${group.groupName} have more than ${parameters.threshold} a minute to do, per server on average. The group grows by one.`,
    metric: {
      expression: "work / servers",
      label: "Work a server and minute",
      metrics: {
        work: { namespace, name, statistic: "Sum", dimensions: {} },
        servers: group.metric("GroupInServiceInstances"),
      },
    },
    threshold: { above: parameters.threshold },
    evaluationPeriods: BUSY_MINUTES,
    treatMissingData: "notBreaching",
    actions: [policy.arn],
    dependsOn: [filter],
    topic: alarmTopic,
  });
}
