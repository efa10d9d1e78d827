import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { Instance } from "../../shared/compute/instance";
import type { Network } from "../../shared/network/network";

/** An Elastic IP address, which Jenkins keeps whatever machine it runs on. */
export class FixedAddress extends Construct {
  readonly publicIp: string;
  readonly allocationId: string;

  constructor(scope: Construct, id: string, { network }: { readonly network: Network }) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const address = new Eip(this, "address", {
      domain: "vpc",
      tags: { Name: stack.stackName },
      dependsOn: network.egress,
    });
    this.publicIp = address.publicIp;
    this.allocationId = address.allocationId;
    stack.output("address", "The fixed address of Jenkins.", this.publicIp);
  }

  /** Gives the address to one machine. The machines of a group take it over themselves. */
  associateWith({ instanceId }: Instance): void {
    new EipAssociation(this, "association", { allocationId: this.allocationId, instanceId });
  }
}
