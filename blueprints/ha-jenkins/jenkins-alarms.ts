import type { Construct } from "constructs";
import type { AutoScalingGroup } from "../../shared/compute/auto-scaling-group";
import type { ApplicationLoadBalancer } from "../../shared/load-balancing/application-load-balancer";
import type { ApplicationTargetGroup } from "../../shared/load-balancing/application-target-group";
import { Alarm, type AlarmProps } from "../../shared/monitoring/alarm";
import type { Metric } from "../../shared/monitoring/metric";
import type { JenkinsMachine } from "./jenkins-machine";
import type { SharedHome } from "./shared-home";

/** Whom to notify, and what to watch for only once it is there: before, there is nothing but missing data. */
type Notify = Pick<AlarmProps, "topic" | "dependsOn">;

/** Three of them are fifteen minutes; EC2's basic monitoring has no shorter period. */
const FIVE_MINUTES = { periodSeconds: 300 };

/** Jenkins is not healthy behind its load balancer, or answers with errors. */
export function onLoadBalancer(
  scope: Construct,
  { loadBalancer, targetGroup }: { loadBalancer: ApplicationLoadBalancer; targetGroup: ApplicationTargetGroup },
  notify: Notify,
): void {
  new Alarm(scope, "no-healthy-target", {
    description: "The load balancer has had no healthy Jenkins for ten minutes. The group replaces the machine.",
    metric: targetGroup.metric("HealthyHostCount", "Maximum"),
    threshold: { below: 1 },
    evaluationPeriods: 10,
    treatMissingData: "breaching",
    ...notify,
  });
  new Alarm(scope, "jenkins-errors", {
    description: "Jenkins answers with 5xx errors. Read its log group.",
    metric: targetGroup.metric("HTTPCode_Target_5XX_Count", "Sum", FIVE_MINUTES.periodSeconds),
    threshold: { atLeast: 10 },
    treatMissingData: "notBreaching",
    ...notify,
  });
  new Alarm(scope, "load-balancer-errors", {
    description: "The load balancer answers with 5xx errors of its own: Jenkins is not there, or too slow.",
    metric: loadBalancer.metric("HTTPCode_ELB_5XX_Count", "Sum", FIVE_MINUTES.periodSeconds),
    threshold: { atLeast: 10 },
    treatMissingData: "notBreaching",
    ...notify,
  });
}

/** Jenkins does not answer on its machine: where no load balancer looks after it, its watchdog says so. */
export function onNotResponding(scope: Construct, jenkins: JenkinsMachine, notify: Notify): void {
  new Alarm(scope, "not-responding", {
    description:
      "Jenkins has not answered on its own machine for ten minutes, or the machine is silent. The watchdog acts; the log group says how.",
    metric: jenkins.metric("Responding"),
    threshold: { below: 1 },
    evaluationPeriods: 10,
    treatMissingData: "breaching",
    ...notify,
  });
}

/** No machine in service, failed status checks, a busy file system; and what `onMachine` watches. */
export function onGroup(
  scope: Construct,
  { group, home, jenkins }: { group: AutoScalingGroup; home: SharedHome; jenkins: JenkinsMachine },
  notify: Notify,
): void {
  new Alarm(scope, "no-machine", {
    description:
      "The group has had no machine in service for 20 minutes: replacements fail. Its activities and the log group say why.",
    metric: group.metric("GroupInServiceInstances", "Maximum"),
    threshold: { below: 1 },
    evaluationPeriods: 20,
    // A group without machines publishes 0.
    treatMissingData: "missing",
    ...notify,
  });
  new Alarm(scope, "status-check", {
    description: "The machine fails EC2's status checks. The group replaces it.",
    metric: group.metric("StatusCheckFailed", "Maximum"),
    threshold: { atLeast: 1 },
    evaluationPeriods: 2,
    treatMissingData: "missing",
    ...notify,
  });
  new Alarm(scope, "file-system-busy", {
    description:
      "The file system of Jenkins' home is near its limit of operations, and Jenkins will hang. Delete old builds and workspaces.",
    metric: { ...home.metric("PercentIOLimit", "Maximum"), ...FIVE_MINUTES },
    threshold: { above: 90 },
    evaluationPeriods: 3,
    treatMissingData: "missing",
    ...notify,
  });
  onMachine(scope, group.metric("CPUUtilization", "Average"), jenkins, notify);
}

/** The machine runs short of something. */
export function onMachine(scope: Construct, cpu: Metric, jenkins: JenkinsMachine, notify: Notify): void {
  new Alarm(scope, "cpu", {
    description: "Jenkins' machine has been busy for 15 minutes. Take a larger instanceType, or fewer executors.",
    metric: { ...cpu, ...FIVE_MINUTES },
    threshold: { above: 90 },
    evaluationPeriods: 3,
    treatMissingData: "missing",
    ...notify,
  });
  new Alarm(scope, "memory", {
    description:
      "Jenkins' machine is short of memory, or its CloudWatch agent has been silent for 15 minutes. Take a larger instanceType.",
    metric: { ...jenkins.metric("mem_used_percent"), ...FIVE_MINUTES },
    threshold: { above: 90 },
    evaluationPeriods: 3,
    treatMissingData: "breaching",
    ...notify,
  });
  new Alarm(scope, "disk", {
    description:
      "A disk of Jenkins' machine is nearly full. Delete old builds; where the home is a volume, make it larger.",
    metric: { ...jenkins.metric("disk_used_percent"), ...FIVE_MINUTES },
    threshold: { above: 85 },
    evaluationPeriods: 3,
    treatMissingData: "missing",
    ...notify,
  });
}
