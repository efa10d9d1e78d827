import { resources, testRules } from "./examples";
import { networkRules } from "./network";

const world = {
  cidr_ipv4: "0.0.0.0/0",
  from_port: 443,
  to_port: 443,
  security_group_id: "${aws_security_group.web.id}",
};

testRules(networkRules, {
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
});
