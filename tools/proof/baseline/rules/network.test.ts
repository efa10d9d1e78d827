import { resources, testRules } from "./examples";
import { networkRules } from "./network";

const world = {
  cidr_ipv4: "0.0.0.0/0",
  from_port: 443,
  to_port: 443,
  security_group_id: "${aws_security_group.web.id}",
};

const vpc = (attributes: object = {}, others: Record<string, object> = {}) =>
  resources({ "aws_vpc.main": attributes, ...others });
const inVpc = { vpc_id: "${aws_vpc.main.id}" };
const acl = (...ingress: object[]) => resources({ "aws_network_acl.main": { ingress } });
const aclRules = (...rules: object[]) =>
  resources(
    Object.fromEntries(
      rules.map((rule, index) => [
        `aws_network_acl_rule.r${index + 1}`,
        { network_acl_id: "${aws_network_acl.main.id}", egress: false, ...rule },
      ]),
    ),
  );
const aclWorld = { rule_number: 200, rule_action: "allow", protocol: "tcp", cidr_block: "0.0.0.0/0" };

testRules(networkRules, {
  "1": {
    violating: {
      "a VPC whose default group is as AWS makes it": [vpc(), /^aws_vpc.main leaves its default security group/],
      "another VPC's default group": [
        vpc({}, { "aws_default_security_group.d": { vpc_id: "${aws_vpc.main-2.id}" } }),
        /^aws_vpc.main leaves/,
      ],
      "an inline rule": [
        vpc({}, { "aws_default_security_group.d": { ...inVpc, egress: [{ protocol: "-1" }] } }),
        /^aws_default_security_group.d gives the default security group a rule/,
      ],
      "a rule of its own for the default group": [
        vpc(
          {},
          {
            "aws_default_security_group.d": inVpc,
            "aws_vpc_security_group_ingress_rule.in": { security_group_id: "${aws_default_security_group.d.id}" },
          },
        ),
        /^aws_vpc_security_group_ingress_rule.in gives/,
      ],
      "a rule for the default group by the VPC's attribute": [
        vpc(
          {},
          {
            "aws_default_security_group.d": inVpc,
            "aws_security_group_rule.out": {
              type: "egress",
              security_group_id: "${aws_vpc.main.default_security_group_id}",
            },
          },
        ),
        /^aws_security_group_rule.out gives/,
      ],
    },
    conforming: {
      "an empty default group": vpc({}, { "aws_default_security_group.d": { ...inVpc, ingress: [], egress: [] } }),
      "a default group without a word on rules, and rules of another": vpc(
        {},
        {
          "aws_default_security_group.d": inVpc,
          "aws_vpc_security_group_ingress_rule.in": { security_group_id: "${aws_security_group.app.id}" },
        },
      ),
    },
  },
  "2": {
    violating: {
      "a VPC without a flow log": [vpc(), /^aws_vpc.main keeps no log/],
      "a log of what is accepted": [
        vpc({}, { "aws_flow_log.f": { ...inVpc, traffic_type: "ACCEPT" } }),
        /keeps no log of rejected traffic/,
      ],
      "a log of a subnet": [
        vpc({}, { "aws_flow_log.f": { subnet_id: "${aws_subnet.a.id}", traffic_type: "ALL" } }),
        /keeps no log/,
      ],
    },
    conforming: {
      "a log of all": vpc({}, { "aws_flow_log.f": { ...inVpc, traffic_type: "ALL" } }),
      "a log of what is rejected": vpc({}, { "aws_flow_log.f": { ...inVpc, traffic_type: "REJECT" } }),
    },
  },
  "3": {
    violating: {
      "public addresses for all": [
        resources({ "aws_subnet.a": { map_public_ip_on_launch: true } }),
        /^aws_subnet.a gives every machine in it a public address/,
      ],
      "public addresses, as text": [resources({ "aws_subnet.a": { map_public_ip_on_launch: "true" } }), /gives every/],
      "what only Terraform will know": [
        resources({ "aws_subnet.a": { map_public_ip_on_launch: "${var.public}" } }),
        /gives every/,
      ],
      "a default subnet, which does so unasked": [
        resources({ "aws_default_subnet.a": {} }),
        /^aws_default_subnet.a gives/,
      ],
    },
    conforming: {
      "subnets that do not": resources({
        "aws_subnet.a": {},
        "aws_subnet.b": { map_public_ip_on_launch: false },
        "aws_subnet.c": { map_public_ip_on_launch: null },
        "aws_default_subnet.d": { map_public_ip_on_launch: false },
      }),
    },
  },
  "4": {
    violating: {
      "a rule that lets in the world": [
        resources({ "aws_vpc_security_group_ingress_rule.in": { ...world, from_port: 22, to_port: 22 } }),
        /^aws_vpc_security_group_ingress_rule.in lets in 0.0.0.0\/0 on port 22 to 22/,
      ],
      "the world by IPv6, inline": [
        resources({
          "aws_security_group.app": { ingress: [{ ipv6_cidr_blocks: ["::/0"], from_port: 443, to_port: 443 }] },
        }),
        /^aws_security_group.app lets in ::\/0/,
      ],
      "a rule of the older kind": [
        resources({ "aws_security_group_rule.in": { type: "ingress", cidr_blocks: ["10.0.0.0/8", "0.0.0.0/0"] } }),
        /lets in 10.0.0.0\/8, 0.0.0.0\/0 on port any/,
      ],
      "port 443 of what is no load balancer": [
        resources({ "aws_security_group.web": {}, "aws_vpc_security_group_ingress_rule.in": world }),
        /lets in 0.0.0.0\/0/,
      ],
      "port 443 of a group from elsewhere": [
        resources({ "aws_vpc_security_group_ingress_rule.in": { ...world, security_group_id: "sg-1" } }),
        /lets in 0.0.0.0\/0/,
      ],
      "another port of a load balancer": [
        resources({
          "aws_security_group.web": {},
          "aws_lb.web": { security_groups: ["${aws_security_group.web.id}"] },
          "aws_vpc_security_group_ingress_rule.in": { ...world, to_port: 8443 },
        }),
        /on port 443 to 8443/,
      ],
      "all protocols of a load balancer, whose ports mean nothing": [
        resources({
          "aws_security_group.web": {},
          "aws_lb.web": { security_groups: ["${aws_security_group.web.id}"] },
          "aws_vpc_security_group_ingress_rule.in": { ...world, ip_protocol: "-1" },
        }),
        /lets in 0.0.0.0\/0/,
      ],
    },
    conforming: {
      "port 443 of a load balancer": resources({
        "aws_security_group.web": {},
        "aws_lb.web": { security_groups: ["${aws_security_group.web.id}"] },
        "aws_vpc_security_group_ingress_rule.in": world,
      }),
      "a private range, and egress to the world": resources({
        "aws_vpc_security_group_ingress_rule.in": { ...world, cidr_ipv4: "10.0.0.0/16" },
        "aws_vpc_security_group_egress_rule.out": world,
        "aws_security_group_rule.out": { type: "egress", cidr_blocks: ["0.0.0.0/0"] },
      }),
    },
  },
  "5": {
    violating: {
      "all protocols": [
        resources({ "aws_vpc_security_group_egress_rule.out": { cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" } }),
        /^aws_vpc_security_group_egress_rule.out lets out to 0.0.0.0\/0 on port any to any/,
      ],
      "all protocols, with a port that means nothing": [
        resources({ "aws_vpc_security_group_egress_rule.out": { ...world, ip_protocol: "-1" } }),
        /lets out/,
      ],
      "the AWS CDK's and Terraform's inline default": [
        resources({
          "aws_security_group.app": {
            egress: [{ cidr_blocks: ["0.0.0.0/0"], from_port: 0, to_port: 0, protocol: "-1" }],
          },
        }),
        /^aws_security_group.app lets out/,
      ],
      "all ports by IPv6, by a rule of the older kind": [
        resources({
          "aws_security_group_rule.out": {
            type: "egress",
            ipv6_cidr_blocks: ["::/0"],
            from_port: 0,
            to_port: 65535,
            protocol: "tcp",
          },
        }),
        /^aws_security_group_rule.out lets out to ::\/0 on port 0 to 65535/,
      ],
      "a range of ports": [
        resources({
          "aws_vpc_security_group_egress_rule.out": { ...world, ip_protocol: "tcp", from_port: 1024, to_port: 65535 },
        }),
        /on port 1024 to 65535/,
      ],
      "all of ICMP": [
        resources({
          "aws_vpc_security_group_egress_rule.out": { ...world, ip_protocol: "icmp", from_port: -1, to_port: -1 },
        }),
        /on port -1 to -1/,
      ],
    },
    conforming: {
      "one port of the world": resources({
        "aws_vpc_security_group_egress_rule.out": { ...world, ip_protocol: "tcp" },
        "aws_security_group_rule.out": {
          type: "egress",
          cidr_blocks: ["0.0.0.0/0"],
          from_port: "80",
          to_port: "80",
          protocol: "tcp",
        },
      }),
      "everything within the VPC, and in from the world": resources({
        "aws_vpc_security_group_egress_rule.out": { cidr_ipv4: "10.0.0.0/16", ip_protocol: "-1" },
        "aws_vpc_security_group_ingress_rule.in": { cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" },
      }),
    },
  },
  "6": {
    violating: {
      "a group without a description": [resources({ "aws_security_group.app": {} }), /is a security group without/],
      "a rule without a description": [
        resources({ "aws_vpc_security_group_egress_rule.out": {} }),
        /^aws_vpc_security_group_egress_rule.out is a rule without/,
      ],
      "an inline rule without a description": [
        resources({ "aws_security_group.app": { description: "app", ingress: [{ description: null }] } }),
        /^aws_security_group.app has a rule without/,
      ],
    },
    conforming: {
      "descriptions everywhere": resources({
        "aws_security_group.app": { description: "app", ingress: [{ description: "from the load balancer" }] },
        "aws_vpc_security_group_ingress_rule.in": { description: "from the load balancer" },
      }),
    },
  },
  "7": {
    violating: {
      "SSH, inline": [
        acl({ rule_no: 100, action: "allow", protocol: "tcp", cidr_block: "0.0.0.0/0", from_port: 22, to_port: 22 }),
        /^aws_network_acl.main lets the world in on port 22$/,
      ],
      "all protocols, by IPv6": [
        acl({ rule_no: 100, action: "allow", protocol: "-1", ipv6_cidr_block: "::/0", from_port: 0, to_port: 0 }),
        /port 22 and 3389/,
      ],
      "a default ACL that lets all in": [
        resources({
          "aws_default_network_acl.d": {
            ingress: [{ rule_no: 100, action: "allow", protocol: -1, cidr_block: "0.0.0.0/0" }],
          },
        }),
        /^aws_default_network_acl.d lets/,
      ],
      "the ports of answers, with Remote Desktop's among them": [
        aclRules({ ...aclWorld, from_port: 1024, to_port: 65535 }),
        /^aws_network_acl_rule.r1 lets the world in on port 3389$/,
      ],
      "a protocol by its number, and a rule without `egress`": [
        aclRules({ ...aclWorld, egress: undefined, protocol: "6", from_port: 0, to_port: 65535 }),
        /port 22 and 3389/,
      ],
      "a denial that comes too late": [
        aclRules(
          { ...aclWorld, from_port: 22, to_port: 22 },
          { ...aclWorld, rule_number: 300, rule_action: "deny", from_port: 22, to_port: 22 },
        ),
        /port 22$/,
      ],
      "a denial of the other family": [
        aclRules(
          { ...aclWorld, from_port: 22, to_port: 22 },
          {
            ...aclWorld,
            rule_number: 100,
            rule_action: "deny",
            cidr_block: undefined,
            ipv6_cidr_block: "::/0",
            from_port: 22,
            to_port: 22,
          },
        ),
        /^aws_network_acl_rule.r1 .*port 22$/,
      ],
      "a denial in another ACL": [
        aclRules(
          { ...aclWorld, from_port: 22, to_port: 22 },
          {
            ...aclWorld,
            rule_number: 100,
            rule_action: "deny",
            network_acl_id: "${aws_network_acl.other.id}",
            protocol: "-1",
          },
        ),
        /port 22$/,
      ],
    },
    conforming: {
      "HTTPS, and answers without Remote Desktop's port": aclRules(
        { ...aclWorld, from_port: 443, to_port: 443 },
        { ...aclWorld, rule_number: 210, from_port: 1024, to_port: 3388 },
        { ...aclWorld, rule_number: 220, from_port: 3390, to_port: 65535 },
      ),
      "a denial before": aclRules(
        { ...aclWorld, rule_number: 100, rule_action: "deny", from_port: 3389, to_port: 3389 },
        { ...aclWorld, from_port: 1024, to_port: 65535 },
      ),
      "an inline denial before": resources({
        "aws_network_acl.main": {
          ingress: [
            { rule_no: 1, action: "deny", protocol: "tcp", cidr_block: "0.0.0.0/0", from_port: 22, to_port: 22 },
            { rule_no: 2, action: "deny", protocol: "tcp", cidr_block: "0.0.0.0/0", from_port: 3389, to_port: 3389 },
          ],
        },
        "aws_network_acl_rule.all": { ...aclWorld, network_acl_id: "${aws_network_acl.main.id}", protocol: "-1" },
      }),
      "the VPC, the way out, UDP and ICMP": aclRules(
        { ...aclWorld, cidr_block: "10.0.0.0/16", protocol: "-1" },
        { ...aclWorld, egress: true, protocol: "-1" },
        { ...aclWorld, protocol: "udp", from_port: 0, to_port: 65535 },
        { ...aclWorld, protocol: "icmp", icmp_type: 3, icmp_code: 4 },
      ),
    },
  },
  "8": {
    violating: {
      "an interface endpoint with a name of its own only": [
        resources({ "aws_vpc_endpoint.ssm": { vpc_endpoint_type: "Interface" } }),
        /^aws_vpc_endpoint.ssm is not found by the service's own name/,
      ],
      "one that says so": [
        resources({ "aws_vpc_endpoint.ssm": { vpc_endpoint_type: "Interface", private_dns_enabled: "false" } }),
        /is not found/,
      ],
    },
    conforming: {
      "an interface endpoint with the service's name": resources({
        "aws_vpc_endpoint.ssm": { vpc_endpoint_type: "Interface", private_dns_enabled: true },
      }),
      "gateway endpoints, which have no name": resources({
        "aws_vpc_endpoint.s3": { vpc_endpoint_type: "Gateway" },
        "aws_vpc_endpoint.dynamodb": {},
      }),
    },
  },
  "9": {
    violating: {
      "names that are not given, the default": [vpc(), /^aws_vpc.main has no private names/],
      "names that are not resolved": [
        vpc({ enable_dns_hostnames: true, enable_dns_support: false }),
        /has no private names/,
      ],
    },
    conforming: {
      "names given, and resolved by default": vpc({ enable_dns_hostnames: true }),
      both: vpc({ enable_dns_hostnames: "true", enable_dns_support: true }),
    },
  },
  "61": {
    violating: {
      "a zone that everybody can ask": [
        resources({ "aws_route53_zone.z": { name: "a.com" } }),
        /^aws_route53_zone.z is public/,
      ],
    },
    conforming: {
      "a zone of a VPC": resources({ "aws_route53_zone.z": { name: "a.internal", vpc: [{ vpc_id: "vpc-1" }] } }),
      "a zone of a VPC, as one block": resources({ "aws_route53_zone.z": { vpc: { vpc_id: "vpc-1" } } }),
    },
  },
});
