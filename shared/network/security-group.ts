import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { Network } from "./network";

/** Who is at the other end: another security group, a range of addresses, or a prefix list. */
export type Peer = SecurityGroup | { readonly cidr: string } | { readonly prefixListId: string };

/** A port, or a range of ports with both its ends. */
export type Port = number | { readonly from: number; readonly to: number };

export interface SecurityGroupProps {
  readonly network: Network;
  /** What it protects. At most 255 characters; a change replaces the group. */
  readonly description: string;
}

/**
 * A security group that lets nothing in and nothing out but what is allowed, a described rule resource each.
 *
 * Unlike the AWS CDK: there is no rule that lets everything out. Between two groups `allowFrom` makes both ends' rules.
 */
export class SecurityGroup extends Construct {
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    const name = BlueprintStack.of(this).nameOf("securityGroup", this);
    const group = new AwsSecurityGroup(this, "group", {
      name,
      description: props.description,
      vpcId: props.network.vpcId,
      tags: { Name: name },
    });
    this.securityGroupId = group.id;
  }

  /** Lets the peer in on a TCP port; a peer that is a security group is let out to it as well. */
  allowFrom(peer: Peer, port: Port, description: string): void {
    this.#addIngress(peer, port, description);
    if (peer instanceof SecurityGroup) peer.#addEgress(this, port, description);
  }

  /** Lets out to a TCP port of addresses outside the stack, such as `{ cidr: "0.0.0.0/0" }` on 443. */
  allowTo(peer: Exclude<Peer, SecurityGroup>, port: Port, description: string): void {
    this.#addEgress(peer, port, description);
  }

  #addIngress(peer: Peer, port: Port, description: string): void {
    new VpcSecurityGroupIngressRule(this, `from-${ruleId(this, peer, port)}`, {
      securityGroupId: this.securityGroupId,
      description,
      ...rule(peer, port),
    });
  }

  #addEgress(peer: Peer, port: Port, description: string): void {
    new VpcSecurityGroupEgressRule(this, `to-${ruleId(this, peer, port)}`, {
      securityGroupId: this.securityGroupId,
      description,
      ...rule(peer, port),
    });
  }
}

function rule(peer: Peer, port: Port) {
  const { from, to } = typeof port === "number" ? { from: port, to: port } : port;
  const ports = { ipProtocol: "tcp", fromPort: from, toPort: to };
  if (peer instanceof SecurityGroup) return { ...ports, referencedSecurityGroupId: peer.securityGroupId };
  if ("prefixListId" in peer) return { ...ports, prefixListId: peer.prefixListId };
  return peer.cidr.includes(":") ? { ...ports, cidrIpv6: peer.cidr } : { ...ports, cidrIpv4: peer.cidr };
}

/** Names the rule after who and what it is for: a construct's id is its address in the state. */
function ruleId(self: SecurityGroup, peer: Peer, port: Port): string {
  const ports = typeof port === "number" ? `${port}` : `${port.from}-${port.to}`;
  if (peer instanceof SecurityGroup) {
    return `${peer === self ? "itself" : peer.node.path.split("/").slice(1).join("-")}-${ports}`;
  }
  const who = "prefixListId" in peer ? "prefix-list" : peer.cidr.replace(/[^0-9a-f]+/gi, "-");
  return `${who}-${ports}`;
}
