import { SecurityGroup } from "../network/security-group";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { InstanceRole } from "./instance-role";
import { LaunchTemplate, type LaunchTemplateProps } from "./launch-template";
import { MachineImage } from "./machine-image";
import { UserData } from "./user-data";

describe("a launch template", () => {
  const make = (props: Partial<LaunchTemplateProps> = {}, stack = new TestStack({ tags: { Team: "a" } })) => {
    const securityGroup = new SecurityGroup(stack, "group", { network, description: "Machines" });
    const userData = new UserData(stack);
    const launchTemplate = new LaunchTemplate(stack, "server", {
      instanceType: "t4g.small",
      userData,
      role: new InstanceRole(stack, "server-role"),
      securityGroups: [securityGroup],
      ...props,
    });
    userData.addCommand("added", "later");
    stack.output("made", "What is made", [launchTemplate.launchTemplateId, launchTemplate.latestVersion]);
    const template = Template.of(stack);
    return { stack, template, attributes: template.only("aws_launch_template").attributes };
  };

  test("launches the Amazon Linux 2023 of that time, for the type's architecture", () => {
    expect(make().attributes).toMatchObject({
      name: "test-server",
      instance_type: "t4g.small",
      image_id: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
      update_default_version: true,
    });
  });

  test("launches an image of one's own, for the type's architecture", () => {
    const image = MachineImage.named({ name: "orders", owner: "self" });
    const { attributes, template } = make({ image, instanceType: "m7i.large" });
    const [found] = template.dataSources("aws_ami");
    expect(attributes.image_id).toBe(`\${${found?.address}.id}`);
    expect(found?.attributes.filter).toContainEqual({ name: "architecture", values: ["x86_64"] });
  });

  test("has the EC2 API refuse to terminate its machines only where that is asked for", () => {
    expect(make().attributes.disable_api_termination).toBeUndefined();
    expect(make({ terminationProtection: true }).attributes.disable_api_termination).toBe(true);
  });

  test("has the machine boot with the user data, also with what was added later, encoded by Terraform", () => {
    const { template, attributes } = make();
    const [, local] = /^\$\{base64encode\(local\.(.*)\)\}$/.exec(attributes.user_data) ?? [];
    expect(template.json.locals[local ?? ""]).toBe('#cloud-config\n{"runcmd":[["added","later"]]}\n');
  });

  test("lets only IMDSv2 ask for credentials, and only the machine itself", () => {
    expect(make().attributes.metadata_options).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
      instance_metadata_tags: "disabled",
    });
  });

  test("gives 20 GiB of encrypted gp3 that go with the machine; strings, as the resource has it", () => {
    expect(make().attributes.block_device_mappings).toEqual([
      {
        device_name: "/dev/xvda",
        ebs: { volume_type: "gp3", volume_size: 20, encrypted: "true", delete_on_termination: "true" },
      },
    ]);
    expect(make({ rootVolumeGiB: 8 }).attributes.block_device_mappings[0].ebs.volume_size).toBe(8);
  });

  test("gives no public address, and the security groups where the address is decided", () => {
    const { attributes, stack } = make();
    expect(attributes.network_interfaces).toEqual([
      {
        device_index: 0,
        associate_public_ip_address: "false",
        delete_on_termination: "true",
        security_groups: [expect.stringMatching(/^\$\{aws_security_group\./)],
      },
    ]);
    expect(attributes.vpc_security_group_ids).toBeUndefined();
    expect(stack.baselineExceptions).toEqual([]);
  });

  test("gives a public address where that is asked for, as an exception from the baseline", () => {
    const { attributes, stack, template } = make({ publicAddress: true });
    expect(attributes.network_interfaces[0].associate_public_ip_address).toBe("true");
    expect(stack.baselineExceptions).toEqual([
      { rule: "23", resource: template.only("aws_launch_template").address, reason: expect.stringContaining("public") },
    ]);
  });

  test("puts the stack's tags on machine, disks and network interfaces, which default tags do not reach", () => {
    const tags = { Team: "a", ManagedBy: "cdktf", Stack: "test", Name: "test-server" };
    expect(make().attributes.tag_specifications).toEqual([
      { resource_type: "instance", tags },
      { resource_type: "volume", tags },
      { resource_type: "network-interface", tags },
    ]);
  });

  test("is measured every five minutes, or every minute where that is asked for", () => {
    expect(make().attributes.monitoring).toEqual({ enabled: false });
    expect(make({ detailedMonitoring: true }).attributes.monitoring).toEqual({ enabled: true });
  });

  test("lets a burstable machine use more than its credits, and says nothing of credits for others", () => {
    expect(make().attributes.credit_specification).toEqual({ cpu_credits: "unlimited" });
    expect(make({ instanceType: "m7g.medium" }).attributes.credit_specification).toBeUndefined();
  });

  test("asks for EBS optimization where the type does not refuse it", () => {
    expect(make().attributes.ebs_optimized).toBe("true");
    expect(make({ instanceType: "t2.micro" }).attributes.ebs_optimized).toBeUndefined();
  });

  test("hands out its role's profile and its newest version by reference", () => {
    const { attributes, template } = make();
    expect(attributes.iam_instance_profile).toEqual({
      arn: `\${${template.only("aws_iam_instance_profile").address}.arn}`,
    });
    const { address } = template.only("aws_launch_template");
    expect(template.outputs().made?.value).toEqual([`\${${address}.id}`, `\${${address}.latest_version}`]);
  });
});
