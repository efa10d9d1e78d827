import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { placeOf } from "../blueprint/checked-props";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { Alarm } from "../monitoring/alarm";
import type { AlarmTopic } from "../monitoring/alarm-topic";
import { AutoScalingGroup } from "./auto-scaling-group";
import type { Instance } from "./instance";
import { canBeRecovered } from "./instance-type";

export interface RecoveryAlarmProps {
  /** A machine that is no member of a group, of a type that can be moved to another host. */
  readonly instance: Instance | AutoScalingGroup;
  readonly topic: AlarmTopic;
}

/**
 * Alarms by which EC2 mends a single machine: after two minutes of a failed host it is moved to another one, with its id,
 * addresses and volumes; after three of a failed system it is rebooted. Two and three, so that the two do not race, and
 * missing data taken as missing, are AWS's recommendations:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html
 *
 * It stays in its zone, and AWS tries only a few times a day, as long as there is capacity and no event in the Region. EC2's
 * own simplified automatic recovery stays on beside it: whichever comes first moves the machine, which is well for the other
 * then. The alarm is faster, moves machines of metal as well, and notifies.
 *
 * The reboot is done by the service-linked role AWSServiceRoleForCloudWatchEvents. CloudWatch makes it with the first such
 * alarm of the account, for which whoever deploys needs iam:CreateServiceLinkedRole for events.amazonaws.com.
 */
export class RecoveryAlarm extends Construct {
  /** @throws BlueprintMistakes where AWS would take the alarm and never recover. */
  constructor(scope: Construct, id: string, props: RecoveryAlarmProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { topic } = props;
    const instance = recoverable(this, props.instance);
    const action = (name: "recover" | "reboot") => `arn:${stack.partition}:automate:${stack.region}:ec2:${name}`;
    const whenFailed = { threshold: { above: 0 }, treatMissingData: "missing", topic } as const;

    new Alarm(this, "system", {
      description:
        `The host of the instance ${instance.node.path} failed, and EC2 moves it to another one. If it does not come back ` +
        "within minutes, stop and start it.",
      metric: instance.metric("StatusCheckFailed_System", "Maximum"),
      evaluationPeriods: 2,
      actions: [action("recover")],
      ...whenFailed,
    });
    new Alarm(this, "instance", {
      description:
        `The operating system of the instance ${instance.node.path} does not answer, and EC2 reboots it. If this comes back, ` +
        "look at its system log for memory, a full disk or the network.",
      metric: instance.metric("StatusCheckFailed_Instance", "Maximum"),
      evaluationPeriods: 3,
      actions: [action("reboot")],
      ...whenFailed,
    });
    new Alarm(this, "volumes", {
      description:
        `A volume of the instance ${instance.node.path} does not answer. Look at the AWS Health Dashboard; neither a reboot ` +
        "nor another host mends it.",
      metric: instance.metric("StatusCheckFailed_AttachedEBS", "Maximum"),
      evaluationPeriods: 2,
      ...whenFailed,
    });
  }
}

function recoverable(alarm: Construct, instance: Instance | AutoScalingGroup): Instance {
  const where = `${placeOf(alarm)}.instance: must be`;
  if (instance instanceof AutoScalingGroup) {
    throw new BlueprintMistakes([
      `${where} a single instance, got the group ${instance.groupName}; leave the alarm out, a group replaces what fails`,
    ]);
  }
  if (!canBeRecovered(instance.instanceType)) {
    throw new BlueprintMistakes([
      `${where} of a type without disks of its own, got ${instance.instanceType}; EC2 cannot move what is on them to another ` +
        "host: take a type without, such as m7g.large for m7gd.large",
    ]);
  }
  return instance;
}
