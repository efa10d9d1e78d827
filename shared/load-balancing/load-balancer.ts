import { Lb, type LbConfig } from "@cdktf/provider-aws/lib/lb";
import { LbListener, type LbListenerConfig } from "@cdktf/provider-aws/lib/lb-listener";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck } from "../blueprint/checked-props";
import type { Metric } from "../monitoring/metric";
import type { Network } from "../network/network";
import { SecurityGroup } from "../network/security-group";
import type { LogBucket } from "../storage/log-bucket";

/** Who can reach a load balancer at all; its listeners say who may. */
export type Exposure =
  | {
      /** Addresses in the private subnets. */
      readonly scheme: "internal";
    }
  | {
      /** Addresses in the public subnets, reachable from the internet. */
      readonly scheme: "internet-facing";
      /** Why it has to be reachable, in a sentence that the blueprint's README prints. */
      readonly publicReason: string;
    };

/** What all load balancers need. */
export type LoadBalancerProps = Exposure & {
  readonly network: Network;
  readonly accessLogs: LogBucket;
};

/** Who may connect to a listener. */
export interface AllowedPeers {
  readonly allowedCidrs?: readonly string[];
  readonly allowedGroups?: readonly SecurityGroup[];
}

/** What tells one kind of load balancer from the other. */
interface KindOfLoadBalancer {
  readonly type: "application" | "network";
  readonly config: Partial<LbConfig>;
  readonly rules: readonly PropCheck[];
}

const FEWEST_SUBNETS = 2;
/** EC2's default quota of rules that let in, per security group; it holds for IPv4 and for IPv6 separately. */
const RULES_PER_SECURITY_GROUP = 60;

const NAMESPACES = { application: "AWS/ApplicationELB", network: "AWS/NetworkELB" } as const;

/** A load balancer in two zones or more, `ApplicationLoadBalancer` or `NetworkLoadBalancer`. */
export abstract class LoadBalancer<MetricName extends string = string> extends Construct {
  readonly arn: string;
  /** The end of the ARN, which CloudWatch and target tracking name the load balancer by. */
  readonly arnSuffix: string;
  /** The name that AWS gives it, such as `name-1234567890.eu-central-1.elb.amazonaws.com`. */
  readonly dnsName: string;
  /** Route 53's zone of `dnsName`, for an alias record. */
  readonly hostedZoneId: string;
  /** Lets nothing in and nothing out but what listeners open. */
  readonly securityGroup: SecurityGroup;
  readonly #type: KindOfLoadBalancer["type"];
  readonly #listeners: LbListener[] = [];
  readonly #reached = new Set<string>();
  readonly #openRules = { IPv4: 0, IPv6: 0 };

  protected constructor(scope: Construct, id: string, props: LoadBalancerProps, kind: KindOfLoadBalancer) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { network, accessLogs } = props;
    const subnets = props.scheme === "internal" ? "privateSubnetIds" : "publicSubnetIds";
    checkProps(this, [
      {
        prop: `network.${subnets}`,
        holds: Token.isUnresolved(network[subnets]) || network[subnets].length >= FEWEST_SUBNETS,
        allowed: `at least ${FEWEST_SUBNETS} subnets, each in a zone of its own`,
        given: network[subnets].length,
        mend: "give the network more of them, or the load balancer the other scheme",
      },
      ...kind.rules,
    ]);
    const name = stack.nameOf("loadBalancer", this);
    const prefix = this.node.path.split("/").slice(1).join("/");
    this.#type = kind.type;
    this.securityGroup = new SecurityGroup(this, "securityGroup", {
      network,
      description: `Load balancer ${name}`,
    });
    accessLogs.grantLoadBalancerLogs(kind.type, prefix);
    const loadBalancer = new Lb(this, "load-balancer", {
      name,
      loadBalancerType: kind.type,
      internal: props.scheme === "internal",
      ipAddressType: "ipv4",
      subnets: network[subnets],
      securityGroups: [this.securityGroup.securityGroupId],
      enableDeletionProtection: stack.parameters.retainData,
      accessLogs: { enabled: true, bucket: accessLogs.bucketName, prefix },
      ...kind.config,
      // AWS writes a test object when logging is turned on, and creates nothing public without an internet gateway. The
      // other way round, addresses are gone before the gateway, and nothing logs to a bucket that is being emptied.
      dependsOn: [...accessLogs.ready, ...(props.scheme === "internet-facing" ? network.egress : [])],
      // Deletion protection alone would fail a deployment half-way, when the listeners are gone.
      lifecycle: { preventDestroy: stack.parameters.retainData },
    });
    this.arn = loadBalancer.arn;
    this.arnSuffix = loadBalancer.arnSuffix;
    this.dnsName = loadBalancer.dnsName;
    this.hostedZoneId = loadBalancer.zoneId;
    const resource = `aws_lb.${loadBalancer.friendlyUniqueId}`;
    if (props.scheme === "internet-facing") {
      stack.exceptFromBaseline({ rule: "19", resource, reason: props.publicReason });
    }
    if (!stack.parameters.retainData) {
      const reason = "retainData is false: a destroy works the first time.";
      stack.exceptFromBaseline({ rule: "12", resource, reason });
    }
  }

  /** All listeners, those that redirect as well. */
  get listeners(): ITerraformDependable[] {
    return [...this.#listeners];
  }

  /** A metric of the load balancer as a whole. */
  metric(name: MetricName, statistic: Metric["statistic"], periodSeconds?: number): Metric {
    return {
      namespace: NAMESPACES[this.#type],
      name,
      statistic,
      dimensions: { LoadBalancer: this.arnSuffix },
      periodSeconds,
    };
  }

  /** Lets the load balancer out to a port of a security group, and in there; once, however often it is asked for. */
  reach(target: SecurityGroup, port: number, description: string): void {
    const key = `${target.node.path}:${port}`;
    if (this.#reached.has(key)) return;
    this.#reached.add(key);
    target.allowFrom(this.securityGroup, port, description);
  }

  /**
   * Unlike the AWS CDK: a listener has no id but its port, of which there can be one. So a listener that changes from
   * HTTP to a redirect keeps its address, and Terraform never makes a second one on a port before it frees the first.
   */
  protected addListener(port: number, config: Omit<LbListenerConfig, "loadBalancerArn" | "port">): LbListener {
    const listener = new LbListener(this, `port-${port}`, { loadBalancerArn: this.arn, port, ...config });
    this.#listeners.push(listener);
    return listener;
  }

  /**
   * Lets the ranges and groups in on each of the ports.
   * @throws BlueprintMistakes when the security group has no room for the rules, or another rule does not hold
   */
  protected openTo(
    { allowedCidrs = [], allowedGroups = [] }: AllowedPeers,
    ports: Readonly<Record<number, string>>,
    rules: readonly PropCheck[],
  ): void {
    const cidrs = [...new Set(allowedCidrs)];
    const groups = [...new Set(allowedGroups)];
    const perPeer = Object.keys(ports).length;
    const [props, peers] = groups.length > 0 ? ["allowedCidrs, allowedGroups", " and groups"] : ["allowedCidrs", ""];
    const room = (["IPv4", "IPv6"] as const).map((family): PropCheck => {
      const ranges = cidrs.filter((cidr) => cidr.includes(":") === (family === "IPv6"));
      // A rule for a group counts as one of either family.
      const given = ranges.length + groups.length;
      const most = Math.floor((RULES_PER_SECURITY_GROUP - this.#openRules[family]) / perPeer);
      this.#openRules[family] += given * perPeer;
      return {
        prop: props,
        holds: given <= most,
        allowed: `at most ${most} ranges of ${family}${peers}, for a security group has ${RULES_PER_SECURITY_GROUP} rules and each ${peers ? "of them" : "range"} takes ${perPeer}`,
        given,
        mend: "join neighbouring ranges into larger ones",
      };
    });
    checkProps(this, [...room, ...rules]);
    for (const peer of [...cidrs.map((cidr) => ({ cidr })), ...groups]) {
      for (const [port, description] of Object.entries(ports)) {
        this.securityGroup.allowFrom(peer, Number(port), description);
      }
    }
  }

  /** That no range is the whole world. */
  protected worldRule(allowedCidrs: readonly string[], because: string, mend: string): PropCheck {
    const world = allowedCidrs.filter((cidr) => cidr.endsWith("/0"));
    const allowed = `ranges smaller than the whole world, because ${because}`;
    return { prop: "allowedCidrs", holds: world.length === 0, allowed, given: world, mend };
  }

  /** That a certificate of ACM is in the stack's Region: a listener can use no other. */
  protected certificateRule(certificateArn: string): PropCheck {
    const { region } = BlueprintStack.of(this).parameters;
    const [, , service, ofRegion] = certificateArn.split(":");
    return {
      prop: "certificateArn",
      holds: Token.isUnresolved(certificateArn) || service !== "acm" || ofRegion === region,
      allowed: `the ARN of a certificate in ${region}, where the load balancer is`,
      given: certificateArn,
      mend: "request or import the certificate there",
    };
  }
}
