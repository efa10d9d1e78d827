import { Construct } from "constructs";
import { Alarm, type AlarmProps } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Tier } from "./tier";

const FIVE_MINUTES = { periodSeconds: 300 };
const SILENT_MINUTES = 10;

/** What is watched of a tier: too few servers, no room on any of them, servers that measure nothing, hosts that run short. */
export function watchTier(tier: Tier, topic: AlarmTopic): void {
  const { group, server, targetGroup, fullAt, minutesBetweenMeasurements } = tier;
  const { groupName } = group;
  const alarms = new Construct(tier, "alarms");
  const alarm = (id: string, props: Omit<AlarmProps, "topic" | "dependsOn">) =>
    new Alarm(alarms, id, { ...props, topic, dependsOn: [group.group] });

  // A group that is empty at weekends has nothing to say then.
  if (tier.fewestServers > 0) {
    alarm("healthy-servers", {
      description: `The load balancer of ${groupName} has had fewer healthy servers than ${tier.fewestServers} for ten minutes. The group replaces what is unhealthy; the log group ${server.logGroupName} says what is wrong.`,
      // Each node of the load balancer counts for itself: the maximum is what the one that knows most has found.
      metric: targetGroup.metric("HealthyHostCount", "Maximum"),
      threshold: { below: tier.fewestServers },
      evaluationPeriods: 10,
      treatMissingData: "breaching",
    });
    alarm("silent-servers", {
      description: `Servers of ${groupName} do not publish their connections${fullAt === undefined ? "" : ", and may not ask for more servers"}. Their log "boot" says why.`,
      metric: server.connections(group, "SampleCount"),
      threshold: { below: tier.fewestServers },
      evaluationPeriods: Math.max(2, Math.ceil(SILENT_MINUTES / minutesBetweenMeasurements)),
      treatMissingData: "breaching",
    });
  }
  alarm("unhealthy-servers", {
    description: `A server of ${groupName} has been unhealthy for 15 minutes, and was not replaced.`,
    metric: targetGroup.metric("UnHealthyHostCount", "Minimum"),
    threshold: { atLeast: 1 },
    evaluationPeriods: 15,
    treatMissingData: "notBreaching",
  });
  const largest = "Raise sizes.max, deploy, and run the weekend function for the week.";
  if (fullAt === undefined) {
    alarm("at-largest", {
      description: `${groupName} has been at its largest, ${tier.sizes.week.max}, for 15 minutes. ${largest}`,
      metric: group.metric("GroupDesiredCapacity", "Minimum"),
      threshold: { atLeast: tier.sizes.week.max },
      evaluationPeriods: 15,
      treatMissingData: "missing",
    });
  } else {
    const periodMinutes = Math.max(5, minutesBetweenMeasurements);
    alarm("no-room", {
      description: `Every server of ${groupName} has been at its threshold of ${fullAt} connections for ${3 * periodMinutes} minutes: the group is at its largest, or new servers get no connections. ${largest}`,
      metric: { ...server.connections(group, "Minimum"), periodSeconds: 60 * periodMinutes },
      threshold: { atLeast: fullAt },
      evaluationPeriods: 3,
      treatMissingData: "notBreaching",
    });
  }
  alarm("memory", {
    description: `A server of ${groupName} is short of memory. Take a larger instanceType, or a lower threshold.`,
    metric: { ...server.hostMetric("mem_used_percent", group), ...FIVE_MINUTES },
    threshold: { above: 90 },
    evaluationPeriods: 3,
    treatMissingData: "missing",
  });
  alarm("disk", {
    description: `The disk of a server of ${groupName} is nearly full. Shorten its logs.`,
    metric: { ...server.hostMetric("disk_used_percent", group), ...FIVE_MINUTES },
    threshold: { above: 85 },
    evaluationPeriods: 3,
    treatMissingData: "missing",
  });
}
