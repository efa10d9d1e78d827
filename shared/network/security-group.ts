import { isIPv6 } from "node:net";
import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { DefaultTokenResolver, type ITerraformDependable, StringConcat, Token, Tokenization } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { formatIpv4Range, isNetwork, networkOf, parseIpv4Range } from "./ipv4-range";
import type { Network } from "./network";

/** Who is at the other end: another security group, a range of addresses, or a prefix list. */
export type Peer = SecurityGroup | { readonly cidr: string } | { readonly prefixListId: string };

/** A TCP port, or a range of ports with both its ends: 0..65535. */
export type Port = number | { readonly from: number; readonly to: number };

export interface SecurityGroupProps {
  readonly network: Network;
  /**
   * What it protects. At most 255 characters, of the letters a..z, digits, space and `._-:/()#,@[]+=&;{}!$*`; a change
   * replaces the group.
   */
  readonly description: string;
}

// ec2 CreateSecurityGroup, and IpRange, UserIdGroupPair and PrefixListId: a rule may not have the ampersand.
const GROUP_DESCRIPTION = /^[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,255}$/;
const RULE_DESCRIPTION = /^[A-Za-z0-9 ._:/()#,@[\]+=;{}!$*-]{1,255}$/;

/**
 * A security group that lets nothing in and nothing out but what is allowed, a described rule resource each.
 *
 * Unlike the AWS CDK: there is no rule that lets everything out. Between two groups `allowFrom` makes both ends' rules.
 */
export class SecurityGroup extends Construct {
  readonly securityGroupId: string;
  readonly #network: Network;

  /** @throws Error when EC2 would refuse the description */
  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    this.#network = props.network;
    checkDescription(this, props.description, GROUP_DESCRIPTION);
    const name = BlueprintStack.of(this).nameOf("securityGroup", this);
    const group = new AwsSecurityGroup(this, "group", {
      name,
      description: props.description,
      vpcId: props.network.vpcId,
      tags: { Name: name },
    });
    this.securityGroupId = group.id;
  }

  /**
   * Lets the peer in on a TCP port; a peer that is a security group is let out to it as well.
   * @param description why, in at most 255 of the characters of a group's description, without `&`
   * @returns the rules, for what has to wait for them
   * @throws BlueprintMistakes when the peer is no range of addresses
   * @throws Error when EC2 would refuse the description or the port, or the rule is there already
   */
  allowFrom(peer: Peer, port: Port, description: string): ITerraformDependable[] {
    const rules = [this.#addIngress(peer, port, description)];
    return peer instanceof SecurityGroup ? [...rules, peer.#addEgress(this, port, description)] : rules;
  }

  /** As {@link allowFrom}: lets out to a TCP port of addresses outside the stack, such as `{ cidr: "0.0.0.0/0" }` on 443. */
  allowTo(peer: Exclude<Peer, SecurityGroup>, port: Port, description: string): ITerraformDependable[] {
    return [this.#addEgress(peer, port, description)];
  }

  #addIngress(peer: Peer, port: Port, description: string): ITerraformDependable {
    return new VpcSecurityGroupIngressRule(this, this.#newRuleId("from", peer, port), {
      securityGroupId: this.securityGroupId,
      ...rule(this, peer, port, description),
    });
  }

  #addEgress(peer: Peer, port: Port, description: string): ITerraformDependable {
    return new VpcSecurityGroupEgressRule(this, this.#newRuleId("to", peer, port), {
      securityGroupId: this.securityGroupId,
      ...rule(this, peer, port, description),
    });
  }

  /** Names the rule after who and what it is for: a construct's id is its address in the state. */
  #newRuleId(direction: "from" | "to", peer: Peer, port: Port): string {
    const { from, to } = portRange(port);
    const id = `${direction}-${this.#nameOf(peer)}-${from === to ? from : `${from}-${to}`}`;
    // EC2 would refuse it, but only after others were made.
    if (this.node.tryFindChild(id)) throw new Error(`${this.node.path}: the rule ${id} is there already`);
    return id;
  }

  #nameOf(peer: Peer): string {
    if (peer === this) return "itself";
    if (peer instanceof SecurityGroup) return peer.node.path.split("/").slice(1).join("-");
    if ("prefixListId" in peer) return `prefix-list-${idOf(this.#resolved(peer.prefixListId))}`;
    const cidr = this.#resolved(peer.cidr);
    // Whether the range is written in the parameters or read from an existing VPC.
    return cidr === this.#resolved(this.#network.cidrBlock) ? "vpc" : idOf(cidr);
  }

  /** What a reference refers to: the token that stands for it has a number that varies. */
  #resolved(text: string): string {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return Tokenization.resolve(text, { scope: this, resolver, preparing: false });
  }
}

function idOf(text: string): string {
  return text.replace(/^\$\{(.*)\}$/, "$1").replace(/[^0-9a-z]/gi, "-");
}

function rule(group: SecurityGroup, peer: Peer, port: Port, description: string) {
  checkDescription(group, description, RULE_DESCRIPTION);
  const { from, to } = portRange(port);
  if (!isPort(from) || !isPort(to) || from > to) {
    throw new Error(`${group.node.path}: a port must be 0..65535, and a range must ascend, got ${from}..${to}`);
  }
  const common = { description, ipProtocol: "tcp", fromPort: from, toPort: to };
  if (peer instanceof SecurityGroup) return { ...common, referencedSecurityGroupId: peer.securityGroupId };
  if ("prefixListId" in peer) return { ...common, prefixListId: peer.prefixListId };
  checkRange(group, peer.cidr);
  return peer.cidr.includes(":") ? { ...common, cidrIpv6: peer.cidr } : { ...common, cidrIpv4: peer.cidr };
}

function portRange(port: Port): { from: number; to: number } {
  return typeof port === "number" ? { from: port, to: port } : port;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}

function checkDescription(group: SecurityGroup, description: string, allowed: RegExp): void {
  if (Token.isUnresolved(description) || allowed.test(description)) return;
  throw new Error(
    `${group.node.path}: EC2 refuses the description ${JSON.stringify(description)}: it must match ${allowed}`,
  );
}

function checkRange(group: SecurityGroup, cidr: string): void {
  if (Token.isUnresolved(cidr)) return;
  const mistake = (allowed: string, mend: string) =>
    new BlueprintMistakes([
      `${BlueprintStack.of(group).stackName}: a range of addresses: must be ${allowed}, got "${cidr}"; ${mend}`,
    ]);
  const range = parseIpv4Range(cidr);
  if (range) {
    if (isNetwork(range)) return;
    const network = formatIpv4Range(networkOf(range));
    throw mistake("a network address, which has no bit set after its length", `write ${network}`);
  }
  const [address = "", length = "", ...more] = cidr.split("/");
  if (isIPv6(address) && /^\d{1,3}$/.test(length) && Number(length) <= 128 && more.length === 0) return;
  throw mistake("IPv4 or IPv6 with a length", "write it as 203.0.113.0/24 or 2001:db8::/32");
}
