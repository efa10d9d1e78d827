import { gunzipSync } from "node:zlib";
import { blocks } from "../../../../shared/testing/policy-document";
import { expressions, refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import type { Finding, Rule } from "../rule";
import { secretIn } from "../secrets";
import { denotes, findingsFor, ignores, isFalse, isTrue } from "./findings";
import { zonesOf } from "./subnets";

/** Root devices of Amazon Linux and Ubuntu; an expression is taken for the image's own. */
const ROOT_DEVICE = /^\/dev\/(?:xvda|sda1)$|\$\{/;

export const computeRules: readonly Rule[] = [
  {
    id: "20",
    title: "a machine's metadata, its credentials among them, are given for a token only (IMDSv2)",
    source: "EC2.8, EC2.170, AutoScaling.3, CKV_AWS_79, AWS-0130",
    check: (template) =>
      findingsFor(
        machinesThatSay(template, "metadata_options"),
        (attributes) => hasMetadata(attributes) && metadataOptions(attributes).http_tokens !== "required",
        "gives its credentials without a token",
        'set metadata_options.http_tokens to "required"',
      ),
  },
  {
    id: "21",
    title: "a machine's metadata do not leave it; 2 hops, for containers, are an exception",
    source: "AutoScaling.4, CKV_AWS_341; images made for IMDSv2, such as Amazon Linux 2023, have the default 2",
    check: (template) =>
      findingsFor(
        machinesThatSay(template, "metadata_options"),
        (attributes) =>
          hasMetadata(attributes) && !(Number(metadataOptions(attributes).http_put_response_hop_limit ?? 2) <= 1),
        "answers for its metadata over more than one hop",
        "set metadata_options.http_put_response_hop_limit to 1",
      ),
  },
  {
    id: "22",
    title: "every disk of a machine is encrypted, the root disk that its image brings too",
    source: "EC2.3, EC2.181",
    check: (template) =>
      machinesThatSay(template, "root_block_device", "ebs_block_device").flatMap((machine) =>
        plainDisks(machine).map((disk) => ({
          address: machine.address,
          what: `has ${disk} unencrypted`,
          mend: "set encrypted to true for it; in a launch template, map the image's root device",
        })),
      ),
  },
  {
    id: "23",
    title: "a machine has no public address, whatever the subnet, which may be another stack's, gives by itself",
    source: "EC2.25, AutoScaling.5, CKV_AWS_88",
    check: (template) =>
      findingsFor(
        machinesThatSay(template, "associate_public_ip_address", "network_interface", "primary_network_interface"),
        mayHavePublicAddress,
        "may have a public address",
        "set associate_public_ip_address to false; in a launch template, in network_interfaces",
      ),
  },
  {
    id: "24.launch-template",
    title: "an Auto Scaling group launches from a launch template",
    source: "AutoScaling.9, CKV_AWS_315",
    check: (template) =>
      findingsFor(
        groups(template),
        ({ launch_template, mixed_instances_policy }) =>
          blocks(launch_template).length + blocks(mixed_instances_policy).length === 0,
        "has no launch template",
        "set launch_template, or mixed_instances_policy",
      ),
  },
  {
    id: "24.zones",
    title: "an Auto Scaling group is in at least two Availability Zones, even one of a single machine",
    source: "AutoScaling.2",
    check: (template) =>
      findingsFor(
        groups(template),
        ({ vpc_zone_identifier }) => zonesOf(template, vpc_zone_identifier) < 2,
        "does not list subnets in two zones",
        "list at least two subnets in vpc_zone_identifier, each in a zone of its own",
      ),
  },
  {
    id: "25",
    title: "a machine that its load balancer finds unhealthy is replaced",
    source: "AutoScaling.1, CKV2_AWS_15",
    check: (template) =>
      groups(template)
        .filter(({ attributes }) => attributes.health_check_type !== "ELB")
        .filter((group) => isBehindLoadBalancer(template, group))
        .map(({ address }) => ({
          address,
          what: "keeps machines that its load balancer finds unhealthy",
          mend: 'set health_check_type to "ELB"',
        })),
  },
  {
    id: "26",
    title: "an Auto Scaling group's tags reach its machines; the provider's default tags do not",
    source: "CKV_AWS_153",
    check: (template) =>
      findingsFor(
        groups(template),
        ({ tag }) => {
          const tags = blocks<Attributes>(tag);
          return tags.length === 0 || tags.some(({ propagate_at_launch }) => !isTrue(propagate_at_launch));
        },
        "has no tags, or keeps one from its machines",
        "add tag blocks with propagate_at_launch true",
      ),
  },
  {
    id: "27",
    title: "no secret in user data",
    source: "CKV_AWS_46, AWS-0129",
    check: (template) =>
      machines(template).flatMap(({ address, attributes }) =>
        [attributes.user_data, attributes.user_data_base64]
          .filter((userData) => typeof userData === "string")
          .flatMap((userData) => secretsInUserData(address, userData, template.json.locals)),
      ),
  },
  {
    id: "28",
    title: "how many machines there are is for Auto Scaling to say, not for the next deployment",
    source: "practice: a deployment would undo what a policy, a schedule or a person has scaled",
    check: (template) =>
      findingsFor(
        groups(template),
        ({ desired_capacity, lifecycle }) =>
          (desired_capacity ?? undefined) !== undefined && !ignores(lifecycle, "desired_capacity"),
        "is set back to its desired_capacity by every deployment",
        "leave desired_capacity out, or have lifecycle ignore its changes",
      ),
  },
  {
    id: "29",
    title: "every volume is encrypted",
    source: "CKV_AWS_3, AWS-0026; encryption by default (EC2.7) is the account's to set",
    check: (template) =>
      findingsFor(
        template.resources("aws_ebs_volume"),
        ({ encrypted }) => !isTrue(encrypted),
        "is not encrypted",
        "set encrypted to true",
      ),
  },
];

function machines(template: Template): Resource[] {
  return ["aws_launch_template", "aws_launch_configuration", "aws_instance"].flatMap((type) =>
    template.resources(type),
  );
}

/** Without instances that leave these attributes to a launch template of this stack, which is among them itself. */
function machinesThatSay(template: Template, ...names: string[]): Resource[] {
  return machines(template).filter(
    ({ attributes }) =>
      names.some((name) => attributes[name] !== undefined) ||
      !template
        .resources("aws_launch_template")
        .some(({ address }) => refersTo(blocks(attributes.launch_template), address)),
  );
}

function metadataOptions(attributes: Attributes): Attributes {
  return blocks<Attributes>(attributes.metadata_options)[0] ?? {};
}

function hasMetadata(attributes: Attributes): boolean {
  return metadataOptions(attributes).http_endpoint !== "disabled";
}

function plainDisks({ type, attributes }: Resource): string[] {
  const isPlain = (disk: Attributes | undefined) => !isTrue(disk?.encrypted);
  if (type !== "aws_launch_template") {
    return [
      ...(isPlain(blocks<Attributes>(attributes.root_block_device)[0]) ? ["its root disk"] : []),
      ...blocks<Attributes>(attributes.ebs_block_device)
        .filter(isPlain)
        .map(({ device_name }) => device_name),
    ];
  }
  const mapped = blocks<Attributes>(attributes.block_device_mappings).filter(
    ({ no_device, virtual_name }) => !no_device && !virtual_name,
  );
  return [
    ...(mapped.some(({ device_name }) => ROOT_DEVICE.test(device_name)) ? [] : ["its root disk"]),
    ...mapped.filter(({ ebs }) => isPlain(blocks<Attributes>(ebs)[0])).map(({ device_name }) => device_name),
  ];
}

/** An interface that exists already is not given a public address when a machine is launched with it. */
function mayHavePublicAddress(attributes: Attributes): boolean {
  const { network_interfaces, network_interface, primary_network_interface, associate_public_ip_address } = attributes;
  if (blocks(network_interface).length + blocks(primary_network_interface).length > 0) return false;
  const interfaces = blocks<Attributes>(network_interfaces ?? { associate_public_ip_address });
  return (
    interfaces.length === 0 ||
    interfaces.some((one) => !one.network_interface_id && !isFalse(one.associate_public_ip_address))
  );
}

function groups(template: Template): Resource[] {
  return template.resources("aws_autoscaling_group");
}

function isBehindLoadBalancer(template: Template, group: Resource): boolean {
  const { target_group_arns, load_balancers, traffic_source } = group.attributes;
  return (
    [target_group_arns, load_balancers, traffic_source].some((targets) => blocks(targets).length > 0) ||
    ["aws_autoscaling_attachment", "aws_autoscaling_traffic_source_attachment"]
      .flatMap((type) => template.resources(type))
      .some(({ attributes }) => denotes(attributes.autoscaling_group_name, group))
  );
}

/** A text in an expression, such as that of `${base64encode("...")}`. */
const QUOTED = /"(?:[^"\\]|\\.)*"/gs;

function secretsInUserData(address: string, userData: string, locals?: Attributes): Finding[] {
  const texts = withLocals([userData], locals);
  const code = texts.flatMap(expressions);
  if (code.some((expression) => /\b(?:file|filebase64|templatefile)\(/.test(expression.replace(QUOTED, '""')))) {
    return [{ address, what: "has user data in a file, unseen here", mend: "put the text itself into user_data" }];
  }
  const quoted = code.flatMap((expression) => expression.match(QUOTED) ?? []).map(unquote);
  const secret = [...texts, ...quoted]
    .flatMap((text) => [text, decode(text)])
    .map(secretIn)
    .find((kind) => kind !== undefined);
  if (!secret) return [];
  return [{ address, what: `user data holds ${secret}`, mend: "let the instance read it from Secrets Manager" }];
}

/** Texts, and the local values that they are made of: a script may stand in one. */
function withLocals(texts: readonly string[], locals: Attributes = {}): string[] {
  const names = new Set<string>();
  const add = (text: string): void => {
    for (const [, name = ""] of expressions(text).flatMap((code) => [...code.matchAll(/\blocal\.([\w-]+)/g)])) {
      if (names.has(name)) continue;
      names.add(name);
      add(textOf(locals[name]));
    }
  };
  texts.forEach(add);
  return [...texts, ...[...names].map((name) => textOf(locals[name]))];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted;
  }
}

/** From base64, and from gzip within it, which cloud-init takes as well. What is neither becomes meaningless text. */
function decode(text: string): string {
  const bytes = Buffer.from(text, "base64");
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch {
    return bytes.toString("utf8");
  }
}
