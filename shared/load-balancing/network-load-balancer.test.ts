import { SecurityGroup } from "../network/security-group";
import { LoadBalancedStack, mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { NetworkLoadBalancer, type TcpListenerProps } from "./network-load-balancer";

const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";
const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/1234";

function balancerOf(stack: LoadBalancedStack): NetworkLoadBalancer {
  return new NetworkLoadBalancer(stack, "balancer", {
    scheme: "internal",
    network: stack.network,
    accessLogs: stack.accessLogs,
  });
}

describe("a Network Load Balancer", () => {
  const stack = new LoadBalancedStack();
  const balancer = balancerOf(stack);
  const template = Template.of(stack);
  const { attributes } = template.only("aws_lb");

  test("has a security group from the beginning, for private links as well, and forwards across zones", () => {
    expect(attributes).toMatchObject({
      name: "test-balancer",
      load_balancer_type: "network",
      internal: true,
      subnets: ["subnet-private-a", "subnet-private-b"],
      security_groups: [stack.resolve(balancer.securityGroup.securityGroupId)],
      enforce_security_group_inbound_rules_on_private_link_traffic: "on",
      enable_cross_zone_load_balancing: true,
      enable_deletion_protection: true,
    });
  });

  test("sets nothing that only an Application Load Balancer has", () => {
    expect(Object.keys(attributes)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/idle_timeout|http2|desync|drop_invalid|xff/)]),
    );
  });

  test("logs below a prefix of its own, delivered as AWS does it for Network Load Balancers", () => {
    expect(attributes.access_logs).toMatchObject({ enabled: true, prefix: "balancer" });
    const { policy } = template.only("aws_s3_bucket_policy").attributes;
    expect(policy).toMatch(/delivery\.logs\.amazonaws\.com/);
    expect(policy).not.toMatch(/logdelivery\.elasticloadbalancing/);
  });

  test("gives its metrics by its own name", () => {
    expect(stack.resolve(balancer.metric("NewFlowCount", "Sum"))).toMatchObject({
      namespace: "AWS/NetworkELB",
      name: "NewFlowCount",
      dimensions: { LoadBalancer: `\${${template.only("aws_lb").address}.arn_suffix}` },
    });
  });
});

describe("TLS", () => {
  const stack = new LoadBalancedStack();
  const targetGroup = stack.networkTargets("targets");
  balancerOf(stack).addTlsListener({ certificateArn: CERTIFICATE, targetGroup, allowedCidrs: ["0.0.0.0/0"] });
  const template = Template.of(stack);

  test("is served on port 443 with the policy that AWS recommends", () => {
    expect(template.only("aws_lb_listener").attributes).toMatchObject({
      port: 443,
      protocol: "TLS",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      certificate_arn: CERTIFICATE,
      default_action: [{ type: "forward", target_group_arn: stack.resolve(targetGroup.arn) }],
    });
    template.find("aws_vpc_security_group_ingress_rule", { cidr_ipv4: "0.0.0.0/0", from_port: 443, to_port: 443 });
  });

  test("needs no exception from the baseline", () => {
    expect(stack.baselineExceptions.filter(({ rule }) => rule === "15")).toEqual([]);
  });

  test("may be on another port, and encrypted anew to the targets", () => {
    const other = new LoadBalancedStack();
    balancerOf(other).addTlsListener({
      port: 8443,
      certificateArn: CERTIFICATE,
      tlsPolicy: "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
      targetGroup: other.networkTargets("targets", { protocol: "TLS" }),
      allowedCidrs: ["10.0.0.0/16"],
    });
    Template.of(other).find("aws_lb_listener", { port: 8443, ssl_policy: "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09" });
  });

  test("is refused on a port that does not exist, with a certificate of another Region", () => {
    const one = new LoadBalancedStack();
    expect(
      mistakesOf(() =>
        balancerOf(one).addTlsListener({
          port: 0,
          certificateArn: CERTIFICATE.replace("eu-central-1", "us-east-1"),
          targetGroup: one.networkTargets("targets"),
          allowedCidrs: [],
        }),
      ),
    ).toEqual([
      "test: balancer.port: must be a whole number of 1..65535, got 0; take 1 or more",
      expect.stringMatching(/^test: balancer\.certificateArn: must be the ARN of a certificate in eu-central-1/),
    ]);
  });
});

describe("TCP", () => {
  test("is forwarded as it is, and says why it is not encrypted here", () => {
    const stack = new LoadBalancedStack();
    const targetGroup = stack.networkTargets("targets");
    const reason = "The targets speak TLS themselves.";
    balancerOf(stack).addTcpListener({ port: 8443, targetGroup, allowedCidrs: ["10.0.0.0/16"], reason });
    const { address, attributes } = Template.of(stack).only("aws_lb_listener");
    expect(attributes).toMatchObject({
      port: 8443,
      protocol: "TCP",
      default_action: [{ type: "forward", target_group_arn: stack.resolve(targetGroup.arn) }],
    });
    expect(attributes).not.toHaveProperty("ssl_policy");
    expect(stack.baselineExceptions).toContainEqual({ rule: "15", resource: address, reason });
  });

  test("is refused to the world, on a port that does not exist, and to targets of TLS, all at once", () => {
    const stack = new LoadBalancedStack();
    expect(
      mistakesOf(() =>
        balancerOf(stack).addTcpListener({
          port: 65_536,
          targetGroup: stack.networkTargets("targets", { protocol: "TLS" }),
          allowedCidrs: ["0.0.0.0/0", "::/0"],
          reason: "",
        }),
      ),
    ).toEqual([
      "test: balancer.port: must be a whole number of 1..65535, got 65536; take 65535 or less",
      "test: balancer.allowedCidrs: must be ranges smaller than the whole world, because nothing says that what comes is " +
        'encrypted, got ["0.0.0.0/0","::/0"]; give the ranges that need it, or a certificate to serve TLS with',
      "test: balancer.targetGroup.protocol: must be TCP, because a TCP listener forwards connections as they are, got " +
        '"TLS"; let the target group be of TCP, also where the targets speak TLS',
    ]);
  });

  test("shares the security group's room with the other listeners", () => {
    const stack = new LoadBalancedStack();
    const balancer = balancerOf(stack);
    const targetGroup = stack.networkTargets("targets");
    const allowedCidrs = Array.from({ length: 40 }, (_, n) => `10.${n}.0.0/16`);
    balancer.addTcpListener({ port: 1001, targetGroup, allowedCidrs, reason: "" });
    expect(mistakesOf(() => balancer.addTcpListener({ port: 1002, targetGroup, allowedCidrs, reason: "" }))).toEqual([
      expect.stringMatching(/at most 20 ranges of IPv4, .* each range takes 1, got 40/),
    ]);
  });
});

describe("security groups that may connect", () => {
  const clientsOf = (stack: LoadBalancedStack, id = "clients") =>
    new SecurityGroup(stack, id, { network: stack.network, description: "Clients" });
  const listen = (stack: LoadBalancedStack, balancer: NetworkLoadBalancer, props: Partial<TcpListenerProps>) =>
    balancer.addTcpListener({
      port: 9000,
      targetGroup: stack.networkTargets(`targets-${props.port}`),
      reason: "",
      ...props,
    });

  test("are let in, and out to the listener, beside ranges or without", () => {
    const stack = new LoadBalancedStack();
    const clients = clientsOf(stack);
    const balancer = balancerOf(stack);
    listen(stack, balancer, { port: 9000, allowedGroups: [clients, clients], allowedCidrs: ["10.1.0.0/16"] });
    listen(stack, balancer, { port: 9001, allowedGroups: [clients] });
    const template = Template.of(stack);
    const [own, theirs] = [balancer, { securityGroup: clients }].map(({ securityGroup }) =>
      stack.resolve(securityGroup.securityGroupId),
    );
    for (const port of [9000, 9001]) {
      const rule = { from_port: port, to_port: port, ip_protocol: "tcp" };
      template.find(INGRESS, { ...rule, security_group_id: own, referenced_security_group_id: theirs });
      template.find(EGRESS, { ...rule, security_group_id: theirs, referenced_security_group_id: own });
    }
    template.find(INGRESS, { cidr_ipv4: "10.1.0.0/16", from_port: 9000 });
    // Of the targets there is one more: they let the load balancer in.
    expect(template.resources(INGRESS).filter(({ attributes }) => attributes.security_group_id === own)).toHaveLength(
      3,
    );
  });

  test("take a rule each of the security group's room, of IPv4 and of IPv6", () => {
    const connect = (groups: number, ranges: number) => {
      const stack = new LoadBalancedStack();
      const balancer = balancerOf(stack);
      const allowedGroups = Array.from({ length: groups }, (_, n) => clientsOf(stack, `clients-${n}`));
      const allowedCidrs = Array.from({ length: ranges }, (_, n) => [`10.${n}.0.0/16`, `2001:db8:${n}::/48`]).flat();
      return mistakesOf(() => listen(stack, balancer, { allowedGroups, allowedCidrs }));
    };
    expect(connect(50, 10)).toEqual([]);
    expect(connect(51, 10)).toEqual(
      ["IPv4", "IPv6"].map((family) =>
        expect.stringMatching(
          `balancer.allowedCidrs, allowedGroups: must be at most 60 ranges of ${family} and groups, .* each of them takes 1, got 61;`,
        ),
      ),
    );
  });
});
