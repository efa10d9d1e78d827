import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Template } from "../../../../shared/testing/template";
import type { Finding, Rule } from "../rule";

const RULE_TYPES = [
  "aws_security_group_rule",
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
];
const GROUP_TYPES = ["aws_security_group", "aws_default_security_group"];

export const networkRules: readonly Rule[] = [
  {
    id: "4",
    title: "nothing but a load balancer's ports 80 and 443 is open to the world",
    source: "EC2.18, EC2.19, CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_277, AWS-0107",
    check: (template) =>
      ingress(template)
        .filter(({ rule }) => sources(rule).some((cidr) => cidr.endsWith("/0")))
        .filter(({ rule, group }) => !(isWeb(rule) && isOfLoadBalancer(template, group)))
        .map(({ address, rule }) => ({
          address,
          what: `lets in ${sources(rule).join(", ")} on port ${rule.from_port ?? "any"} to ${rule.to_port ?? "any"}`,
          mend: "let in a security group, a prefix list or the VPC's own range instead",
        })),
  },
  {
    id: "6",
    title: "every security group, and every rule in it, says what it is for",
    source: "CKV_AWS_23, AWS-0099, AWS-0124",
    check: (template) => {
      const undescribed = (address: string, what: string): Finding => ({
        address,
        what: `${what} without a description`,
        mend: "give it a description: why this is open, for whom",
      });
      const groups = template.resources("aws_security_group").filter(({ attributes }) => !attributes.description);
      const inline = GROUP_TYPES.flatMap((type) => template.resources(type)).filter(({ attributes }) =>
        [...blocks<Attributes>(attributes.ingress), ...blocks<Attributes>(attributes.egress)].some(
          (rule) => !rule.description,
        ),
      );
      const rules = RULE_TYPES.flatMap((type) => template.resources(type)).filter(
        ({ attributes }) => !attributes.description,
      );
      return [
        ...groups.map(({ address }) => undescribed(address, "is a security group")),
        ...inline.map(({ address }) => undescribed(address, "has a rule")),
        ...rules.map(({ address }) => undescribed(address, "is a rule")),
      ];
    },
  },
];

function ingress(template: Template): { address: string; rule: Attributes; group: unknown }[] {
  const inline = GROUP_TYPES.flatMap((type) => template.resources(type)).flatMap(({ address, attributes }) =>
    blocks<Attributes>(attributes.ingress).map((rule) => ({ address, rule, group: `\${${address}.id}` })),
  );
  const rules = [
    ...template.resources("aws_vpc_security_group_ingress_rule"),
    ...template.resources("aws_security_group_rule").filter(({ attributes }) => attributes.type === "ingress"),
  ];
  return [
    ...inline,
    ...rules.map(({ address, attributes }) => ({ address, rule: attributes, group: attributes.security_group_id })),
  ];
}

function sources(rule: Attributes): string[] {
  return [rule.cidr_ipv4, rule.cidr_ipv6, rule.cidr_blocks, rule.ipv6_cidr_blocks].flatMap((cidr) =>
    blocks<string>(cidr),
  );
}

function isWeb(rule: Attributes): boolean {
  return rule.from_port === rule.to_port && (rule.from_port === 80 || rule.from_port === 443);
}

function isOfLoadBalancer(template: Template, group: unknown): boolean {
  const itsGroup = template.resources("aws_security_group").find(({ address }) => refersTo(group, address));
  if (!itsGroup) return false;
  return template.resources("aws_lb").some(({ attributes }) => refersTo(attributes.security_groups, itsGroup.address));
}
