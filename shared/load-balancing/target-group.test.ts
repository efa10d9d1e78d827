import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { Token } from "cdktf";
import * as fc from "fast-check";
import { LoadBalancedStack, mistakesOf } from "../testing/load-balanced-stack";
import { type Attributes, Template } from "../testing/template";
import { ApplicationLoadBalancer } from "./application-load-balancer";
import type { ApplicationTargetGroup, ApplicationTargetGroupProps } from "./application-target-group";
import { NetworkLoadBalancer } from "./network-load-balancer";
import type { NetworkTargetGroupProps } from "./network-target-group";

function balancerOf(stack: LoadBalancedStack, id = "balancer"): ApplicationLoadBalancer {
  return new ApplicationLoadBalancer(stack, id, {
    scheme: "internal",
    network: stack.network,
    accessLogs: stack.accessLogs,
  });
}

function listen(balancer: ApplicationLoadBalancer, targetGroup: ApplicationTargetGroup): void {
  balancer.addHttpListener({ targetGroup, allowedCidrs: [], reason: "A test." });
}

/** The target group that the props make behind an Application Load Balancer. */
function application(props: Partial<ApplicationTargetGroupProps> = {}): Attributes {
  const stack = new LoadBalancedStack();
  listen(balancerOf(stack), stack.applicationTargets("targets", props));
  return Template.of(stack).only("aws_lb_target_group").attributes;
}

function behindNetwork(props: Partial<NetworkTargetGroupProps> = {}): { stack: LoadBalancedStack; template: Template } {
  const stack = new LoadBalancedStack();
  const balancer = new NetworkLoadBalancer(stack, "balancer", {
    scheme: "internal",
    network: stack.network,
    accessLogs: stack.accessLogs,
  });
  balancer.addTlsListener({
    certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/1",
    targetGroup: stack.networkTargets("targets", props),
    allowedCidrs: [],
  });
  return { stack, template: Template.of(stack) };
}

describe("a target group behind an Application Load Balancer", () => {
  const attributes = application();

  test("forwards HTTP to instances, no client bound to one of them", () => {
    expect(attributes).toMatchObject({
      name: expect.stringMatching(/^test-targets-[0-9a-f]{6}$/),
      target_type: "instance",
      protocol: "HTTP",
      port: 8080,
      vpc_id: "vpc-1",
      slow_start: 0,
      stickiness: { type: "lb_cookie", enabled: false },
      load_balancing_cross_zone_enabled: "use_load_balancer_configuration",
    });
    expect(attributes).not.toHaveProperty("preserve_client_ip");
  });

  test("gives a target that leaves half a minute", () => {
    expect(attributes.deregistration_delay).toBe("30");
    expect(application({ deregistrationDelaySeconds: 0 }).deregistration_delay).toBe("0");
  });

  test("asks a page every 15 seconds; two good answers are well, three bad ones are not", () => {
    expect(attributes.health_check).toEqual({
      enabled: true,
      protocol: "HTTP",
      port: "traffic-port",
      path: "/login",
      matcher: "200",
      interval: 15,
      timeout: 5,
      healthy_threshold: 2,
      unhealthy_threshold: 3,
    });
  });

  test("takes every value of the health check", () => {
    const healthCheck = {
      path: "/health",
      healthyHttpCodes: "200,300-302",
      port: 8081,
      intervalSeconds: 300,
      timeoutSeconds: 120,
      healthyThreshold: 10,
      unhealthyThreshold: 10,
    };
    expect(application({ protocol: "HTTPS", slowStartSeconds: 30, healthCheck })).toMatchObject({
      protocol: "HTTPS",
      slow_start: 30,
      health_check: {
        protocol: "HTTPS",
        port: "8081",
        path: "/health",
        matcher: "200,300-302",
        interval: 300,
        timeout: 120,
        healthy_threshold: 10,
        unhealthy_threshold: 10,
      },
    });
  });

  test("waits for an answer less long than the time between two checks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 300 }), (intervalSeconds) => {
        const { interval, timeout } = application({ healthCheck: { path: "/", intervalSeconds } }).health_check;
        return interval === intervalSeconds && timeout < interval && timeout >= 2 && timeout <= 5;
      }),
      { numRuns: 20, examples: [[5], [6]] },
    );
  });
});

describe("a target group behind a Network Load Balancer", () => {
  test("forwards TCP with the client's own address, and checks that the port takes a connection", () => {
    const { attributes } = behindNetwork().template.only("aws_lb_target_group");
    expect(attributes).toMatchObject({
      target_type: "instance",
      protocol: "TCP",
      port: 8443,
      preserve_client_ip: "true",
      deregistration_delay: "30",
      stickiness: { type: "source_ip", enabled: false },
      load_balancing_cross_zone_enabled: "use_load_balancer_configuration",
    });
    expect(attributes.health_check).toEqual({
      enabled: true,
      protocol: "TCP",
      port: "traffic-port",
      interval: 15,
      timeout: 5,
      healthy_threshold: 2,
      unhealthy_threshold: 3,
    });
    expect(attributes).not.toHaveProperty("slow_start");
  });

  test("may ask a page instead", () => {
    const { template } = behindNetwork({
      protocol: "TLS",
      healthCheck: { protocol: "HTTPS", path: "/health", healthyHttpCodes: "200-599" },
    });
    expect(template.only("aws_lb_target_group").attributes).toMatchObject({
      protocol: "TLS",
      health_check: { protocol: "HTTPS", path: "/health", matcher: "200-599" },
    });
  });
});

describe("a target group's name", () => {
  const nameOf = (props: Partial<ApplicationTargetGroupProps>) => application(props).name;
  const network = (vpcId: string) => ({ ...new LoadBalancedStack().network, vpcId });

  test("changes with all that replaces the group, which exists twice meanwhile", () => {
    const names = [{}, { port: 8081 }, { protocol: "HTTPS" as const }, { network: network("vpc-2") }].map(nameOf);
    expect(new Set(names).size).toBe(4);
    expect(application().lifecycle).toEqual({ create_before_destroy: true });
  });

  test("stays when what changes can be changed", () => {
    const changed = { deregistrationDelaySeconds: 60, slowStartSeconds: 30, healthCheck: { path: "/", port: 9000 } };
    expect(nameOf(changed)).toBe(nameOf({}));
  });

  test("does not depend on how Terraform's reference to a VPC is written meanwhile", () => {
    const token = () => Token.asString({ resolve: () => "${aws_vpc.it.id}" });
    expect(nameOf({ network: network(token()) })).toBe(nameOf({ network: network(token()) }));
  });

  test("is one that AWS takes, however deep the construct is", () => {
    const stack = new LoadBalancedStack();
    const targetGroup = stack.applicationTargets("a-very-long-name-of-a-group-of-machines");
    listen(balancerOf(stack), targetGroup);
    expect(Template.of(stack).only("aws_lb_target_group").attributes.name).toMatch(
      /^[A-Za-z0-9][A-Za-z0-9-]{0,30}[0-9a-f]$/,
    );
  });
});

describe("a listener", () => {
  test.each([
    ["the same", undefined, [8080]],
    ["the same, said", 8080, [8080]],
    ["another", 9000, [8080, 9000]],
  ])("opens the targets' port, and the health check's where it is %s", (_, port, opened) => {
    const stack = new LoadBalancedStack();
    const balancer = balancerOf(stack);
    listen(balancer, stack.applicationTargets("targets", { healthCheck: { path: "/", port } }));
    expect(rulesBetween(stack, balancer.securityGroup.securityGroupId)).toEqual({ in: opened, out: opened });
  });

  test("opens the health check's port behind a Network Load Balancer as well", () => {
    const { stack, template } = behindNetwork({ healthCheck: { protocol: "TCP", port: 9000 } });
    expect(template.only("aws_lb_target_group").attributes.health_check.port).toBe("9000");
    expect(rulesBetween(stack, template.only("aws_lb").attributes.security_groups[0])).toEqual({
      in: [8443, 9000],
      out: [8443, 9000],
    });
  });

  test("opens a port once, whichever groups and listeners share it", () => {
    const stack = new LoadBalancedStack();
    const balancer = new NetworkLoadBalancer(stack, "balancer", {
      scheme: "internal",
      network: stack.network,
      accessLogs: stack.accessLogs,
    });
    const healthCheck = { protocol: "TCP", port: 9000 } as const;
    const targetGroup = stack.networkTargets("one", { healthCheck });
    for (const port of [1001, 1002])
      balancer.addTcpListener({ port, targetGroup, allowedCidrs: [], reason: "A test." });
    const other = stack.networkTargets("other", { healthCheck, port: 8444 });
    balancer.addTcpListener({ port: 1003, targetGroup: other, allowedCidrs: [], reason: "A test." });
    expect(rulesBetween(stack, balancer.securityGroup.securityGroupId)).toEqual({
      in: [8443, 8444, 9000],
      out: [8443, 8444, 9000],
    });
    expect(targetGroup.listeners).toHaveLength(2);
  });

  test("is what registers with the group depends on", () => {
    const stack = new LoadBalancedStack();
    const targetGroup = stack.applicationTargets("targets");
    listen(balancerOf(stack), targetGroup);
    new AutoscalingGroup(stack, "group", {
      minSize: 1,
      maxSize: 1,
      targetGroupArns: [targetGroup.arn],
      dependsOn: targetGroup.listeners,
    });
    const template = Template.of(stack);
    expect(template.only("aws_autoscaling_group").attributes.depends_on).toEqual([
      template.only("aws_lb_listener").address,
    ]);
  });

  test("is missed where something would register before there is one", () => {
    const targetGroup = new LoadBalancedStack().applicationTargets("targets");
    expect(() => targetGroup.listeners).toThrow(/targets: has no listener yet; add it before what registers/);
  });

  test("is wanted: a group that nothing forwards to is a mistake", () => {
    const stack = new LoadBalancedStack();
    stack.applicationTargets("targets");
    expect(() => Template.of(stack)).toThrow(/test: targets: must be forwarded to by a listener, got none/);
  });

  test("of a second load balancer is refused, as AWS would", () => {
    const stack = new LoadBalancedStack();
    const targetGroup = stack.applicationTargets("targets");
    listen(balancerOf(stack), targetGroup);
    expect(() => listen(balancerOf(stack, "second"), targetGroup)).toThrow(
      /targets: belongs to .*\/balancer; a target group has one load balancer/,
    );
  });
});

describe("a target group's metrics", () => {
  test("have the load balancer and the group as dimensions, without which they are not found", () => {
    const stack = new LoadBalancedStack();
    const targetGroup = stack.applicationTargets("targets");
    listen(balancerOf(stack), targetGroup);
    const metric = stack.resolve(targetGroup.metric("HealthyHostCount", "Minimum", 300));
    const template = Template.of(stack);
    expect(metric).toEqual({
      namespace: "AWS/ApplicationELB",
      name: "HealthyHostCount",
      statistic: "Minimum",
      periodSeconds: 300,
      dimensions: {
        LoadBalancer: `\${${template.only("aws_lb").address}.arn_suffix}`,
        TargetGroup: `\${${template.only("aws_lb_target_group").address}.arn_suffix}`,
      },
    });
  });

  test("are Network Load Balancers' own behind one", () => {
    const stack = new LoadBalancedStack();
    const targetGroup = stack.networkTargets("targets");
    new NetworkLoadBalancer(stack, "balancer", {
      scheme: "internal",
      network: stack.network,
      accessLogs: stack.accessLogs,
    }).addTcpListener({ port: 1001, targetGroup, allowedCidrs: [], reason: "A test." });
    expect(targetGroup.metric("UnHealthyHostCount", "Maximum").namespace).toBe("AWS/NetworkELB");
  });

  test("do not exist before a listener forwards to it", () => {
    const targetGroup = new LoadBalancedStack().applicationTargets("targets");
    expect(() => targetGroup.metric("RequestCount", "Sum")).toThrow(/targets: has no metrics before/);
  });
});

describe("mistakes in the props of a target group", () => {
  const mistakes = (props: Partial<ApplicationTargetGroupProps>) =>
    mistakesOf(() => new LoadBalancedStack().applicationTargets("targets", props));

  test("are told all at once", () => {
    const healthCheck = {
      path: "login",
      healthyHttpCodes: "2xx",
      port: 0,
      intervalSeconds: 4,
      timeoutSeconds: 121,
      healthyThreshold: 1,
      unhealthyThreshold: 11,
    };
    expect(mistakes({ port: 65_536, deregistrationDelaySeconds: 3601, slowStartSeconds: 29, healthCheck })).toEqual([
      "test: targets.port: must be a whole number of 1..65535, got 65536; take 65535 or less",
      "test: targets.deregistrationDelaySeconds: must be a whole number of 0..3600, got 3601; take 3600 or less",
      "test: targets.slowStartSeconds: must be a whole number of 30..900, got 29; take 30 or more",
      "test: targets.healthCheck.port: must be a whole number of 1..65535, got 0; take 1 or more",
      "test: targets.healthCheck.intervalSeconds: must be a whole number of 5..300, got 4; take 5 or more",
      "test: targets.healthCheck.timeoutSeconds: must be a whole number of 2..120, got 121; take 120 or less",
      "test: targets.healthCheck.healthyThreshold: must be a whole number of 2..10, got 1; take 2 or more",
      "test: targets.healthCheck.unhealthyThreshold: must be a whole number of 2..10, got 11; take 10 or less",
      "test: targets.healthCheck.timeoutSeconds: must be less than intervalSeconds (4), got 121; ask less often, or wait less long",
      'test: targets.healthCheck.path: must be a path that begins with a slash, at most 1024 characters, without spaces, got "login"; write it as it stands in the request, such as /login',
      'test: targets.healthCheck.healthyHttpCodes: must be codes of 200..499, got "2xx"; write them as "200", "200,302" or "200-299"',
    ]);
  });

  test("include a check that waits as long as the time between two", () => {
    expect(mistakes({ healthCheck: { path: "/", timeoutSeconds: 15 } })).toHaveLength(1);
    expect(mistakes({ healthCheck: { path: "/", timeoutSeconds: 14 } })).toEqual([]);
  });

  test.each(["200", "499", "200,302", "200-299", "200-204,302"])("do not include the codes %s", (healthyHttpCodes) => {
    expect(mistakes({ healthCheck: { path: "/", healthyHttpCodes } })).toEqual([]);
  });

  test.each(["", "199", "500", "299-200", "200,", "200 302", "1200"])("include the codes %p", (healthyHttpCodes) => {
    expect(mistakes({ healthCheck: { path: "/", healthyHttpCodes } })).toHaveLength(1);
  });

  test.each(["", "a b", "/a b", `/${"a".repeat(1024)}`])("include the path %p", (path) => {
    expect(mistakes({ healthCheck: { path } })).toHaveLength(1);
  });

  test("allow codes up to 599 behind a Network Load Balancer, and not beyond", () => {
    const of = (healthyHttpCodes: string) =>
      mistakesOf(() =>
        new LoadBalancedStack().networkTargets("targets", {
          healthCheck: { protocol: "HTTP", path: "/", healthyHttpCodes },
        }),
      );
    expect(of("599")).toEqual([]);
    expect(of("600")).toHaveLength(1);
  });
});

/** Ports between a load balancer's security group and the machines', sorted: rules in, and the rules out to match. */
function rulesBetween(stack: LoadBalancedStack, balancerGroup: string): { in: number[]; out: number[] } {
  const template = Template.of(stack);
  const [balancer, machines] = stack.resolve([balancerGroup, stack.machines.securityGroupId]);
  const ports = (type: string, from: string, to: string) =>
    template
      .resources(type)
      .filter(
        ({ attributes }) => attributes.security_group_id === from && attributes.referenced_security_group_id === to,
      )
      .map(({ attributes }) => attributes.from_port)
      .sort();
  return {
    in: ports("aws_vpc_security_group_ingress_rule", machines, balancer),
    out: ports("aws_vpc_security_group_egress_rule", balancer, machines),
  };
}
