import type { Construct } from "constructs";
import { ExistingVpc } from "../../shared/network/existing-vpc";
import type { Network } from "../../shared/network/network";
import { Vpc } from "../../shared/network/vpc";
import type { Parameters } from "./parameters";

/** The VPC that the parameters ask for. Private subnets, and the NAT they need, only behind a load balancer. */
export function jenkinsNetwork(scope: Construct, id: string, { architecture, vpc }: Parameters): Network {
  const { id: vpcId, publicSubnetIds, privateSubnetIds, ...made } = vpc;
  if (vpcId) return new ExistingVpc(scope, id, { vpcId, publicSubnetIds, privateSubnetIds });
  if (architecture === "load-balancer") return new Vpc(scope, id, made);
  return new Vpc(scope, id, { ...made, tiers: ["public"], nat: "none" });
}
