import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { DataResource, dependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps } from "../blueprint/checked-props";
import type { Network } from "./network";

/** A zone that the stack makes for its VPC, or one that exists and is associated with it already. */
export type PrivateZoneProps = {
  /** Such as `trading.internal`: labels of lower-case letters, digits and hyphens. */
  readonly zoneName: string;
} & ({ readonly network: Network } | { readonly zoneId: string });

/** What Route 53 needs of a load balancer to answer with its addresses. */
export interface AliasTarget {
  readonly dnsName: string;
  readonly hostedZoneId: string;
}

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** One part of a domain name. */
export const DNS_LABEL = new RegExp(`^${LABEL}$`);
export const DOMAIN_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);

/** Names that only resolve inside VPCs: a Route 53 private hosted zone. */
export class PrivateZone extends Construct {
  readonly zoneId: string;
  readonly zoneName: string;

  /** @throws BlueprintMistakes on what is no domain name in lower case */
  constructor(scope: Construct, id: string, props: PrivateZoneProps) {
    super(scope, id);
    this.zoneName = props.zoneName;
    this.#check("zoneName", props.zoneName, "such as trading.internal");
    this.zoneId = "zoneId" in props ? props.zoneId : this.#makeFor(props.network);
  }

  /**
   * Lets a name stand for a load balancer, whatever its addresses are.
   * @param recordName the part before the zone's name, such as `orders`
   * @returns the whole name
   * @throws BlueprintMistakes on what is no domain name in lower case
   */
  alias(id: string, recordName: string, { dnsName, hostedZoneId }: AliasTarget): string {
    const name = `${recordName}.${this.zoneName}`;
    this.#check(`${id}.recordName`, name, `one or more labels before .${this.zoneName}`);
    new Route53Record(this, `alias-${id}`, {
      zoneId: this.zoneId,
      name,
      type: "A",
      alias: { name: dnsName, zoneId: hostedZoneId, evaluateTargetHealth: true },
    });
    return name;
  }

  #makeFor({ vpcId }: Network): string {
    const stack = BlueprintStack.of(this);
    const vpc = new DataResource(this, "vpc", { input: { vpcId } });
    const zone = new Route53Zone(this, "zone", {
      name: this.zoneName,
      comment: `Private names of ${stack.stackName}`,
      vpc: [{ vpcId }],
      // Records that others have put into it are lost on them: they keep the zone, unless data are let go of.
      forceDestroy: !stack.parameters.retainData,
      lifecycle: {
        // Whoever wants to resolve the names from another VPC associates that, with aws_route53_zone_association or by hand.
        ignoreChanges: ["vpc"],
        // The stack's own VPC is looked at all the same. By its address: cdktf would write an expression, which Terraform
        // refuses here.
        replaceTriggeredBy: [dependable(vpc)],
      },
    });
    return zone.zoneId;
  }

  #check(prop: string, given: string, mend: string): void {
    checkProps(this, [
      {
        prop,
        holds: DOMAIN_NAME.test(given),
        allowed: "a domain name of lower-case letters, digits and hyphens, at most 253 characters",
        given,
        mend: `write ${mend}`,
      },
    ]);
  }
}
