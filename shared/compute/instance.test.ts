import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SecurityGroup } from "../network/security-group";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { Instance, type InstanceProps } from "./instance";
import { InstanceRole } from "./instance-role";
import { UserData } from "./user-data";

describe("an instance", () => {
  const make = (props: Partial<InstanceProps> = {}, use: (instance: Instance, stack: TestStack) => void = () => {}) => {
    const stack = new TestStack();
    const userData = new UserData(stack);
    const instance = new Instance(stack, "server", {
      instanceType: "t4g.small",
      userData,
      role: new InstanceRole(stack, "role"),
      subnetId: "subnet-1",
      securityGroups: [new SecurityGroup(stack, "firewall", { network, description: "Machines" })],
      ...props,
    });
    userData.addCommand("added", "later");
    use(instance, stack);
    const template = Template.of(stack);
    return { instance, template, ...template.only("aws_instance") };
  };

  test("runs Amazon Linux 2023 for its type's architecture, in its subnet, with its groups and profile", () => {
    const { attributes, template } = make();
    expect(attributes).toMatchObject({
      ami: expect.stringMatching(/^\$\{data\.aws_ssm_parameter\..*\.insecure_value\}$/),
      instance_type: "t4g.small",
      subnet_id: "subnet-1",
      vpc_security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\./)],
      iam_instance_profile: `\${${template.only("aws_iam_instance_profile").address}.name}`,
      tags: { Name: "test-server" },
    });
    expect(template.dataSources("aws_ssm_parameter")[0]?.attributes.name).toMatch(/arm64$/);
  });

  test("stays when a new image is released, and when it is given an Elastic IP", () => {
    expect(make().attributes.lifecycle).toEqual({ ignore_changes: ["ami", "associate_public_ip_address"] });
  });

  test("boots with its user data, also with what was added later, and is replaced when that changes", () => {
    expect(make().attributes).toMatchObject({
      user_data: '#cloud-config\n{"runcmd":[["added","later"]]}\n',
      user_data_replace_on_change: true,
    });
  });

  test("lets only IMDSv2 ask for credentials, and only the machine itself", () => {
    expect(make().attributes.metadata_options).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
      instance_metadata_tags: "disabled",
    });
  });

  test("has 20 GiB of encrypted gp3 that go with it, tagged where attached volumes keep their own tags", () => {
    const { attributes } = make();
    expect(attributes.root_block_device).toEqual({
      volume_type: "gp3",
      volume_size: 20,
      encrypted: true,
      delete_on_termination: true,
      tags: { Name: "test-server" },
    });
    expect(attributes.volume_tags).toBeUndefined();
    expect(make({ rootVolumeGiB: 8 }).attributes.root_block_device.volume_size).toBe(8);
  });

  test("has no public address, and no protection that would stand in the way of its replacement", () => {
    const { attributes } = make();
    expect(attributes.associate_public_ip_address).toBe(false);
    expect(attributes.disable_api_termination).toBeUndefined();
    expect(attributes.lifecycle.prevent_destroy).toBeUndefined();
  });

  test("asks for EBS optimization and credits where its type has them", () => {
    expect(make().attributes).toMatchObject({
      ebs_optimized: true,
      credit_specification: { cpu_credits: "unlimited" },
    });
    expect(make({ instanceType: "t2.micro" }).attributes.ebs_optimized).toBeUndefined();
    expect(make({ instanceType: "m7g.medium" }).attributes.credit_specification).toBeUndefined();
  });

  test("comes after what it needs", () => {
    const route = new SnsTopic(new TestStack(), "route", {});
    expect(make({ dependsOn: [route] }).attributes.depends_on).toEqual(["aws_sns_topic.route"]);
  });

  test("is stopped before a volume comes off it", () => {
    const { template, address } = make({}, (instance, stack) =>
      instance.attach({ volumeId: new EbsVolume(stack, "data", { availabilityZone: "a", size: 1 }).id }, "/dev/sdf"),
    );
    expect(template.only("aws_volume_attachment").attributes).toMatchObject({
      instance_id: `\${${address}.id}`,
      volume_id: "${aws_ebs_volume.data.id}",
      device_name: "/dev/sdf",
      stop_instance_before_detaching: true,
    });
  });

  test("names its metrics, as often as they are published, and itself by reference", () => {
    const { template, address, attributes } = make({ detailedMonitoring: true }, (instance, stack) => {
      const { dimensions, periodSeconds } = instance.metric("CPUUtilization");
      expect(periodSeconds).toBe(60);
      stack.output("made", "What is made", [instance.instanceId, instance.arn, dimensions.InstanceId ?? ""]);
    });
    expect(template.outputs().made?.value).toEqual([`\${${address}.id}`, `\${${address}.arn}`, `\${${address}.id}`]);
    expect(attributes.monitoring).toBe(true);
    const plain = make();
    expect(plain.instance.metric("CPUUtilization").periodSeconds).toBe(300);
    expect(plain.instance.instanceType).toBe("t4g.small");
    expect(plain.attributes.monitoring).toBe(false);
  });
});
