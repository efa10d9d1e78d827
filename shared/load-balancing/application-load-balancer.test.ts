import { LoadBalancedStack, mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { ApplicationLoadBalancer, type ApplicationLoadBalancerProps } from "./application-load-balancer";

const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/1234";

/** Distributes over the union of schemes, which a plain Omit would merge. */
type With<T> = T extends unknown ? Partial<T> : never;

function balancerOf(stack: LoadBalancedStack, props: With<ApplicationLoadBalancerProps> = {}): ApplicationLoadBalancer {
  return new ApplicationLoadBalancer(stack, "balancer", {
    scheme: "internal",
    network: stack.network,
    accessLogs: stack.accessLogs,
    ...props,
  } as ApplicationLoadBalancerProps);
}

function ranges(count: number, family: "IPv4" | "IPv6" = "IPv4"): string[] {
  return Array.from({ length: count }, (_, n) => (family === "IPv4" ? `10.${n}.0.0/16` : `2001:db8:${n}::/48`));
}

describe("an Application Load Balancer", () => {
  const stack = new LoadBalancedStack();
  const balancer = balancerOf(stack);
  const template = Template.of(stack);
  const { attributes } = template.only("aws_lb");

  test("can be deleted, and says so, once data are let go of", () => {
    const exceptions = (retainData: boolean) => {
      const stack = new LoadBalancedStack({ retainData });
      balancerOf(stack);
      return stack.baselineExceptions.filter(({ rule }) => rule === "12");
    };
    expect(exceptions(true)).toEqual([]);
    expect(exceptions(false)).toEqual([
      {
        rule: "12",
        resource: expect.stringMatching(/^aws_lb\./),
        reason: "retainData is false: a destroy works the first time.",
      },
    ]);
  });

  test("stands in the private subnets where it is internal, with IPv4 addresses", () => {
    expect(attributes).toMatchObject({
      name: "test-balancer",
      load_balancer_type: "application",
      internal: true,
      ip_address_type: "ipv4",
      subnets: ["subnet-private-a", "subnet-private-b"],
    });
    expect(stack.baselineExceptions.filter(({ rule }) => rule === "19")).toEqual([]);
  });

  test("refuses what smuggles requests, speaks HTTP/2 and tells targets who asks", () => {
    expect(attributes).toMatchObject({
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "defensive",
      enable_http2: true,
      xff_header_processing_mode: "append",
      idle_timeout: 60,
    });
  });

  test("logs below a prefix of its own, once the bucket lets it", () => {
    expect(attributes.access_logs).toEqual({
      enabled: true,
      bucket: stack.resolve(stack.accessLogs.bucketName),
      prefix: "balancer",
    });
    expect(attributes.depends_on).toEqual([template.only("aws_s3_bucket_policy").address]);
    expect(template.only("aws_s3_bucket_policy").attributes.policy).toMatch(/\/balancer\/AWSLogs\//);
  });

  test("lets nothing in and nothing out before it has listeners", () => {
    expect(template.resourceCount("aws_vpc_security_group_ingress_rule")).toBe(0);
    expect(template.resourceCount("aws_vpc_security_group_egress_rule")).toBe(0);
    expect(attributes.security_groups).toEqual([stack.resolve(balancer.securityGroup.securityGroupId)]);
  });

  test("gives its metrics by its own name", () => {
    expect(stack.resolve(balancer.metric("HTTPCode_ELB_5XX_Count", "Sum", 300))).toEqual({
      namespace: "AWS/ApplicationELB",
      name: "HTTPCode_ELB_5XX_Count",
      statistic: "Sum",
      dimensions: { LoadBalancer: `\${${template.only("aws_lb").address}.arn_suffix}` },
      periodSeconds: 300,
    });
  });

  test("is found by Route 53 with its name and zone", () => {
    const { address } = template.only("aws_lb");
    expect(stack.resolve([balancer.dnsName, balancer.hostedZoneId, balancer.arn])).toEqual([
      `\${${address}.dns_name}`,
      `\${${address}.zone_id}`,
      `\${${address}.arn}`,
    ]);
  });
});

describe("retainData", () => {
  test.each([true, false])("%s decides whether the load balancer can be destroyed", (retainData) => {
    const stack = new LoadBalancedStack({ retainData });
    balancerOf(stack);
    const { attributes } = Template.of(stack).only("aws_lb");
    expect(attributes.enable_deletion_protection).toBe(retainData);
    expect(attributes.lifecycle).toEqual({ prevent_destroy: retainData });
  });
});

describe("an internet-facing load balancer", () => {
  const stack = new LoadBalancedStack();
  balancerOf(stack, {
    scheme: "internet-facing",
    publicReason: "Developers work from everywhere.",
    idleTimeoutSeconds: 4000,
  });
  const template = Template.of(stack);
  const { address, attributes } = template.only("aws_lb");

  test("stands in the public subnets, and waits for the way to the internet", () => {
    expect(attributes).toMatchObject({ internal: false, subnets: ["subnet-public-a", "subnet-public-b"] });
    expect(attributes.depends_on).toContain("aws_route.internet");
  });

  test("says why it is public", () => {
    expect(stack.baselineExceptions).toContainEqual({
      rule: "19",
      resource: address,
      reason: "Developers work from everywhere.",
    });
  });

  test("keeps a silent connection as long as it is told", () => {
    expect(attributes.idle_timeout).toBe(4000);
  });
});

describe("HTTPS", () => {
  const stack = new LoadBalancedStack();
  const balancer = balancerOf(stack);
  const targetGroup = stack.applicationTargets("targets");
  balancer.addHttpsListener({
    certificateArn: CERTIFICATE,
    targetGroup,
    allowedCidrs: ["203.0.113.0/24", "2001:db8::/32", "203.0.113.0/24"],
  });
  const template = Template.of(stack);

  test("is served on port 443 with the policy that AWS recommends", () => {
    expect(template.find("aws_lb_listener", { port: 443 }).attributes).toMatchObject({
      protocol: "HTTPS",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      certificate_arn: CERTIFICATE,
      default_action: [{ type: "forward", target_group_arn: stack.resolve(targetGroup.arn) }],
    });
  });

  test("is where HTTP is sent for good, and nowhere else", () => {
    expect(template.find("aws_lb_listener", { port: 80 }).attributes).toMatchObject({
      protocol: "HTTP",
      default_action: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", status_code: "HTTP_301" } }],
    });
    expect(template.resourceCount("aws_lb_listener")).toBe(2);
    expect(balancer.listeners).toHaveLength(2);
  });

  test("opens both ports to each range, once", () => {
    const opened = template
      .resources("aws_vpc_security_group_ingress_rule")
      .map(({ attributes }) => attributes)
      .filter(({ cidr_ipv4, cidr_ipv6 }) => cidr_ipv4 || cidr_ipv6)
      .map(({ cidr_ipv4, cidr_ipv6, from_port, to_port }) => [cidr_ipv4 ?? cidr_ipv6, from_port, to_port]);
    expect(opened).toHaveLength(4);
    expect(opened).toEqual(
      expect.arrayContaining([
        ["203.0.113.0/24", 80, 80],
        ["203.0.113.0/24", 443, 443],
        ["2001:db8::/32", 80, 80],
        ["2001:db8::/32", 443, 443],
      ]),
    );
  });

  test("needs no exception from the baseline", () => {
    expect(stack.baselineExceptions.filter(({ rule }) => ["15", "16"].includes(rule))).toEqual([]);
  });

  test("may be open to the world, and use another policy", () => {
    const other = new LoadBalancedStack();
    balancerOf(other).addHttpsListener({
      certificateArn: CERTIFICATE,
      targetGroup: other.applicationTargets("targets"),
      allowedCidrs: ["0.0.0.0/0", "::/0"],
      tlsPolicy: "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    });
    Template.of(other).find("aws_lb_listener", { port: 443, ssl_policy: "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09" });
  });

  test.each([
    ["IPv4", 30],
    ["IPv6", 30],
  ] as const)("is refused where a security group has no room for the ranges of %s", (family, most) => {
    const add = (count: number) => {
      const one = new LoadBalancedStack();
      const targets = one.applicationTargets("targets");
      return mistakesOf(() =>
        balancerOf(one).addHttpsListener({
          certificateArn: CERTIFICATE,
          targetGroup: targets,
          allowedCidrs: [...ranges(count, family), ...ranges(1), ...ranges(1, "IPv6")],
        }),
      );
    };
    expect(add(most)).toEqual([]);
    expect(add(most + 1)).toEqual([
      `test: balancer.allowedCidrs: must be at most 30 ranges of ${family}, for a security group has 60 rules and each ` +
        "range takes 2, got 31; join neighbouring ranges into larger ones",
    ]);
  });

  test("is refused with a certificate of another Region", () => {
    const one = new LoadBalancedStack();
    const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/1234";
    expect(
      mistakesOf(() =>
        balancerOf(one).addHttpsListener({
          certificateArn,
          targetGroup: one.applicationTargets("targets"),
          allowedCidrs: [],
        }),
      ),
    ).toEqual([
      "test: balancer.certificateArn: must be the ARN of a certificate in eu-central-1, where the load balancer is, got " +
        `"${certificateArn}"; request or import the certificate there`,
    ]);
  });

  test.each([
    "arn:aws:iam::111122223333:server-certificate/web",
    "${aws_acm_certificate_validation.it.certificate_arn}",
  ])("takes a certificate whose Region is not in its ARN: %s", (certificateArn) => {
    const one = new LoadBalancedStack();
    balancerOf(one).addHttpsListener({
      certificateArn,
      targetGroup: one.applicationTargets("targets"),
      allowedCidrs: [],
    });
    Template.of(one).find("aws_lb_listener", { port: 443, certificate_arn: certificateArn });
  });
});

describe("plain HTTP", () => {
  const stack = new LoadBalancedStack();
  const balancer = balancerOf(stack);
  const targetGroup = stack.applicationTargets("targets");
  balancer.addHttpListener({ targetGroup, allowedCidrs: ["203.0.113.0/24"], reason: "There is no domain name yet." });
  const template = Template.of(stack);
  const { address, attributes } = template.only("aws_lb_listener");

  test("is served on port 80", () => {
    expect(attributes).toMatchObject({
      port: 80,
      protocol: "HTTP",
      default_action: [{ type: "forward", target_group_arn: stack.resolve(targetGroup.arn) }],
    });
    template.find("aws_vpc_security_group_ingress_rule", { cidr_ipv4: "203.0.113.0/24", from_port: 80, to_port: 80 });
  });

  test("says why it is not encrypted and not redirected", () => {
    const reason = "There is no domain name yet.";
    expect(stack.baselineExceptions).toEqual(
      expect.arrayContaining([
        { rule: "15", resource: address, reason },
        { rule: "16", resource: address, reason },
      ]),
    );
  });

  test("keeps the listener's address when it becomes a redirect: one port never has two", () => {
    const other = new LoadBalancedStack();
    balancerOf(other).addHttpsListener({
      certificateArn: CERTIFICATE,
      targetGroup: other.applicationTargets("targets"),
      allowedCidrs: [],
    });
    expect(Template.of(other).find("aws_lb_listener", { port: 80 }).address).toBe(address);
  });

  test.each(["0.0.0.0/0", "::/0", "10.0.0.0/0"])("is refused to the world: %s", (world) => {
    const one = new LoadBalancedStack();
    expect(
      mistakesOf(() =>
        balancerOf(one).addHttpListener({
          targetGroup: one.applicationTargets("targets"),
          allowedCidrs: ["203.0.113.0/24", world],
          reason: "",
        }),
      ),
    ).toEqual([
      "test: balancer.allowedCidrs: must be ranges smaller than the whole world, because plain HTTP can be read and " +
        `changed on its way, got ["${world}"]; give the ranges that need it, or a certificate to serve HTTPS with`,
    ]);
  });

  test("takes twice as many ranges as HTTPS, and says all that is wrong at once", () => {
    const add = (allowedCidrs: string[]) => {
      const one = new LoadBalancedStack();
      const targets = one.applicationTargets("targets");
      return mistakesOf(() => balancerOf(one).addHttpListener({ targetGroup: targets, allowedCidrs, reason: "" }));
    };
    expect(add(ranges(60))).toEqual([]);
    expect(add([...ranges(60), "0.0.0.0/0"])).toEqual([
      expect.stringMatching(/at most 60 ranges of IPv4.*got 61/),
      expect.stringMatching(/smaller than the whole world/),
    ]);
  });
});

describe("mistakes in the props of a load balancer", () => {
  test("are told all at once", () => {
    const stack = new LoadBalancedStack({}, { privateSubnetIds: ["subnet-private-a"] });
    expect(mistakesOf(() => balancerOf(stack, { idleTimeoutSeconds: 4001 }))).toEqual([
      "test: balancer.network.privateSubnetIds: must be at least 2 subnets, each in a zone of its own, got 1; give the " +
        "network more of them, or the load balancer the other scheme",
      "test: balancer.idleTimeoutSeconds: must be a whole number of 1..4000, got 4001; take 4000 or less",
    ]);
  });

  test("name the public subnets where the load balancer is internet-facing", () => {
    const stack = new LoadBalancedStack({}, { publicSubnetIds: [] });
    expect(mistakesOf(() => balancerOf(stack, { scheme: "internet-facing", publicReason: "" }))).toEqual([
      expect.stringMatching(/^test: balancer\.network\.publicSubnetIds: .* got 0;/),
    ]);
  });

  test.each([0, 1.5])("include an idle timeout of %s seconds", (idleTimeoutSeconds) => {
    expect(mistakesOf(() => balancerOf(new LoadBalancedStack(), { idleTimeoutSeconds }))).toHaveLength(1);
  });
});
