import { blocks } from "../../../shared/testing/policy-document";
import type { Attributes, Template } from "../../../shared/testing/template";
import { isTrue } from "../../proof/baseline/rules/findings";
import type { Fact } from "../fact";
import { ownerOf } from "./owner";
import { portsOf, WORLD } from "./ports";

const ACLS = ["aws_network_acl", "aws_default_network_acl"];

/** Ports from which on a network ACL has to let answers in, because it does not know what was asked. */
const FIRST_PORT_OF_ANSWERS = 1024;

/** What network ACLs allow and deny. The number belongs to a rule: the lowest that fits decides. */
export function networkAclFacts(template: Template): Fact[] {
  const inline = ACLS.flatMap((type) => template.resources(type)).flatMap(({ address, attributes }) =>
    (["ingress", "egress"] as const).flatMap((direction) =>
      blocks<Attributes>(attributes[direction]).map((rule) =>
        factOf(address, direction, rule.rule_no, String(rule.action), rule),
      ),
    ),
  );
  const separate = template
    .resources("aws_network_acl_rule")
    .map(({ attributes }) =>
      factOf(
        ownerOf(template, attributes.network_acl_id, ...ACLS),
        isTrue(attributes.egress) ? "egress" : "ingress",
        attributes.rule_number,
        String(attributes.rule_action),
        attributes,
      ),
    );
  return [...inline, ...separate];
}

function factOf(
  address: string,
  direction: "ingress" | "egress",
  number: unknown,
  action: string,
  rule: Attributes,
): Fact {
  const denies = action.toLowerCase() === "deny";
  const range = String(rule.cidr_block ?? rule.ipv6_cidr_block);
  const verb = direction === "ingress" ? "lets in" : "lets out to";
  const isForAnswers = Number(rule.from_port) >= FIRST_PORT_OF_ANSWERS;
  return {
    effect: denies ? "closes" : "opens",
    address,
    what: `${denies ? `denies what it otherwise ${verb}` : verb} ${range} on ${portsOf(rule)} (rule ${number})`,
    attention: range.endsWith("/0") && direction === "ingress" && !isForAnswers ? [WORLD] : [],
  };
}
