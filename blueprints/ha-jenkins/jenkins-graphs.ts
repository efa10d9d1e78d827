import type { AutoScalingGroup } from "../../shared/compute/auto-scaling-group";
import type { Instance } from "../../shared/compute/instance";
import type { ApplicationLoadBalancer } from "../../shared/load-balancing/application-load-balancer";
import type { ApplicationTargetGroup } from "../../shared/load-balancing/application-target-group";
import type { Graph } from "../../shared/monitoring/dashboard";
import type { Metric } from "../../shared/monitoring/metric";
import type { JenkinsMachine } from "./jenkins-machine";
import type { SharedHome } from "./shared-home";

/** Whether Jenkins is healthy, and how it answers. */
export function ofLoadBalancer(loadBalancer: ApplicationLoadBalancer, targetGroup: ApplicationTargetGroup): Graph[] {
  return [
    { title: "Healthy Jenkins behind the load balancer", metrics: [targetGroup.metric("HealthyHostCount", "Minimum")] },
    {
      title: "Requests and errors, a minute",
      metrics: [
        loadBalancer.metric("RequestCount", "Sum"),
        targetGroup.metric("HTTPCode_Target_5XX_Count", "Sum"),
        loadBalancer.metric("HTTPCode_ELB_5XX_Count", "Sum"),
      ],
    },
    { title: "Response time, seconds", metrics: [targetGroup.metric("TargetResponseTime", "Average")] },
  ];
}

/** The group of one, its machine and its home. */
export function ofGroup(group: AutoScalingGroup, home: SharedHome, jenkins: JenkinsMachine): Graph[] {
  return [
    { title: "Machines in service", metrics: [group.metric("GroupInServiceInstances", "Minimum")] },
    ...shortages(group.metric("CPUUtilization", "Average"), jenkins),
    { title: "Failed status checks", metrics: [group.metric("StatusCheckFailed", "Maximum")] },
    { title: "Home: percent of the limit of operations", metrics: [home.metric("PercentIOLimit", "Maximum")] },
    {
      title: "Home: bytes a minute, and machines that have it mounted",
      metrics: [home.metric("TotalIOBytes", "Sum"), home.metric("ClientConnections", "Sum")],
    },
  ];
}

/** Whether Jenkins answers its watchdog. */
export function ofAnswers(jenkins: JenkinsMachine): Graph {
  return { title: "Jenkins answers on its machine", metrics: [jenkins.metric("Responding")] };
}

/** The one machine. */
export function ofMachine(instance: Instance, jenkins: JenkinsMachine): Graph[] {
  return [
    ofAnswers(jenkins),
    ...shortages(instance.metric("CPUUtilization", "Average"), jenkins),
    {
      title: "Failed status checks",
      metrics: [
        instance.metric("StatusCheckFailed_System", "Maximum"),
        instance.metric("StatusCheckFailed_Instance", "Maximum"),
        instance.metric("StatusCheckFailed_AttachedEBS", "Maximum"),
      ],
    },
  ];
}

function shortages(cpu: Metric, jenkins: JenkinsMachine): Graph[] {
  return [
    { title: "CPU, percent", metrics: [{ ...cpu, periodSeconds: 300 }] },
    {
      title: "Memory and fullest disk, percent",
      metrics: [jenkins.metric("mem_used_percent"), jenkins.metric("disk_used_percent")],
    },
  ];
}
