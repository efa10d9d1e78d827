import { DataAwsAvailabilityZones } from "@cdktf/provider-aws/lib/data-aws-availability-zones";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { placeOf } from "../blueprint/checked-props";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { FlowLogs } from "./flow-logs";
import type { Network } from "./network";
import { NetworkAcl, type NetworkAclPorts, networkAclMistakes } from "./network-acl";
import { SecurityGroup } from "./security-group";
import { layOutSubnets, type SubnetTier, subnetPlanMistakes } from "./subnet-layout";

export interface VpcProps {
  /**
   * IPv4 range: private, /16../28, host bits zero; /23 or larger for six zones, /26 for one. A change replaces the VPC
   * and all that is in it. @default "10.0.0.0/16"
   */
  readonly cidrBlock?: string;
  /** Availability Zones with subnets, 1..6. A zone more leaves the other subnets as they are. @default 2 */
  readonly zones?: number;
  /** Kinds of subnets, one of each kind a zone. @default ["public", "private"] */
  readonly tiers?: readonly SubnetTier[];
  /**
   * How private subnets reach the internet. `single`: cheaper, and lost for all zones with its own. `per-zone`: an
   * Elastic IP address a zone, of which a Region has five by default.
   * @default - "per-zone" where there are public and private subnets and no interface endpoints, otherwise "none"
   */
  readonly nat?: "none" | "single" | "per-zone";
  /**
   * AWS services that private subnets reach without the internet, by short name, such as `ssm` or `ecr.api`. Each costs
   * by the hour and zone. Beside NAT where `nat` says so, otherwise in its place. @default - none
   */
  readonly interfaceEndpoints?: readonly string[];
  /** Services that all subnets reach without the internet, at no cost. @default ["s3"] */
  readonly gatewayEndpoints?: readonly ("s3" | "dynamodb")[];
  /** Network ACLs, by tier. @default - none: the security groups decide alone, and the VPC's own ACL lets all pass */
  readonly networkAcls?: Partial<Record<SubnetTier, NetworkAclPorts>>;
}

/**
 * Zones that every account may see and that lack what others have, NAT gateways, interface endpoints or current instance
 * types among it: which letter such a zone has differs from account to account.
 */
const ZONES_LEFT_OUT = ["use1-az3", "apne1-az3", "cac1-az3"];

/**
 * A VPC with subnets of up to three tiers in several zones, its flow logs kept, and its default security group empty.
 *
 * Unlike the AWS CDK: a subnet's place follows from its tier and zone alone, so that a zone or tier can be added later,
 * and interface endpoints take the place of NAT gateways. Endpoints have AWS's default policy: one that knew only this
 * account would refuse the unsigned downloads of Amazon Linux's packages from S3, and some services take none; the roles
 * decide.
 */
export class Vpc extends Construct implements Network {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly publicSubnetIds: string[];
  readonly privateSubnetIds: string[];
  readonly isolatedSubnetIds: string[];
  readonly egress: ITerraformDependable[] = [];
  readonly #name: string;
  readonly #zones: number;
  readonly #internetGateway?: InternetGateway;

  /** @throws BlueprintMistakes with all that is wrong with the props */
  constructor(scope: Construct, id: string, props: VpcProps = {}) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const settings = withDefaults(props);
    const mistakes = mistakesOf(settings);
    if (mistakes.length > 0) {
      throw new BlueprintMistakes(mistakes.map((mistake) => `${placeOf(this)}.${mistake}`));
    }
    const { cidrBlock, zones, tiers, nat } = settings;
    this.#name = stack.stackName;
    this.#zones = zones;
    this.cidrBlock = cidrBlock;

    const vpc = new AwsVpc(this, "vpc", {
      cidrBlock,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: this.#tags(),
    });
    this.vpcId = vpc.id;
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId: vpc.id,
      // Empty lists, not left out: a rule that somebody adds by hand shows in the next plan.
      ingress: [],
      egress: [],
      tags: this.#tags("default-unused"),
    });
    new FlowLogs(this, "flow-logs", { vpcId: vpc.id });
    if (tiers.includes("public")) {
      this.#internetGateway = new InternetGateway(this, "internet-gateway", {
        vpcId: vpc.id,
        tags: this.#tags("internet"),
      });
    }

    const subnets = this.#subnets(cidrBlock, tiers);
    this.publicSubnetIds = subnets.public.map(({ id }) => id);
    this.privateSubnetIds = subnets.private.map(({ id }) => id);
    this.isolatedSubnetIds = subnets.isolated.map(({ id }) => id);

    const publicRoutes = this.#routeTable("public", subnets.public);
    const privateRoutes = subnets.private.map((subnet, index) => this.#routeTable(`private-${index + 1}`, [subnet])!);
    const isolatedRoutes = this.#routeTable("isolated", subnets.isolated);
    if (publicRoutes) {
      this.egress.push(
        new Route(this, "public-internet", {
          routeTableId: publicRoutes.id,
          destinationCidrBlock: "0.0.0.0/0",
          gatewayId: this.#internetGateway!.id,
        }),
      );
    }
    if (nat !== "none") this.#routeThroughNat(privateRoutes, subnets.public.slice(0, nat === "single" ? 1 : zones));

    const routeTables = [publicRoutes, ...privateRoutes, isolatedRoutes].filter((table) => table !== undefined);
    for (const service of settings.gatewayEndpoints) this.#gatewayEndpoint(service, routeTables);
    if (settings.interfaceEndpoints.length > 0) this.#interfaceEndpoints(settings.interfaceEndpoints);
    for (const [tier, ports] of Object.entries(settings.networkAcls) as [SubnetTier, NetworkAclPorts][]) {
      const acl = new NetworkAcl(this, `${tier}-acl`, {
        network: this,
        subnetIds: subnets[tier].map(({ id }) => id),
        name: `${this.#name}-${tier}`,
        ...ports,
      });
      this.egress.push(...acl.associations);
    }
  }

  #tags(what?: string): Record<string, string> {
    return { Name: what ? `${this.#name}-${what}` : this.#name };
  }

  #subnets(cidrBlock: string, tiers: readonly SubnetTier[]): Record<SubnetTier, Subnet[]> {
    const zones = new DataAwsAvailabilityZones(this, "zones", {
      state: "available",
      // A Local or Wavelength Zone has to be opted into; a Region's own zones have not.
      filter: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      excludeZoneIds: ZONES_LEFT_OUT,
      lifecycle: {
        postcondition: [
          {
            condition: `\${length(self.names) >= ${this.#zones}}`,
            errorMessage: `${placeOf(this)}.zones: must be at most \${length(self.names)}, as many as the Region offers, got ${this.#zones}; take fewer zones or another Region`,
          },
        ],
      },
    });
    const subnets: Record<SubnetTier, Subnet[]> = { public: [], private: [], isolated: [] };
    for (const place of layOutSubnets({ cidrBlock, zones: this.#zones, tiers })) {
      const name = `${place.tier}-${place.zone}`;
      subnets[place.tier].push(
        new Subnet(this, name, {
          vpcId: this.vpcId,
          cidrBlock: place.cidrBlock,
          availabilityZone: Fn.element(zones.names, place.zone - 1),
          mapPublicIpOnLaunch: false,
          tags: this.#tags(name),
          lifecycle: {
            // AWS owns the list of zones: one that is added to it, or fails, must not move a subnet, which is to replace it.
            ignoreChanges: ["availability_zone"],
            // Where there is a zone less, what is in its subnets has to leave them first: endpoints, load balancers, groups.
            createBeforeDestroy: true,
          },
        }),
      );
    }
    return subnets;
  }

  #routeTable(name: string, subnets: Subnet[]): RouteTable | undefined {
    if (subnets.length === 0) return undefined;
    const table = new RouteTable(this, `${name}-routes`, { vpcId: this.vpcId, tags: this.#tags(name) });
    for (const subnet of subnets) {
      this.egress.push(
        new RouteTableAssociation(this, `${subnet.node.id}-association`, {
          subnetId: subnet.id,
          routeTableId: table.id,
        }),
      );
    }
    return table;
  }

  #routeThroughNat(tables: RouteTable[], publicSubnets: Subnet[]): void {
    const gateways = publicSubnets.map((subnet, index) => {
      const name = `nat-${index + 1}`;
      // Both go before the internet gateway: it cannot be detached while a public address is mapped.
      const dependsOn = [this.#internetGateway!];
      const address = new Eip(this, `${name}-address`, { domain: "vpc", tags: this.#tags(name), dependsOn });
      return new NatGateway(this, name, {
        subnetId: subnet.id,
        allocationId: address.allocationId,
        tags: this.#tags(name),
        dependsOn,
      });
    });
    tables.forEach((table, index) => {
      this.egress.push(
        new Route(this, `private-${index + 1}-nat`, {
          routeTableId: table.id,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: (gateways[index] ?? gateways[0])!.id,
        }),
      );
    });
  }

  #gatewayEndpoint(service: string, tables: RouteTable[]): void {
    this.egress.push(
      new VpcEndpoint(this, `endpoint-${service}`, {
        vpcId: this.vpcId,
        vpcEndpointType: "Gateway",
        serviceName: this.#serviceName(service),
        routeTableIds: tables.map(({ id }) => id),
        tags: this.#tags(service),
      }),
    );
  }

  #interfaceEndpoints(services: readonly string[]): void {
    const group = new SecurityGroup(this, "endpoints", {
      network: this,
      description: `Interface endpoints of the VPC ${this.#name}`,
    });
    this.egress.push(...group.allowFrom({ cidr: this.cidrBlock }, 443, "HTTPS to AWS from everything in the VPC"));
    for (const service of services) {
      this.egress.push(
        new VpcEndpoint(this, `endpoint-${service}`, {
          vpcId: this.vpcId,
          vpcEndpointType: "Interface",
          serviceName: this.#serviceName(service),
          privateDnsEnabled: true,
          subnetIds: this.privateSubnetIds,
          securityGroupIds: [group.securityGroupId],
          tags: this.#tags(service),
        }),
      );
    }
  }

  #serviceName(service: string): string {
    return `com.amazonaws.${BlueprintStack.of(this).region}.${service}`;
  }
}

function withDefaults(props: VpcProps): Required<VpcProps> {
  const { tiers = ["public", "private"], interfaceEndpoints = [] } = props;
  const needsNat = tiers.includes("public") && tiers.includes("private") && interfaceEndpoints.length === 0;
  return {
    cidrBlock: props.cidrBlock ?? "10.0.0.0/16",
    zones: props.zones ?? 2,
    tiers,
    nat: props.nat ?? (needsNat ? "per-zone" : "none"),
    interfaceEndpoints,
    gatewayEndpoints: props.gatewayEndpoints ?? ["s3"],
    networkAcls: props.networkAcls ?? {},
  };
}

/** Each as `<property>: must be <allowed>, got <given>; <how to mend>`. */
function mistakesOf(settings: Required<VpcProps>): string[] {
  const { tiers, nat, interfaceEndpoints, gatewayEndpoints } = settings;
  const mistake = (wrong: boolean, text: string) => (wrong ? [text] : []);
  const isPrivate = tiers.includes("private");
  return [
    ...subnetPlanMistakes(settings),
    ...mistake(
      nat !== "none" && !(isPrivate && tiers.includes("public")),
      `nat: must be "none" without both public and private subnets, got "${nat}"; add the tiers or leave nat out`,
    ),
    ...mistake(
      nat === "none" && isPrivate && interfaceEndpoints.length === 0,
      `nat: must be "single" or "per-zone" for private subnets without interface endpoints, got "none"; name endpoints, or make the tier "isolated"`,
    ),
    ...mistake(
      interfaceEndpoints.length > 0 && !isPrivate,
      `interfaceEndpoints: must be empty without private subnets, got ${interfaceEndpoints.join(", ")}; add the tier "private", which is where they are put`,
    ),
    ...interfaceEndpoints.flatMap((service) => [
      ...mistake(
        !/^(?!(cn\.)?com\.)[a-z0-9]+([.-][a-z0-9]+)*$/.test(service),
        `interfaceEndpoints: must be short names of services, got "${service}"; write com.amazonaws.eu-central-1.ssm as ssm`,
      ),
      ...mistake(
        service === "s3" || service === "dynamodb",
        `interfaceEndpoints: must be services without a gateway endpoint, got "${service}"; name it in gatewayEndpoints, which cost nothing`,
      ),
    ]),
    ...mistake(
      new Set(interfaceEndpoints).size < interfaceEndpoints.length,
      `interfaceEndpoints: must be different ones, got ${interfaceEndpoints.join(", ")}; name each once`,
    ),
    ...mistake(
      new Set(gatewayEndpoints).size < gatewayEndpoints.length,
      `gatewayEndpoints: must be different ones, got ${gatewayEndpoints.join(", ")}; name each once`,
    ),
    ...Object.entries(settings.networkAcls).flatMap(([tier, ports]) => [
      ...mistake(
        !tiers.includes(tier as SubnetTier),
        `networkAcls: must be for tiers of the VPC (${tiers.join(", ")}), got "${tier}"; leave it out`,
      ),
      ...networkAclMistakes(ports).map((text) => `networkAcls.${tier}.${text}`),
    ]),
  ];
}
