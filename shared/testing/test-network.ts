import type { Network } from "../network/network";

/** A VPC with two subnets of each tier, of which nothing is made, for the tests of constructs. */
export const testNetwork: Network = {
  vpcId: "vpc-1",
  cidrBlock: "10.0.0.0/16",
  publicSubnetIds: ["subnet-public-a", "subnet-public-b"],
  privateSubnetIds: ["subnet-private-a", "subnet-private-b"],
  isolatedSubnetIds: [],
  egress: [],
};
