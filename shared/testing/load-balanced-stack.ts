import { Route } from "@cdktf/provider-aws/lib/route";
import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { CommonParameters } from "../blueprint/common-parameters";
import { ApplicationTargetGroup, type ApplicationTargetGroupProps } from "../load-balancing/application-target-group";
import { NetworkTargetGroup, type NetworkTargetGroupProps } from "../load-balancing/network-target-group";
import type { Network } from "../network/network";
import { SecurityGroup } from "../network/security-group";
import { LogBucket } from "../storage/log-bucket";
import { testNetwork } from "./test-network";
import { TestStack } from "./test-stack";

/** A network, a bucket for logs and machines to forward to, for the tests of load balancers. */
export class LoadBalancedStack extends TestStack {
  readonly internetRoute: Route;
  readonly network: Network;
  readonly accessLogs: LogBucket;
  readonly machines: SecurityGroup;

  constructor(parameters: Partial<CommonParameters> = {}, network: Partial<Network> = {}) {
    super(parameters);
    this.internetRoute = new Route(this, "internet", {
      routeTableId: "rtb-1",
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: "igw-1",
    });
    this.network = { ...testNetwork, egress: [this.internetRoute], ...network };
    this.accessLogs = new LogBucket(this, "access-logs");
    this.machines = new SecurityGroup(this, "machines", { network: this.network, description: "Machines" });
  }

  applicationTargets(id: string, props: Partial<ApplicationTargetGroupProps> = {}): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, id, {
      network: this.network,
      securityGroup: this.machines,
      protocol: "HTTP",
      port: 8080,
      healthCheck: { path: "/login" },
      ...props,
    });
  }

  networkTargets(id: string, props: Partial<NetworkTargetGroupProps> = {}): NetworkTargetGroup {
    return new NetworkTargetGroup(this, id, {
      network: this.network,
      securityGroup: this.machines,
      protocol: "TCP",
      port: 8443,
      ...props,
    });
  }

  /** A value as it stands in the template: an ARN as `${aws_lb.balancer.arn}`. */
  resolve<T>(value: T): T {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return Tokenization.resolve(value, { scope: this, resolver, preparing: false });
  }
}

/** The mistakes that something is refused with. */
export function mistakesOf(refused: () => unknown): readonly string[] {
  try {
    refused();
  } catch (error) {
    return (error as { mistakes?: readonly string[] }).mistakes ?? [];
  }
  return [];
}
