import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Fn, type ITerraformDependable, Op, TerraformSelf } from "cdktf";
import { Construct } from "constructs";
import { placeOf } from "../blueprint/checked-props";
import { BlueprintMistakes } from "../blueprint/mistakes";
import type { Network } from "./network";
import { type SubnetTier, subnetTiers } from "./subnet-layout";

export interface ExistingVpcProps {
  /** Such as `vpc-0123456789abcdef0`. */
  readonly vpcId: string;
  /** Ids of subnets with a route to an internet gateway, one a zone. @default - none */
  readonly publicSubnetIds?: readonly string[];
  /** Ids of subnets with a way to the internet or AWS's endpoints, one a zone. @default - none */
  readonly privateSubnetIds?: readonly string[];
  /** Ids of subnets without a way out, one a zone. @default - none */
  readonly isolatedSubnetIds?: readonly string[];
}

export const VPC_ID = /^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/;
export const SUBNET_ID = /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * A VPC that somebody else looks after. Nothing in it is made or changed; whether the subnets are in it, each tier's in
 * zones of their own, is checked by every plan, before a file system or load balancer fails at it halfway.
 */
export class ExistingVpc extends Construct implements Network {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly publicSubnetIds: string[];
  readonly privateSubnetIds: string[];
  readonly isolatedSubnetIds: string[];
  readonly egress: ITerraformDependable[] = [];

  /** @throws BlueprintMistakes with all that is wrong with the ids */
  constructor(scope: Construct, id: string, props: ExistingVpcProps) {
    super(scope, id);
    const place = placeOf(this);
    const mistakes = mistakesOf(props);
    if (mistakes.length > 0) throw new BlueprintMistakes(mistakes.map((one) => `${place}.${one}`));

    this.vpcId = props.vpcId;
    this.cidrBlock = new DataAwsVpc(this, "vpc", {
      id: props.vpcId,
      lifecycle: {
        postcondition: (["enable_dns_support", "enable_dns_hostnames"] as const).map((attribute) => ({
          condition: Op.eq(TerraformSelf.getAny(attribute), true),
          errorMessage: `${place}.vpcId: must be a VPC with ${attribute}, got ${props.vpcId} without; turn it on, or no machine finds file systems and endpoints by name`,
        })),
      },
    }).cidrBlock;
    const subnetIds = (tier: SubnetTier) => {
      const zones: string[] = [];
      return idsOf(props, tier).map((subnetId, index) => {
        const where = `${place}.${tier}SubnetIds[${index}]`;
        const { availabilityZone } = new DataAwsSubnet(this, `${tier}-${index + 1}`, {
          id: subnetId,
          lifecycle: {
            postcondition: [
              {
                condition: Op.eq(TerraformSelf.getString("vpc_id"), props.vpcId),
                errorMessage: `${where}: must be a subnet of ${props.vpcId}, got ${subnetId}; correct one of the two`,
              },
              ...(index === 0
                ? []
                : [
                    {
                      condition: Op.not(Fn.contains([...zones], TerraformSelf.getString("availability_zone"))),
                      errorMessage: `${where}: must be in another zone than those before it, got ${subnetId}; name one subnet a zone`,
                    },
                  ]),
            ],
          },
        });
        zones.push(availabilityZone);
        return subnetId;
      });
    };
    this.publicSubnetIds = subnetIds("public");
    this.privateSubnetIds = subnetIds("private");
    this.isolatedSubnetIds = subnetIds("isolated");
  }
}

/** Each as `<property>: must be <allowed>, got <given>; <how to mend>`. */
function mistakesOf(props: ExistingVpcProps): string[] {
  const all = subnetTiers.flatMap((tier) => idsOf(props, tier));
  const twice = [...new Set(all.filter((id, index) => all.indexOf(id) !== index))];
  return [
    ...(VPC_ID.test(props.vpcId)
      ? []
      : [`vpcId: must be a VPC's id, got "${props.vpcId}"; copy it from the VPC console: vpc-0123456789abcdef0`]),
    ...subnetTiers.flatMap((tier) =>
      idsOf(props, tier).flatMap((id, index) =>
        SUBNET_ID.test(id)
          ? []
          : [
              `${tier}SubnetIds[${index}]: must be a subnet's id, got "${id}"; copy it from the VPC console: subnet-0123456789abcdef0`,
            ],
      ),
    ),
    ...twice.map((id) => `subnet ids: must be different ones, got ${id} twice; name each once, in one tier`),
    ...(all.length === 0
      ? [`subnet ids: must be at least one, got none; name publicSubnetIds, privateSubnetIds or isolatedSubnetIds`]
      : []),
  ];
}

function idsOf(props: ExistingVpcProps, tier: SubnetTier): readonly string[] {
  return props[`${tier}SubnetIds`] ?? [];
}
