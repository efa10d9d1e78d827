import { DataAwsPrefixList } from "@cdktf/provider-aws/lib/data-aws-prefix-list";
import { Construct } from "constructs";
import type * as z from "zod";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { ExistingVpc } from "./existing-vpc";
import type { Network } from "./network";
import type { Peer, SecurityGroup } from "./security-group";
import { Vpc } from "./vpc";
import type { privateNetworkParameters } from "./vpc-parameters";

export interface PrivateNetworkProps {
  readonly vpc: z.output<ReturnType<typeof privateNetworkParameters>>;
  /** The APIs that are called, as in the names of their interface endpoints, such as `logs`; S3 has a gateway endpoint. */
  readonly services: readonly string[];
  /** What is reached by the way out, in the description of the rules. */
  readonly reaches: {
    /** By NAT or an existing network. */
    readonly anywhere: string;
    /** In S3, by the gateway endpoint. */
    readonly s3: string;
  };
}

const HTTPS = 443;

/** Private subnets in several zones, and how what runs in them reaches AWS. */
export class PrivateNetwork extends Construct {
  readonly network: Network;
  readonly #wayOut: { readonly peer: Exclude<Peer, SecurityGroup>; readonly description: string }[];

  constructor(scope: Construct, id: string, { vpc, services, reaches }: PrivateNetworkProps) {
    super(scope, id);
    const { id: vpcId, privateSubnetIds, egress = "endpoints", ...made } = vpc;
    const anywhere = [{ peer: { cidr: "0.0.0.0/0" }, description: reaches.anywhere }];
    if (vpcId) {
      this.network = new ExistingVpc(this, "vpc", { vpcId, privateSubnetIds });
      this.#wayOut = anywhere;
    } else if (egress === "endpoints") {
      this.network = new Vpc(this, "vpc", { ...made, tiers: ["private"], interfaceEndpoints: [...services] });
      const { id: prefixListId } = new DataAwsPrefixList(this, "s3", {
        name: `com.amazonaws.${BlueprintStack.of(this).region}.s3`,
      });
      this.#wayOut = [
        { peer: { cidr: this.network.cidrBlock }, description: "APIs of AWS, by the interface endpoints" },
        { peer: { prefixListId }, description: reaches.s3 },
      ];
    } else {
      const nat = egress === "nat-single" ? "single" : "per-zone";
      this.network = new Vpc(this, "vpc", { ...made, nat });
      this.#wayOut = anywhere;
    }
  }

  /** Lets the group's members reach AWS. @returns the rules, to be there before one of them starts */
  letOut(securityGroup: SecurityGroup) {
    return this.#wayOut.flatMap(({ peer, description }) => securityGroup.allowTo(peer, HTTPS, description));
  }
}
