import { gzipSync } from "node:zlib";
import { computeRules } from "./compute";
import { resources, testRules } from "./examples";

const template = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_launch_template.t": attributes, ...others });
const instance = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_instance.i": attributes, ...others });
const group = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_autoscaling_group.g": attributes, ...others });
const ofTemplate = { launch_template: { id: "${aws_launch_template.t.id}" } };
const disk = (device_name: string, encrypted?: unknown) => ({ device_name, ebs: { volume_size: 20, encrypted } });
const tag = (propagate_at_launch: unknown) => ({ key: "Name", value: "app", propagate_at_launch });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const password = 'export DB_PASSWORD="hunter22"\n';

testRules(computeRules, {
  "20": {
    violating: {
      "a launch template without a word": [
        template({}),
        /^aws_launch_template.t gives its credentials without a token/,
      ],
      "tokens that are optional": [template({ metadata_options: { http_tokens: "optional" } }), /without a token/],
      "an instance without a word": [instance({}), /^aws_instance.i gives its credentials/],
      "an instance of a launch template from elsewhere": [
        instance({ launch_template: { id: "lt-1" } }),
        /^aws_instance.i gives/,
      ],
      "an instance that says otherwise than its launch template": [
        instance(
          { ...ofTemplate, metadata_options: [{ http_tokens: "optional" }] },
          { "aws_launch_template.t": { metadata_options: { http_tokens: "required" } } },
        ),
        /^aws_instance.i gives/,
      ],
    },
    conforming: {
      tokens: template({ metadata_options: { http_tokens: "required" } }),
      "no metadata at all": instance({ metadata_options: [{ http_endpoint: "disabled" }] }),
      "an instance as its launch template says": instance(ofTemplate, {
        "aws_launch_template.t": { metadata_options: { http_tokens: "required" } },
      }),
    },
  },
  "21": {
    violating: {
      "the default, which is the image's": [
        template({ metadata_options: { http_tokens: "required" } }),
        /^aws_launch_template.t answers for its metadata over more than one hop/,
      ],
      "two hops": [instance({ metadata_options: { http_put_response_hop_limit: 2 } }), /^aws_instance.i answers/],
      "a number that is null": [template({ metadata_options: { http_put_response_hop_limit: null } }), /one hop/],
    },
    conforming: {
      "one hop": template({ metadata_options: { http_put_response_hop_limit: 1 } }),
      "one hop, as text": instance({ metadata_options: [{ http_put_response_hop_limit: "1" }] }),
    },
  },
  "22": {
    violating: {
      "a launch template that maps no disk": [template({}), /^aws_launch_template.t has its root disk unencrypted/],
      "a text that says no": [
        template({ block_device_mappings: [disk("/dev/xvda", "false")] }),
        /has \/dev\/xvda unencrypted/,
      ],
      "a disk without a word on it": [
        template({ block_device_mappings: disk("/dev/xvda") }),
        /\/dev\/xvda unencrypted/,
      ],
      "a disk for data, encrypted, beside the image's own root disk": [
        template({ block_device_mappings: [disk("/dev/sdf", "true")] }),
        /has its root disk unencrypted/,
      ],
      "an instance without a word": [instance({}), /^aws_instance.i has its root disk unencrypted/],
      "a disk of an instance": [
        instance({
          root_block_device: { encrypted: true },
          ebs_block_device: [{ device_name: "/dev/sdf", encrypted: true }, { device_name: "/dev/sdg" }],
        }),
        /has \/dev\/sdg unencrypted/,
      ],
    },
    conforming: {
      "disks encrypted by text and by boolean": template({
        block_device_mappings: [
          disk("/dev/xvda", "true"),
          disk("/dev/sdf", true),
          { device_name: "/dev/sdg", virtual_name: "ephemeral0" },
        ],
      }),
      "the image's own root device": template({
        block_device_mappings: [disk("${data.aws_ami.linux.root_device_name}", "true")],
      }),
      "an encrypted instance": instance({ root_block_device: [{ encrypted: true }] }),
      "an instance as its launch template says": instance(ofTemplate, {
        "aws_launch_template.t": { block_device_mappings: [disk("/dev/sda1", "true")] },
      }),
    },
  },
  "23": {
    violating: {
      "a launch template that leaves it to the subnet": [
        template({ vpc_security_group_ids: ["${aws_security_group.app.id}"] }),
        /^aws_launch_template.t may have a public address/,
      ],
      "a text that says yes": [
        template({ network_interfaces: [{ associate_public_ip_address: "true" }] }),
        /may have a public address/,
      ],
      "an interface without a word on it": [template({ network_interfaces: { device_index: 0 } }), /may have/],
      "an instance that leaves it to the subnet": [instance({}), /^aws_instance.i may have/],
      "what only Terraform will know": [instance({ associate_public_ip_address: "${var.public}" }), /may have/],
    },
    conforming: {
      "a text that says no": template({ network_interfaces: [{ associate_public_ip_address: "false" }] }),
      "an instance without": instance({ associate_public_ip_address: false }),
      "an interface that exists already": template({ network_interfaces: [{ network_interface_id: "eni-1" }] }),
      "an instance with an interface that exists already": instance({
        network_interface: [{ network_interface_id: "${aws_network_interface.n.id}" }],
      }),
      "an instance as its launch template says": instance(ofTemplate, {
        "aws_launch_template.t": { network_interfaces: [{ associate_public_ip_address: "false" }] },
      }),
    },
  },
  "24.launch-template": {
    violating: {
      "a launch configuration": [
        group({ launch_configuration: "${aws_launch_configuration.c.name}" }),
        /^aws_autoscaling_group.g has no launch template/,
      ],
      nothing: [group({ launch_template: [] }), /has no launch template/],
    },
    conforming: {
      "a launch template": group(ofTemplate),
      "a launch template with several types": group({ mixed_instances_policy: { launch_template: {} } }),
    },
  },
  "24.zones": {
    violating: {
      "no subnets": [group({}), /^aws_autoscaling_group.g does not list subnets in two zones/],
      "one subnet": [group({ vpc_zone_identifier: ["${aws_subnet.a.id}"] }), /two zones/],
      "two subnets in one zone": [
        group(
          { vpc_zone_identifier: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] },
          {
            "aws_subnet.a": { availability_zone_id: "euc1-az1" },
            "aws_subnet.b": { availability_zone_id: "euc1-az1" },
          },
        ),
        /two zones/,
      ],
      "subnets that only Terraform will know": [
        group({ vpc_zone_identifier: "${data.aws_subnets.all.ids}" }),
        /two zones/,
      ],
    },
    conforming: {
      "two subnets": group(
        { vpc_zone_identifier: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] },
        {
          "aws_subnet.a": { availability_zone: "${element(data.aws_availability_zones.z.names, 0)}" },
          "aws_subnet.b": { availability_zone: "${element(data.aws_availability_zones.z.names, 1)}" },
        },
      ),
      "two subnets from elsewhere": group({ vpc_zone_identifier: ["subnet-1", "subnet-2"] }),
    },
  },
  "25": {
    violating: {
      "a target group, and no health check's type": [
        group({ target_group_arns: ["${aws_lb_target_group.app.arn}"] }),
        /^aws_autoscaling_group.g keeps machines that its load balancer finds unhealthy/,
      ],
      "an attachment by reference": [
        group(
          { health_check_type: "EC2" },
          {
            "aws_autoscaling_attachment.a": {
              autoscaling_group_name: "${aws_autoscaling_group.g.name}",
              lb_target_group_arn: "${aws_lb_target_group.app.arn}",
            },
          },
        ),
        /keeps machines/,
      ],
      "a traffic source's attachment by name": [
        group({ name: "app" }, { "aws_autoscaling_traffic_source_attachment.a": { autoscaling_group_name: "app" } }),
        /keeps machines/,
      ],
      "a traffic source": [group({ traffic_source: [{ identifier: "arn", type: "elbv2" }] }), /keeps machines/],
    },
    conforming: {
      "the load balancer's health": group({
        health_check_type: "ELB",
        target_group_arns: ["${aws_lb_target_group.app.arn}"],
      }),
      "no load balancer": group({ target_group_arns: [] }),
      "another group's attachment": group(
        { name: "app" },
        { "aws_autoscaling_attachment.a": { autoscaling_group_name: "${aws_autoscaling_group.g-2.name}" } },
      ),
    },
  },
  "26": {
    violating: {
      "no tags": [group({}), /^aws_autoscaling_group.g has no tags/],
      "a tag for the group only": [group({ tag: [tag(true), tag(false)] }), /keeps one from its machines/],
    },
    conforming: { "tags that reach the machines": group({ tag: [tag(true), tag("true")] }) },
  },
  "27": {
    violating: {
      "a password in plain user data": [
        instance({ user_data: "export DB_PASSWORD=hunter2" }),
        /^aws_instance.i user data holds an assignment to a password/,
      ],
      "an access key in encoded user data": [
        template({ user_data: base64(`aws configure set x AKIA${"A".repeat(16)}\n`) }),
        /user data holds an AWS access key/,
      ],
      "a password in quotes, encoded by Terraform": [
        template({ user_data: `\${base64encode(${JSON.stringify(password)})}` }),
        /^aws_launch_template.t user data holds an assignment/,
      ],
      "a password in the second text of a call": [
        instance({ user_data_base64: `\${base64encode(join("\\n", ["#!/bin/bash", ${JSON.stringify(password)}]))}` }),
        /user data holds an assignment/,
      ],
      "a password in a local value": [
        { ...template({ user_data: "${base64encode(local.boot)}" }), locals: { boot: `#!/bin/bash\n${password}` } },
        /user data holds an assignment/,
      ],
      "a secret's value in a local value of a local value": [
        {
          ...template({ user_data: "${base64encode(local.boot)}" }),
          locals: {
            boot: "start ${local.key}",
            key: "${data.aws_secretsmanager_secret_version.s.secret_string}",
          },
        },
        /user data holds a reference to a secret's value/,
      ],
      "a password in compressed user data": [
        instance({ user_data_base64: gzipSync(password).toString("base64") }),
        /user data holds an assignment/,
      ],
      "user data that cannot be seen": [template({ user_data: '${filebase64("boot.sh")}' }), /has user data in a file/],
      "user data from a file, by a local value": [
        { ...template({ user_data: "${base64encode(local.boot)}" }), locals: { boot: '${file("boot.sh")}' } },
        /has user data in a file/,
      ],
    },
    conforming: {
      "a script that fetches a metadata token": template({
        user_data: base64('TOKEN=$(curl -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 300" http://169.254.169.254)'),
      }),
      "a script that fetches a secret": {
        ...template({ user_data: "${base64encode(local.boot)}" }),
        locals: {
          boot: 'PASSWORD="$(aws secretsmanager get-secret-value --secret-id $${SECRET_ARN})"',
          other: password,
        },
      },
      "a script that reads a file": instance({ user_data: "python3 -c 'file(\"x\")'" }),
      "an encoded script that reads a file": instance({
        user_data_base64: '${base64encode("python3 -c \'file(\\"x\\")\'")}',
      }),
      "no user data": template({ user_data: null }),
    },
  },
  "28": {
    violating: {
      "a fixed number": [
        group({ desired_capacity: 2, min_size: 1, max_size: 4 }),
        /^aws_autoscaling_group.g is set back to its desired_capacity/,
      ],
      "a fixed number of none": [group({ desired_capacity: 0 }), /is set back/],
      "a lifecycle that ignores something else": [
        group({ desired_capacity: 2, lifecycle: { ignore_changes: ["target_group_arns"] } }),
        /is set back/,
      ],
    },
    conforming: {
      "no number": group({ min_size: 1, max_size: 4 }),
      "a number to begin with": group({ desired_capacity: 2, lifecycle: { ignore_changes: ["desired_capacity"] } }),
      "all changes ignored": group({ desired_capacity: 2, lifecycle: { ignore_changes: "all" } }),
    },
  },
  "29": {
    violating: {
      "the default": [resources({ "aws_ebs_volume.v": {} }), /^aws_ebs_volume.v is not encrypted/],
      "a volume that says so": [resources({ "aws_ebs_volume.v": { encrypted: false } }), /is not encrypted/],
    },
    conforming: { "an encrypted volume": resources({ "aws_ebs_volume.v": { encrypted: true } }) },
  },
});
