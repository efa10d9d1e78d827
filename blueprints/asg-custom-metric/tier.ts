import { Construct } from "constructs";
import { AutoScalingGroup } from "../../shared/compute/auto-scaling-group";
import { LaunchTemplate } from "../../shared/compute/launch-template";
import { MachineImage } from "../../shared/compute/machine-image";
import { NetworkLoadBalancer } from "../../shared/load-balancing/network-load-balancer";
import { NetworkTargetGroup } from "../../shared/load-balancing/network-target-group";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { PrivateZone } from "../../shared/network/private-zone";
import type { LogBucket } from "../../shared/storage/log-bucket";
import { growOnConnections, growOnLog } from "./scale-out";
import { Server, type ServerProps } from "./server";
import type { TierParameters } from "./tier-parameters";

/** Clients finish what they are in the middle of; then they connect again, to another server. */
const DEREGISTRATION_DELAY_SECONDS = 300;

export interface TierProps extends ServerProps {
  readonly zone: PrivateZone;
  readonly accessLogs: LogBucket;
  /** Ranges of addresses that may connect. */
  readonly clientCidrs: readonly string[];
  /** Tag by which the weekend function knows the group. */
  readonly groupTag: Readonly<Record<string, string>>;
  readonly alarmTopic: AlarmTopic;
}

/** Servers of one kind, in several zones, behind an internal Network Load Balancer with a name of its own. */
export class Tier extends Construct {
  readonly server: Server;
  readonly loadBalancer: NetworkLoadBalancer;
  readonly targetGroup: NetworkTargetGroup;
  readonly group: AutoScalingGroup;
  /** What clients connect to. */
  readonly domainName: string;
  readonly port: number;
  readonly tls: boolean;
  readonly #tier: TierParameters;

  constructor(scope: Construct, id: string, props: TierProps) {
    super(scope, id);
    const { tier, parameters, zone, alarmTopic } = props;
    const { network } = props.network;
    const { sizes } = tier;
    this.#tier = tier;
    this.port = tier.port;
    this.tls = tier.certificateArn !== undefined;
    this.server = new Server(this, "server", props);

    this.loadBalancer = new NetworkLoadBalancer(this, "entry", {
      network,
      scheme: "internal",
      accessLogs: props.accessLogs,
    });
    this.targetGroup = new NetworkTargetGroup(this, "target", {
      network,
      securityGroup: this.server.securityGroup,
      protocol: "TCP",
      port: tier.port,
      // A hundred seconds: what is unhealthy is replaced, protected or not, and a file system that stalls makes all
      // servers unhealthy at once.
      healthCheck: { protocol: "TCP", port: tier.healthCheckPort, intervalSeconds: 10, unhealthyThreshold: 10 },
      keepsUnhealthyConnections: true,
      deregistrationDelaySeconds: DEREGISTRATION_DELAY_SECONDS,
    });
    this.#listen(props);
    this.domainName = zone.alias(id, tier.recordName, this.loadBalancer);

    this.group = new AutoScalingGroup(this, "group", {
      launchTemplate: new LaunchTemplate(this, "template", {
        instanceType: tier.instanceType,
        image: parameters.image && MachineImage.named(parameters.image),
        userData: this.server.userData,
        role: this.server.role,
        securityGroups: [this.server.securityGroup],
        terminationProtection: parameters.terminationProtection,
      }),
      subnetIds: network.privateSubnetIds,
      minSize: sizes.min,
      startSize: sizes.desired,
      maxSize: sizes.max,
      // The weekend function changes them.
      ignoreSizeChanges: true,
      // No server is taken from its clients in the week, neither to make the group smaller, nor to balance the zones, nor
      // for a new launch template. The weekend function says which ones go.
      protectFromScaleIn: true,
      suspendedProcesses: ["AZRebalance"],
      onNewTemplate: "next-launch",
      readiness: { timeoutSeconds: tier.readyWithinMinutes * 60 },
      targetGroups: [this.targetGroup],
      tags: props.groupTag,
      dependsOn: [...this.server.needs, ...this.targetGroup.listeners],
    });
    this.group.grantCompleteLifecycle(this.server.role);
    const scaleOut = { group: this.group, server: this.server, parameters: tier.scaleOut };
    if (tier.scaleOut.signal === "connections") {
      this.server.configure(this.group, growOnConnections(scaleOut));
    } else {
      this.server.configure(this.group, null);
      growOnLog(this, { ...scaleOut, alarmTopic });
    }
  }

  get sizes() {
    return { week: this.#tier.sizes, weekend: this.#tier.weekendSizes };
  }

  /** The smallest that the group is asked to be, in the week or at the weekend. */
  get fewestServers(): number {
    return Math.min(this.#tier.sizes.min, this.#tier.weekendSizes.min);
  }

  /** Connections at which a server asks for another one; undefined where the log says when the group grows. */
  get fullAt(): number | undefined {
    const { signal, threshold } = this.#tier.scaleOut;
    return signal === "connections" ? threshold : undefined;
  }

  get minutesBetweenMeasurements(): number {
    return this.#tier.metric.everyMinutes;
  }

  /** Where clients connect to. */
  get endpoint(): string {
    return `${this.tls ? "tls" : "tcp"}://${this.domainName}:${this.port}`;
  }

  /** Lets the servers of another tier connect. */
  allowFrom(other: Tier): void {
    const { securityGroup } = this.loadBalancer;
    securityGroup.allowFrom(other.server.securityGroup, this.port, `From the ${other.node.id}`);
  }

  #listen({ tier, clientCidrs: allowedCidrs }: TierProps): void {
    const { port, certificateArn } = tier;
    const { targetGroup } = this;
    if (certificateArn) {
      this.loadBalancer.addTlsListener({ targetGroup, allowedCidrs, port, certificateArn });
      return;
    }
    const reason = "No certificateArn is given: plain TCP, inside the network only.";
    this.loadBalancer.addTcpListener({ targetGroup, allowedCidrs, port, reason });
  }
}
