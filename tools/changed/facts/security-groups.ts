import { blocks } from "../../../shared/testing/policy-document";
import type { Attributes, Template } from "../../../shared/testing/template";
import { groupRules, isOfWorld, rangesOf } from "../../proof/baseline/rules/security-groups";
import type { Fact } from "../fact";
import { ownerOf } from "./owner";
import { portsOf, WORLD } from "./ports";

const GROUPS = ["aws_security_group", "aws_default_security_group"];

/** What security groups let in and out, whichever way their rules are written: one fact for each source and range of ports. */
export function securityGroupFacts(template: Template): Fact[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    groupRules(template, direction).flatMap(({ rule, group }) =>
      peersOf(template, rule).map((peer) => ({
        effect: "opens" as const,
        address: ownerOf(template, group, ...GROUPS),
        what: `${direction === "ingress" ? "lets in" : "lets out to"} ${peer} on ${portsOf(rule)}`,
        attention: isOfWorld(rule) && peer.endsWith("/0") ? [WORLD] : [],
      })),
    ),
  );
}

function peersOf(template: Template, rule: Attributes): string[] {
  const groups = [
    rule.referenced_security_group_id,
    rule.source_security_group_id,
    ...blocks<unknown>(rule.security_groups),
  ].filter((id) => id !== undefined && id !== null);
  const lists = [rule.prefix_list_id, ...blocks<unknown>(rule.prefix_list_ids)].filter((id) => id !== undefined);
  return [
    ...rangesOf(rule),
    ...groups.map((id) => ownerOf(template, id, ...GROUPS)),
    ...lists.map((id) => `the prefix list ${id}`),
    ...(rule.self === true || rule.self === "true" ? ["itself"] : []),
  ];
}
