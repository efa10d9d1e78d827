import { blocks } from "../../../../shared/testing/policy-document";
import type { Attributes, Template } from "../../../../shared/testing/template";

const GROUP_TYPES = ["aws_security_group", "aws_default_security_group"];

export interface GroupRule {
  /** Of the rule, or of the group that it is written in. */
  readonly address: string;
  readonly rule: Attributes;
  /** The id of the group, mostly a reference. */
  readonly group: unknown;
}

/** The rules of all security groups in one direction, whichever of three ways they are written in. */
export function groupRules(template: Template, direction: "ingress" | "egress"): GroupRule[] {
  const inline = GROUP_TYPES.flatMap((type) => template.resources(type)).flatMap(({ address, attributes }) =>
    blocks<Attributes>(attributes[direction]).map((rule) => ({ address, rule, group: `\${${address}.id}` })),
  );
  const rules = [
    ...template.resources(`aws_vpc_security_group_${direction}_rule`),
    ...template.resources("aws_security_group_rule").filter(({ attributes }) => attributes.type === direction),
  ];
  return [
    ...inline,
    ...rules.map(({ address, attributes }) => ({ address, rule: attributes, group: attributes.security_group_id })),
  ];
}

/** The ranges of addresses that a rule names. */
export function rangesOf(rule: Attributes): string[] {
  return [rule.cidr_ipv4, rule.cidr_ipv6, rule.cidr_blocks, rule.ipv6_cidr_blocks].flatMap((cidr) =>
    blocks<string>(cidr),
  );
}

/** Whether a rule is for the whole world. */
export function isOfWorld(rule: Attributes): boolean {
  return rangesOf(rule).some((cidr) => cidr.endsWith("/0"));
}

/** The one port that a rule is for, if it is for one. */
export function onlyPort({ from_port: from, to_port: to, ip_protocol, protocol }: Attributes): number | undefined {
  const isPort = /^\d+$/.test(String(from)) && String(from) === String(to);
  // Where all protocols are open, AWS passes over the ports.
  return isPort && !["-1", "all"].includes(String(ip_protocol ?? protocol)) ? Number(from) : undefined;
}
