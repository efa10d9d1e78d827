import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Template } from "../../../../shared/testing/template";
import type { Finding, Rule } from "../rule";
import { findingsFor, isFalse, isTrue } from "./findings";
import { groupRules, isOfWorld, onlyPort, rangesOf } from "./security-groups";

const RULE_TYPES = [
  "aws_security_group_rule",
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
];
const GROUP_TYPES = ["aws_security_group", "aws_default_security_group"];

/** SSH and Remote Desktop. */
const ADMINISTRATION_PORTS = [22, 3389];

export const networkRules: readonly Rule[] = [
  {
    id: "1",
    title: "a VPC's default security group lets nothing in and nothing out",
    source: "EC2.2, CKV2_AWS_12, AWS-0173",
    check: (template) => {
      const defaults = template.resources("aws_default_security_group");
      const rules = [...groupRules(template, "ingress"), ...groupRules(template, "egress")].filter(({ group }) =>
        /\baws_default_security_group\.|\.default_security_group_id\b/.test(String(group)),
      );
      return [
        ...findingsFor(
          template.resources("aws_vpc"),
          (_, { address }) => !defaults.some(({ attributes }) => refersTo(attributes.vpc_id, address)),
          "leaves its default security group as AWS makes it, open within itself and to the world",
          "add an aws_default_security_group without ingress and egress",
        ),
        ...rules.map(({ address }) => ({
          address,
          what: "gives the default security group a rule",
          mend: "make a security group for the purpose, and leave the default one empty",
        })),
      ];
    },
  },
  {
    id: "2",
    title: "a VPC keeps a log of its traffic, at least of what it rejects",
    source: "EC2.6, CKV2_AWS_11, AWS-0178",
    check: (template) => {
      const logged = template
        .resources("aws_flow_log")
        .filter(({ attributes }) => ["ALL", "REJECT"].includes(attributes.traffic_type))
        .map(({ attributes }) => attributes.vpc_id);
      return findingsFor(
        template.resources("aws_vpc"),
        (_, { address }) => !refersTo(logged, address),
        "keeps no log of rejected traffic",
        'add an aws_flow_log with the traffic_type "ALL" or "REJECT"',
      );
    },
  },
  {
    id: "3",
    title: "no subnet gives its machines public addresses by itself",
    source: "EC2.15, CKV_AWS_130, AWS-0164",
    check: (template) => [
      ...findingsFor(
        template.resources("aws_subnet"),
        ({ map_public_ip_on_launch = false }) => map_public_ip_on_launch !== null && !isFalse(map_public_ip_on_launch),
        "gives every machine in it a public address",
        "set map_public_ip_on_launch to false, and ask for an address where one is needed",
      ),
      // Of a default subnet true is the default.
      ...findingsFor(
        template.resources("aws_default_subnet"),
        ({ map_public_ip_on_launch }) => !isFalse(map_public_ip_on_launch),
        "gives every machine in it a public address",
        "use a subnet of the stack's own",
      ),
    ],
  },
  {
    id: "4",
    title: "nothing but a load balancer's ports 80 and 443 is open to the world",
    source: "EC2.18, EC2.19, CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_277, AWS-0107",
    check: (template) =>
      groupRules(template, "ingress")
        .filter(({ rule }) => isOfWorld(rule))
        .filter(({ rule, group }) => !(isWeb(rule) && isOfLoadBalancer(template, group)))
        .map(({ address, rule }) => ({
          address,
          what: `lets in ${rangesOf(rule).join(", ")} on port ${rule.from_port ?? "any"} to ${rule.to_port ?? "any"}`,
          mend: "let in a security group, a prefix list or the VPC's own range instead",
        })),
  },
  {
    id: "5",
    title:
      "no way out to the world is wider than one port: packages and AWS's APIs have no fixed addresses, but a fixed port",
    source: "CKV_AWS_382, AWS-0104",
    check: (template) =>
      groupRules(template, "egress")
        .filter(({ rule }) => isOfWorld(rule) && onlyPort(rule) === undefined)
        .map(({ address, rule }) => ({
          address,
          what: `lets out to ${rangesOf(rule).join(", ")} on port ${rule.from_port ?? "any"} to ${rule.to_port ?? "any"}`,
          mend: "write a rule for each port that is used, such as 443",
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
  {
    id: "7",
    title: "no network ACL lets the world in on SSH's or Remote Desktop's port",
    source: "EC2.21, AWS-0105",
    check: (template) => {
      const entries = entriesOfWorld(template);
      const isDeniedBefore = (entry: AclEntry, port: number) =>
        entries.some(
          (other) =>
            !other.allows &&
            other.acl === entry.acl &&
            other.isIpv6 === entry.isIpv6 &&
            other.number < entry.number &&
            coversPort(other, port),
        );
      return entries
        .filter(({ allows }) => allows)
        .flatMap((entry) => {
          const open = ADMINISTRATION_PORTS.filter((port) => coversPort(entry, port) && !isDeniedBefore(entry, port));
          if (open.length === 0) return [];
          return [
            {
              address: entry.address,
              what: `lets the world in on port ${open.join(" and ")}`,
              mend: "leave the port out of the range, or deny it by a rule with a lower number",
            },
          ];
        });
    },
  },
  {
    id: "8",
    title: "an interface endpoint answers to the service's own name, or programs pass it by",
    source: "EC2.10, EC2.55, EC2.56, EC2.57; which endpoints a stack needs is for its author to judge",
    check: (template) =>
      findingsFor(
        template.resources("aws_vpc_endpoint"),
        ({ vpc_endpoint_type, private_dns_enabled }) =>
          vpc_endpoint_type === "Interface" && !isTrue(private_dns_enabled),
        "is not found by the service's own name",
        "set private_dns_enabled to true",
      ),
  },
  {
    id: "9",
    title: "a VPC resolves names and gives them, as endpoints and file systems need",
    source: "practice: private names of VPC endpoints and EFS mount targets need both",
    check: (template) =>
      findingsFor(
        template.resources("aws_vpc"),
        ({ enable_dns_hostnames, enable_dns_support }) =>
          !isTrue(enable_dns_hostnames) || !isTrue(enable_dns_support ?? true),
        "has no private names",
        "set enable_dns_hostnames and enable_dns_support to true",
      ),
  },
  {
    id: "61",
    title: "a hosted zone is private: a public one tells everybody the names of what is inside",
    source: "practice; what Route53.2, CKV2_AWS_38 and CKV2_AWS_39 ask for is about public zones",
    check: (template) =>
      findingsFor(
        template.resources("aws_route53_zone"),
        ({ vpc }) => blocks(vpc).length === 0,
        "is public",
        "add a vpc block, or declare an exception for names that the world is to know",
      ),
  },
];

function isWeb(rule: Attributes): boolean {
  const port = onlyPort(rule);
  return port === 80 || port === 443;
}

function isOfLoadBalancer(template: Template, group: unknown): boolean {
  const itsGroup = template.resources("aws_security_group").find(({ address }) => refersTo(group, address));
  if (!itsGroup) return false;
  return ["aws_lb", "aws_alb"]
    .flatMap((type) => template.resources(type))
    .some(({ attributes }) => refersTo(attributes.security_groups, itsGroup.address));
}

interface AclEntry {
  readonly address: string;
  readonly acl: string;
  readonly number: number;
  readonly allows: boolean;
  readonly isIpv6: boolean;
  readonly rule: Attributes;
}

/** What network ACLs say of traffic that comes from anywhere. */
function entriesOfWorld(template: Template): AclEntry[] {
  const inline = ["aws_network_acl", "aws_default_network_acl"]
    .flatMap((type) => template.resources(type))
    .flatMap(({ address, attributes }) =>
      blocks<Attributes>(attributes.ingress).map((rule) => ({
        address,
        acl: `\${${address}.id}`,
        number: Number(rule.rule_no),
        allows: rule.action !== "deny",
        rule,
      })),
    );
  const separate = template
    .resources("aws_network_acl_rule")
    .filter(({ attributes }) => !isTrue(attributes.egress))
    .map(({ address, attributes }) => ({
      address,
      acl: String(attributes.network_acl_id),
      number: Number(attributes.rule_number),
      allows: attributes.rule_action !== "deny",
      rule: attributes,
    }));
  return [...inline, ...separate].flatMap((entry) =>
    ["cidr_block", "ipv6_cidr_block"]
      .filter((family) => String(entry.rule[family] ?? "").endsWith("/0"))
      .map((family) => ({ ...entry, isIpv6: family === "ipv6_cidr_block" })),
  );
}

function coversPort({ rule: { protocol, from_port, to_port } }: AclEntry, port: number): boolean {
  if (["-1", "all"].includes(String(protocol))) return true;
  if (!["6", "tcp"].includes(String(protocol).toLowerCase())) return false;
  return !(port < Number(from_port) || port > Number(to_port));
}
