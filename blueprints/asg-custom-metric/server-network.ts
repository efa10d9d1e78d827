import { DataAwsPrefixList } from "@cdktf/provider-aws/lib/data-aws-prefix-list";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { ExistingVpc } from "../../shared/network/existing-vpc";
import type { Network } from "../../shared/network/network";
import type { Peer, SecurityGroup } from "../../shared/network/security-group";
import { Vpc } from "../../shared/network/vpc";
import type { Parameters } from "./parameters";

/** The APIs that servers call; beside them S3, which has a gateway endpoint. */
const SERVICES = ["autoscaling", "logs", "monitoring", "secretsmanager", "ssm", "ssmmessages"];
const HTTPS = 443;

/** Private subnets in several zones, and how servers in them reach AWS. */
export class ServerNetwork extends Construct {
  readonly network: Network;
  readonly #wayOut: { readonly peer: Exclude<Peer, SecurityGroup>; readonly description: string }[];

  constructor(scope: Construct, id: string, { vpc }: Pick<Parameters, "vpc">) {
    super(scope, id);
    const { id: vpcId, privateSubnetIds, egress = "endpoints", ...made } = vpc;
    const anywhere = [{ peer: { cidr: "0.0.0.0/0" }, description: "APIs of AWS and packages of Amazon Linux" }];
    if (vpcId) {
      this.network = new ExistingVpc(this, "vpc", { vpcId, privateSubnetIds });
      this.#wayOut = anywhere;
    } else if (egress === "endpoints") {
      this.network = new Vpc(this, "vpc", { ...made, tiers: ["private"], interfaceEndpoints: SERVICES });
      const { id: prefixListId } = new DataAwsPrefixList(this, "s3", {
        name: `com.amazonaws.${BlueprintStack.of(this).region}.s3`,
      });
      this.#wayOut = [
        { peer: { cidr: this.network.cidrBlock }, description: "APIs of AWS, by the interface endpoints" },
        { peer: { prefixListId }, description: "The application, and packages of Amazon Linux, in S3" },
      ];
    } else {
      const nat = egress === "nat-single" ? "single" : "per-zone";
      this.network = new Vpc(this, "vpc", { ...made, nat });
      this.#wayOut = anywhere;
    }
  }

  /** Lets the group's servers reach AWS. @returns the rules, to be there before a server boots */
  letOut(securityGroup: SecurityGroup) {
    return this.#wayOut.flatMap(({ peer, description }) => securityGroup.allowTo(peer, HTTPS, description));
  }
}
