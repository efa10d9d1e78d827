import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import type { Finding, Rule } from "../rule";
import { findingsFor, isFalse, isTrue } from "./findings";
import { zonesOf } from "./subnets";

/** Policies that refuse TLS 1.0 and 1.1: docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const TLS_1_2_POLICY = /^ELBSecurityPolicy-(?:TLS13-1-[23]|TLS-1-2|FS-1-2)-/;

export const loadBalancerRules: readonly Rule[] = [
  {
    id: "10",
    title: "a load balancer drops headers that are not valid HTTP",
    source: "ELB.4, CKV_AWS_131, AWS-0052",
    check: (template) =>
      findingsFor(
        applicationLoadBalancers(template),
        ({ drop_invalid_header_fields }) => !isTrue(drop_invalid_header_fields),
        "passes invalid headers on",
        "set drop_invalid_header_fields to true",
      ),
  },
  {
    id: "11",
    title: "a load balancer logs every request; a network load balancer can for TLS only",
    source: "ELB.5, CKV_AWS_91",
    check: (template) =>
      findingsFor(
        [
          ...applicationLoadBalancers(template),
          ...loadBalancers(template, "network").filter(({ address }) =>
            listeners(template).some(
              ({ attributes }) => attributes.protocol === "TLS" && refersTo(attributes.load_balancer_arn, address),
            ),
          ),
        ],
        ({ access_logs }) => !isTrue(blocks<Attributes>(access_logs)[0]?.enabled),
        "does not log requests",
        "set access_logs.bucket, and access_logs.enabled to true",
      ),
  },
  {
    id: "12",
    title: "no load balancer can be deleted in passing",
    source: "ELB.6, CKV_AWS_150",
    check: (template) =>
      findingsFor(
        loadBalancers(template),
        ({ enable_deletion_protection }) => !isTrue(enable_deletion_protection),
        "can be deleted",
        "set enable_deletion_protection to true, or declare an exception where the stack is not to be retained",
      ),
  },
  {
    id: "13",
    title: "a load balancer does not pass on requests by which others can be smuggled",
    source: "ELB.12, CKV_AWS_328",
    check: (template) =>
      findingsFor(
        applicationLoadBalancers(template),
        ({ desync_mitigation_mode }) => !["defensive", "strictest"].includes(desync_mitigation_mode ?? "defensive"),
        "passes on requests that are ambiguous",
        'set desync_mitigation_mode to "defensive" or "strictest"',
      ),
  },
  {
    id: "14",
    title: "a load balancer is in at least two Availability Zones",
    source: "ELB.13",
    check: (template) =>
      findingsFor(
        loadBalancers(template),
        ({ subnets, subnet_mapping }) =>
          zonesOf(template, subnets ?? blocks<Attributes>(subnet_mapping).map(({ subnet_id }) => subnet_id)) < 2,
        "does not list subnets in two zones",
        "list at least two subnets, each in a zone of its own",
      ),
  },
  {
    id: "15",
    title:
      "a listener speaks TLS 1.2 or newer; where a target itself ends the TLS that passes through, an exception says so",
    source: "ELB.17, ELB.18, CKV_AWS_2, CKV_AWS_103, CKV2_AWS_74, AWS-0047, AWS-0054",
    check: (template) =>
      listeners(template).flatMap(({ address, attributes: { protocol, ssl_policy, default_action } }): Finding[] => {
        if (protocol === "HTTP" && onlyRedirects(default_action)) return [];
        if (protocol !== "HTTPS" && protocol !== "TLS") {
          const what = `speaks ${protocol ?? "an unnamed protocol"}`;
          return [{ address, what, mend: 'set protocol to "HTTPS" or "TLS"' }];
        }
        if (TLS_1_2_POLICY.test(ssl_policy ?? "")) return [];
        const what = `takes old versions of TLS, by ${ssl_policy ?? "AWS's default policy of 2016"}`;
        return [{ address, what, mend: 'set ssl_policy, such as to "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"' }];
      }),
  },
  {
    id: "16",
    title: "plain HTTP is only answered by a redirect to HTTPS",
    source: "ELB.1, CKV2_AWS_20",
    check: (template) => {
      const plain = listeners(template).filter(({ attributes }) => attributes.protocol === "HTTP");
      const rules = ["aws_lb_listener_rule", "aws_alb_listener_rule"]
        .flatMap((type) => template.resources(type))
        .filter(({ attributes }) => plain.some(({ address }) => refersTo(attributes.listener_arn, address)));
      const what = "answers plain HTTP by more than a redirect to HTTPS";
      const mend = 'redirect, with the protocol "HTTPS"; the default is the protocol that the request came by';
      return [
        ...findingsFor(plain, ({ default_action }) => !onlyRedirects(default_action), what, mend),
        ...findingsFor(rules, ({ action }) => !onlyRedirects(action), what, mend),
      ];
    },
  },
  {
    id: "17",
    title: "a network load balancer spreads connections over the targets of all zones",
    source: "CKV_AWS_152",
    check: (template) =>
      findingsFor(
        loadBalancers(template, "network"),
        ({ enable_cross_zone_load_balancing }) => !isTrue(enable_cross_zone_load_balancing),
        "sends a zone's connections to that zone's targets only",
        "set enable_cross_zone_load_balancing to true",
      ),
  },
  {
    id: "18",
    title: "a target group says how a target's health is checked",
    source: "CKV_AWS_261",
    check: (template) =>
      findingsFor(
        ["aws_lb_target_group", "aws_alb_target_group"]
          .flatMap((type) => template.resources(type))
          .filter(({ attributes }) => attributes.target_type !== "lambda"),
        ({ health_check }) => {
          const [check] = blocks<Attributes>(health_check);
          return check === undefined || isFalse(check.enabled);
        },
        "does not say how health is checked",
        "set health_check",
      ),
  },
  {
    id: "19",
    title: "a load balancer is internal",
    source: "AWS-0053; a web ACL (CKV2_AWS_28) is a public load balancer's option",
    check: (template) =>
      findingsFor(
        loadBalancers(template),
        ({ internal }) => !isTrue(internal),
        "is on the internet",
        "set internal to true, or declare an exception where it is made for the public",
      ),
  },
];

/** Of one type or of all. Both names of the resource are the same to the provider. */
function loadBalancers(template: Template, type?: "application" | "network"): Resource[] {
  return ["aws_lb", "aws_alb"]
    .flatMap((name) => template.resources(name))
    .filter(({ attributes }) => !type || (attributes.load_balancer_type ?? "application") === type);
}

function applicationLoadBalancers(template: Template): Resource[] {
  return loadBalancers(template, "application");
}

function listeners(template: Template): Resource[] {
  return ["aws_lb_listener", "aws_alb_listener"].flatMap((type) => template.resources(type));
}

function onlyRedirects(actions: unknown): boolean {
  const all = blocks<Attributes>(actions as Attributes[]);
  return (
    all.length > 0 &&
    all.every(({ type, redirect }) => type === "redirect" && blocks<Attributes>(redirect)[0]?.protocol === "HTTPS")
  );
}
