import { SecurityGroup } from "../network/security-group";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { AutoScalingGroup } from "./auto-scaling-group";
import { Instance } from "./instance";
import { InstanceRole } from "./instance-role";
import { LaunchTemplate } from "./launch-template";
import { RecoveryAlarm } from "./recovery-alarm";
import { UserData } from "./user-data";

describe("a recovery alarm", () => {
  const parts = (stack: TestStack, instanceType: string) => ({
    instanceType,
    userData: new UserData(stack),
    role: new InstanceRole(stack, "role"),
    securityGroups: [new SecurityGroup(stack, "firewall", { network, description: "Machines" })],
  });
  const make = (instanceType = "t4g.small") => {
    const stack = new TestStack();
    const instance = new Instance(stack, "server", { subnetId: "subnet-1", ...parts(stack, instanceType) });
    new RecoveryAlarm(stack, "recovery", { instance, topic: stack.alarmTopic });
    return Template.of(stack);
  };
  const action = (name: string) =>
    `arn:\${data.aws_partition.partition.partition}:automate:\${data.aws_region.region.id}:ec2:${name}`;

  test.each([
    ["StatusCheckFailed_System", 2, [action("recover")]],
    ["StatusCheckFailed_Instance", 3, [action("reboot")]],
    ["StatusCheckFailed_AttachedEBS", 2, []],
  ])("on %s for %i minutes does what mends it, and notifies", (metric_name, evaluation_periods, actions) => {
    const template = make();
    const { attributes } = template.find("aws_cloudwatch_metric_alarm", { metric_name });
    expect(attributes).toMatchObject({
      namespace: "AWS/EC2",
      dimensions: { InstanceId: `\${${template.only("aws_instance").address}.id}` },
      statistic: "Maximum",
      period: 60,
      evaluation_periods,
      comparison_operator: "GreaterThanThreshold",
      threshold: 0,
      treat_missing_data: "missing",
    });
    expect(attributes.alarm_actions).toEqual([...actions, expect.stringMatching(/^\$\{aws_sns_topic\./)]);
  });

  test("refuses a type whose disks cannot be moved", () => {
    expect(() => make("m5d.large")).toThrow(
      "test: recovery.instance: must be of a type without disks of its own, got m5d.large; EC2 cannot move what is on " +
        "them to another host: take a type without, such as m7g.large for m7gd.large",
    );
  });

  test("refuses a group, which replaces its machines itself", () => {
    const stack = new TestStack();
    const instance = new AutoScalingGroup(stack, "servers", {
      launchTemplate: new LaunchTemplate(stack, "template", parts(stack, "t4g.small")),
      subnetIds: ["a", "b"],
      minSize: 1,
      maxSize: 1,
    });
    expect(() => new RecoveryAlarm(stack, "recovery", { instance, topic: stack.alarmTopic })).toThrow(
      "test: recovery.instance: must be a single instance, got the group test-servers; leave the alarm out, a group " +
        "replaces what fails",
    );
  });
});
