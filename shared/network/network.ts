import type { ITerraformDependable } from "cdktf";

/** What other constructs need of a VPC, whether the stack makes it or it exists already. */
export interface Network {
  readonly vpcId: string;
  /** The VPC's IPv4 range. */
  readonly cidrBlock: string;
  /** Subnets with a route to an internet gateway, one a zone. Empty where there are none. */
  readonly publicSubnetIds: string[];
  /** Subnets that reach the internet, or AWS's endpoints, but are not reached from it, one a zone. */
  readonly privateSubnetIds: string[];
  /** Subnets with no route out of the VPC but gateway endpoints, one a zone. */
  readonly isolatedSubnetIds: string[];
  /**
   * What has to exist before something in these subnets can reach, or be reached from, the internet or AWS: routes,
   * gateways, endpoints, network ACLs. A machine or a load balancer depends on it, so that it is also destroyed first: an
   * internet gateway cannot be detached while one has a public address.
   */
  readonly egress: ITerraformDependable[];
}
