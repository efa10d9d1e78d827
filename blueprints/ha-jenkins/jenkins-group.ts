import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { AutoScalingGroup } from "../../shared/compute/auto-scaling-group";
import { LaunchTemplate } from "../../shared/compute/launch-template";
import type { ApplicationTargetGroup } from "../../shared/load-balancing/application-target-group";
import type { Network } from "../../shared/network/network";
import type { JenkinsMachine, MachineSettings } from "./jenkins-machine";
import type { SharedHome } from "./shared-home";

/** Packages, plugins, and the lock on the home, which a machine that died holds for some minutes more. */
const READY_WITHIN_SECONDS = 60 * 60;

export interface JenkinsGroupProps {
  readonly jenkins: JenkinsMachine;
  readonly home: SharedHome;
  readonly network: Network;
  /** One in each zone that Jenkins may run in. */
  readonly subnetIds: string[];
  readonly url: string;
  /** Where a load balancer looks after Jenkins. @default - the machine's watchdog has it replaced */
  readonly targetGroup?: ApplicationTargetGroup;
  /** A fixed address, which needs a public one to begin with. @default - no public address */
  readonly address?: MachineSettings["address"];
  /** Days after which the machine is replaced. @default - as long as it is healthy */
  readonly maxMachineAgeDays?: number;
}

/** A group of one: one Jenkins at any time, in one of several zones. */
export class JenkinsGroup extends Construct {
  readonly group: AutoScalingGroup;

  constructor(scope: Construct, id: string, props: JenkinsGroupProps) {
    super(scope, id);
    const { jenkins, home, network, subnetIds, targetGroup, address } = props;
    this.group = new AutoScalingGroup(this, "group", {
      launchTemplate: new LaunchTemplate(this, "template", {
        instanceType: jenkins.instanceType,
        userData: jenkins.userData,
        role: jenkins.role,
        securityGroups: [jenkins.securityGroup],
        publicAddress: address !== undefined,
      }),
      subnetIds,
      minSize: 1,
      maxSize: 1,
      // The old one goes before the new one comes, and no rebalancing between zones runs two at once. What overlaps all
      // the same waits for the lock on the home.
      replacement: "terminate-first",
      suspendedProcesses: ["AZRebalance"],
      readiness: { timeoutSeconds: READY_WITHIN_SECONDS },
      maxInstanceLifetimeDays: props.maxMachineAgeDays,
      targetGroups: targetGroup && [targetGroup],
      enabledMetrics: ["GroupInServiceInstances"],
      dependsOn: [...home.mountTargets, ...network.egress, ...jenkins.wayOut, ...(targetGroup?.listeners ?? [])],
    });
    this.group.grantCompleteLifecycle(jenkins.role);
    if (!targetGroup) this.group.grantReportHealth(jenkins.role);
    jenkins.configure({
      home: { kind: "efs", fileSystemId: home.fileSystemId, accessPointId: home.accessPointId },
      url: props.url,
      address,
      group: { name: this.group.groupName, lifecycleHookName: this.group.lifecycleHookName ?? "" },
      lastResort: targetGroup ? "none" : "replace",
    });
    const stack = BlueprintStack.of(this);
    stack.output("group_name", "Auto Scaling group that keeps one Jenkins running.", this.group.groupName);
    stack.output("file_system_id", "EFS file system that holds Jenkins' home.", home.fileSystemId);
  }
}
