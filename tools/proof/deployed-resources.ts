import { DescribeAddressesCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { ClientConfig } from "../../shared/testing/scenario";
import type { DeployedResource } from "../local-aws/cdktf";
import { arn } from "./permissions/arns";
import { knownFromState } from "./permissions/known-from-state";
import type { Environment, KnownResource } from "./permissions/services";

/** What a stack has deployed, as its state says, and the addresses as they are: machines take them over by themselves. */
export async function deployedResources(
  deployed: readonly DeployedResource[],
  config: ClientConfig,
  environment: Environment,
): Promise<KnownResource[]> {
  const { Addresses = [] } = await new EC2Client(config).send(new DescribeAddressesCommand({}));
  return [
    ...knownFromState(deployed, environment),
    ...Addresses.flatMap(({ AllocationId, AssociationId }) =>
      AssociationId ? [{ arn: arn(environment, "ec2", `elastic-ip/${AllocationId}`), name: AssociationId }] : [],
    ),
  ];
}
