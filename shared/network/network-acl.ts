import { NetworkAcl as AwsNetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclAssociation } from "@cdktf/provider-aws/lib/network-acl-association";
import { NetworkAclRule, type NetworkAclRuleConfig } from "@cdktf/provider-aws/lib/network-acl-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Network } from "./network";

/** Ports below 1024 that are open between the subnets and the world. Those above are, for the answers' sake. */
export interface NetworkAclPorts {
  /** TCP ports, 1..1023 without 22, at most 16, that the world is let in on. @default - none */
  readonly inboundPorts?: readonly number[];
  /** TCP ports, 1..1023, at most 16, that the subnets may reach in the world. @default [443] */
  readonly outboundPorts?: readonly number[];
}

export interface NetworkAclProps extends NetworkAclPorts {
  readonly network: Network;
  readonly subnetIds: readonly string[];
  /** Its `Name` tag. */
  readonly name: string;
}

const SSH = 22;
const LAST_WELL_KNOWN_PORT = 1023;
/** AWS's default quota is 20 rules a direction, of which four are taken by the VPC, ICMP and the answers. */
const MAX_PORTS = 16;
const ANYBODY = "0.0.0.0/0";
const ALL_PROTOCOLS = "-1";

type Rule = Omit<NetworkAclRuleConfig, "networkAclId" | "egress" | "ruleAction">;

/**
 * A network ACL: a second, coarse line behind the security groups.
 *
 * It is stateless, so that answers need rules of their own: they come to a port of 1024..65535, in for connections that
 * begin in the subnets and out for those that begin in the world. Both are made here. RDP's port 3389 is left out of
 * what comes in; a NAT gateway that picks it, one connection of 64,000, waits in vain and its client tries again.
 * All is open within the VPC.
 */
export class NetworkAcl extends Construct {
  /** What has to exist before the subnets' traffic is what the rules say. */
  readonly associations: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NetworkAclProps) {
    super(scope, id);
    const acl = new AwsNetworkAcl(this, "acl", { vpcId: props.network.vpcId, tags: { Name: props.name } });

    const rule = (direction: "in" | "out", what: string, { cidrBlock = ANYBODY, ...config }: Rule) =>
      new NetworkAclRule(this, `${direction}-${what}`, {
        networkAclId: acl.id,
        egress: direction === "out",
        ruleAction: "allow",
        cidrBlock,
        ...config,
      });
    // A rule's number is its identity in AWS: a port's own, so that a list of ports can change in any order.
    const port = (direction: "in" | "out", one: number) =>
      rule(direction, `port-${one}`, { ...tcp(one, one), ruleNumber: 1000 + one });

    const rules = [
      rule("in", "vpc", { ruleNumber: 100, protocol: ALL_PROTOCOLS, cidrBlock: props.network.cidrBlock }),
      rule("in", "packet-too-big", { ruleNumber: 110, ...packetTooBig }),
      rule("in", "answers-below-rdp", { ruleNumber: 120, ...tcp(1024, 3388) }),
      rule("in", "answers-above-rdp", { ruleNumber: 130, ...tcp(3390, 65535) }),
      ...(props.inboundPorts ?? []).map((one) => port("in", one)),
      rule("out", "vpc", { ruleNumber: 100, protocol: ALL_PROTOCOLS, cidrBlock: props.network.cidrBlock }),
      rule("out", "packet-too-big", { ruleNumber: 110, ...packetTooBig }),
      rule("out", "answers", { ruleNumber: 120, ...tcp(1024, 65535) }),
      ...(props.outboundPorts ?? [443]).map((one) => port("out", one)),
    ];
    // Last: an ACL without its rules denies everything.
    this.associations = props.subnetIds.map(
      (subnetId, index) =>
        new NetworkAclAssociation(this, `association-${index + 1}`, {
          networkAclId: acl.id,
          subnetId,
          dependsOn: rules,
        }),
    );
  }
}

/** What is wrong with the ports, each as `<property>: must be <allowed>, got <given>; <how to mend>`. */
export function networkAclMistakes(ports: NetworkAclPorts): string[] {
  return (["inboundPorts", "outboundPorts"] as const).flatMap((property) => {
    const given = ports[property] ?? [];
    const mistake = (allowed: string, got: unknown, mend: string) =>
      `${property}: must be ${allowed}, got ${got}; ${mend}`;
    return [
      ...given
        .filter((port) => !Number.isInteger(port) || port < 1 || port > LAST_WELL_KNOWN_PORT)
        .map((port) =>
          mistake(
            `whole numbers 1..${LAST_WELL_KNOWN_PORT}`,
            port,
            "leave out those above, which are open for answers and guarded by the security groups",
          ),
        ),
      ...(property === "inboundPorts" && given.includes(SSH)
        ? [mistake("other ports than SSH's", SSH, "use Session Manager, which needs none")]
        : []),
      ...(new Set(given).size < given.length ? [mistake("different ports", given.join(", "), "name each once")] : []),
      ...(given.length > MAX_PORTS
        ? [
            mistake(
              `at most ${MAX_PORTS} ports`,
              given.length,
              "AWS's quota is 20 rules a direction; leave the rest to the security groups",
            ),
          ]
        : []),
    ];
  });
}

/** Path MTU discovery: a connection through a narrower link stalls without it. */
const packetTooBig = { protocol: "icmp", icmpType: 3, icmpCode: 4 };

function tcp(fromPort: number, toPort: number) {
  return { protocol: "tcp", fromPort, toPort };
}
