import { resources, testRules } from "./examples";
import { loadBalancerRules } from "./load-balancers";

const lb = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_lb.web": attributes, ...others });
const nlb = (attributes: object, others: Record<string, object> = {}) =>
  lb({ load_balancer_type: "network", ...attributes }, others);
const listener = (attributes: object, others: Record<string, object> = {}) =>
  resources({
    "aws_lb_listener.web": { load_balancer_arn: "${aws_lb.web.arn}", port: 443, ...attributes },
    ...others,
  });
const targetGroup = (attributes: object) => resources({ "aws_lb_target_group.app": attributes });
const tls = { "aws_lb_listener.tls": { load_balancer_arn: "${aws_lb.web.arn}", protocol: "TLS" } };
const toHttps = { type: "redirect", redirect: { protocol: "HTTPS", port: "443", status_code: "HTTP_301" } };
const forward = { type: "forward", target_group_arn: "${aws_lb_target_group.app.arn}" };
const subnet = (zone: string) => ({ availability_zone: zone });

testRules(loadBalancerRules, {
  "10": {
    violating: {
      "the default": [lb({}), /^aws_lb.web passes invalid headers on/],
      "by the resource's other name": [resources({ "aws_alb.web": {} }), /^aws_alb.web passes/],
    },
    conforming: {
      "headers that are dropped": lb({ drop_invalid_header_fields: true }),
      "a network load balancer, which reads none": nlb({}),
    },
  },
  "11": {
    violating: {
      "no logs": [lb({}), /^aws_lb.web does not log requests/],
      "a bucket, but not enabled": [lb({ access_logs: { bucket: "logs" } }), /does not log/],
      "logs that are switched off": [lb({ access_logs: [{ bucket: "logs", enabled: false }] }), /does not log/],
      "a network load balancer with TLS": [nlb({}, tls), /^aws_lb.web does not log/],
    },
    conforming: {
      logs: lb({ access_logs: { bucket: "logs", enabled: true } }),
      "a network load balancer without TLS, which has nothing to log": nlb(
        {},
        { "aws_lb_listener.tcp": { load_balancer_arn: "${aws_lb.web.arn}", protocol: "TCP" } },
      ),
    },
  },
  "12": {
    violating: {
      "the default": [lb({}), /^aws_lb.web can be deleted/],
      "a network load balancer that says so": [nlb({ enable_deletion_protection: false }), /can be deleted/],
    },
    conforming: { protection: lb({ enable_deletion_protection: true }) },
  },
  "13": {
    violating: { monitoring: [lb({ desync_mitigation_mode: "monitor" }), /passes on requests that are ambiguous/] },
    conforming: {
      "the default, defensive": lb({}),
      "the strictest": lb({ desync_mitigation_mode: "strictest" }),
    },
  },
  "14": {
    violating: {
      "no subnets": [lb({}), /^aws_lb.web does not list subnets in two zones/],
      "one subnet": [lb({ subnets: ["${aws_subnet.a.id}"] }), /two zones/],
      "one subnet, twice": [lb({ subnets: ["subnet-1", "subnet-1"] }), /two zones/],
      "two subnets in one zone": [
        lb(
          { subnets: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] },
          { "aws_subnet.a": subnet("${local.zone}"), "aws_subnet.b": subnet("${local.zone}") },
        ),
        /two zones/,
      ],
      "subnets that only Terraform will know": [lb({ subnets: "${data.aws_subnets.all.ids}" }), /two zones/],
    },
    conforming: {
      "two subnets in two zones": lb(
        { subnets: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] },
        { "aws_subnet.a": subnet("${local.a}"), "aws_subnet.b": subnet("${local.b}") },
      ),
      "two subnets from elsewhere": lb({ subnets: ["subnet-1", "subnet-2"] }),
      "two subnets with an address each": nlb({
        subnet_mapping: [{ subnet_id: "subnet-1" }, { subnet_id: "subnet-2" }],
      }),
    },
  },
  "15": {
    violating: {
      TCP: [listener({ protocol: "TCP" }), /^aws_lb_listener.web speaks TCP/],
      UDP: [listener({ protocol: "UDP" }), /speaks UDP/],
      "what is not named": [listener({}), /speaks an unnamed protocol/],
      "HTTP that is forwarded": [listener({ protocol: "HTTP", default_action: [forward] }), /speaks HTTP/],
      "HTTP that is redirected to HTTP": [
        listener({ protocol: "HTTP", default_action: { type: "redirect", redirect: { port: "8080" } } }),
        /speaks HTTP/,
      ],
      "AWS's default": [listener({ protocol: "HTTPS" }), /^aws_lb_listener.web takes old versions of TLS, by AWS's/],
      "the policy of 2016": [
        listener({ protocol: "TLS", ssl_policy: "ELBSecurityPolicy-2016-08" }),
        /by ELBSecurityPolicy-2016-08/,
      ],
      "TLS 1.3 down to 1.0": [
        listener({ protocol: "HTTPS", ssl_policy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }),
        /TLS13-1-0/,
      ],
      "forward secrecy, with any version": [
        listener({ protocol: "HTTPS", ssl_policy: "ELBSecurityPolicy-FS-2018-06" }),
        /FS-2018-06/,
      ],
    },
    conforming: {
      "TLS 1.3 and 1.2": listener({ protocol: "HTTPS", ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }),
      "TLS 1.3 only": listener({ protocol: "TLS", ssl_policy: "ELBSecurityPolicy-TLS13-1-3-2021-06" }),
      "TLS 1.3 and 1.2, against quantum computers": listener({
        protocol: "HTTPS",
        ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      }),
      "TLS 1.2 with forward secrecy": listener({
        protocol: "HTTPS",
        ssl_policy: "ELBSecurityPolicy-FS-1-2-Res-2020-10",
      }),
      "HTTP that is only redirected": listener({ protocol: "HTTP", default_action: [toHttps] }),
    },
  },
  "16": {
    violating: {
      "HTTP that is forwarded": [
        listener({ protocol: "HTTP", default_action: [forward] }),
        /^aws_lb_listener.web answers plain HTTP by more than a redirect/,
      ],
      "HTTP that is answered": [
        listener({ protocol: "HTTP", default_action: { type: "fixed-response" } }),
        /answers plain HTTP/,
      ],
      "a redirect to the same protocol, the default": [
        listener({ protocol: "HTTP", default_action: [{ type: "redirect", redirect: { status_code: "HTTP_301" } }] }),
        /answers plain HTTP/,
      ],
      "a rule beside the redirect": [
        listener(
          { protocol: "HTTP", default_action: [toHttps] },
          { "aws_lb_listener_rule.api": { listener_arn: "${aws_lb_listener.web.arn}", action: [forward] } },
        ),
        /^aws_lb_listener_rule.api answers plain HTTP/,
      ],
    },
    conforming: {
      "a redirect, also for a path": listener(
        { protocol: "HTTP", default_action: [toHttps] },
        { "aws_lb_listener_rule.api": { listener_arn: "${aws_lb_listener.web.arn}", action: [toHttps] } },
      ),
      "HTTPS that is forwarded, also for a path": listener(
        { protocol: "HTTPS", default_action: [forward] },
        { "aws_lb_listener_rule.api": { listener_arn: "${aws_lb_listener.web.arn}", action: [forward] } },
      ),
    },
  },
  "17": {
    violating: { "the default": [nlb({}), /^aws_lb.web sends a zone's connections/] },
    conforming: {
      "all zones": nlb({ enable_cross_zone_load_balancing: true }),
      "an application load balancer, which always does": lb({}),
    },
  },
  "18": {
    violating: {
      "no word on health": [targetGroup({}), /^aws_lb_target_group.app does not say how health is checked/],
      "a check that is switched off": [targetGroup({ health_check: [{ enabled: "false" }] }), /does not say/],
    },
    conforming: {
      "a check": targetGroup({ health_check: { path: "/login" } }),
      "a function, which is up when it is called": targetGroup({ target_type: "lambda" }),
    },
  },
  "19": {
    violating: {
      "the default": [lb({}), /^aws_lb.web is on the internet/],
      "what only Terraform will know": [nlb({ internal: "${var.internal}" }), /is on the internet/],
    },
    conforming: { "an internal one": lb({ internal: true }) },
  },
});
