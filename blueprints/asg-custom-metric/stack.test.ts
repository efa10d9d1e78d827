import { readFileSync } from "node:fs";
import { Testing } from "cdktf";
import { strFromU8, unzipSync } from "fflate";
import type * as z from "zod";
import type { NodejsFunction } from "../../shared/functions/nodejs-function";
import { Boot } from "../../shared/testing/boot";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import { machineAwsCalls } from "./runtime/server/scenarios.fixture";
import AsgCustomMetric from "./stack";

type Given = z.input<typeof schema>;
const stackOf = (parameters: Given = {}, name = "trading") =>
  new AsgCustomMetric(Testing.app(), name, schema.parse(parameters));
const known = new Map<string, Template>();
/** Made once for each set of parameters: a synthesis takes a third of a second. */
const templateOf = (parameters: Given = {}, name?: string): Template => {
  const key = JSON.stringify([parameters, name]);
  const template = known.get(key) ?? Template.of(stackOf(parameters, name));
  known.set(key, template);
  return template;
};
const template = templateOf();

/** With the same parameters for both tiers. */
const templateOfTiers = (tier: Given["orders"]) =>
  templateOf({ orders: tier, engines: { ...tier, recordName: "engines" } });

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0123";
const TIERS = ["orders", "engines"] as const;
type TierName = (typeof TIERS)[number];

const groupOf = (tier: TierName, of = template) => of.find("aws_autoscaling_group", { name: `trading-${tier}-group` });
const serverRole = (tier: TierName, of = template) =>
  of.find("aws_iam_role", { name: `trading-${tier}-server-us-east-1` }).address;
const weekendRole = (of = template) => of.find("aws_iam_role", { name: "trading-weekend-function-us-east-1" }).address;
/** The code of the function, as it is deployed. */
const weekendCode = (parameters: Given = {}): string => {
  const { asset } = stackOf(parameters).node.findChild("weekend").node.findChild("function") as NodejsFunction;
  return strFromU8(unzipSync(readFileSync(asset))["index.js"] as Uint8Array);
};
/** What the tier's servers get at their boot. */
const bootOf = (tier: TierName, of = template): Boot => {
  const [, text] = Object.entries(of.json.locals ?? {}).find(([name]) => name.startsWith(tier)) ?? [];
  return Boot.ofTemplate(text as string);
};
const jsonOf = (tier: TierName, file: string, of = template) =>
  JSON.parse(bootOf(tier, of).file(`/etc/tcp-server/${file}`));
const alarmOf = (name: string, of = template) =>
  of.find("aws_cloudwatch_metric_alarm", { alarm_name: `trading-${name}` });
const ingressOf = (securityGroup: RegExp, of = template) =>
  of
    .resources("aws_vpc_security_group_ingress_rule")
    .filter(({ attributes }) => securityGroup.test(attributes.security_group_id))
    .map(({ attributes }) => [
      attributes.from_port,
      attributes.cidr_ipv4 ?? attributes.referenced_security_group_id.replace(/^\$\{aws_security_group\.|\.id\}$/g, ""),
    ]);

test("the resources are these", () => {
  expect(template.resourceCounts()).toMatchSnapshot();
});

test("there is an alarm for everything that can go wrong unseen", () => {
  const names = template.resources("aws_cloudwatch_metric_alarm").map(({ attributes }) => attributes.alarm_name);
  expect(names.sort()).toMatchSnapshot();
});

describe("who can connect", () => {
  test("clients in the VPC to the order servers, and only order servers to the engines", () => {
    expect(ingressOf(/\.orders_entry/)).toEqual([[9000, "10.0.0.0/16"]]);
    expect(ingressOf(/\.engines_entry/)).toEqual([[9100, expect.stringMatching(/^orders_server_security-group/)]]);
  });

  test("the ranges that the parameters name, and no others", () => {
    const open = templateOf({ clientCidrs: ["192.168.0.0/24", "172.16.0.0/16"] });
    expect(ingressOf(/\.orders_entry/, open)).toEqual([
      [9000, "172.16.0.0/16"],
      [9000, "192.168.0.0/24"],
    ]);
  });

  test.each(TIERS)("%s: the load balancer to the port of the servers, and to that of health checks", (tier) => {
    const port = tier === "orders" ? 9000 : 9100;
    const entry = expect.stringMatching(new RegExp(`^${tier}_entry_`));
    expect(ingressOf(new RegExp(`\\.${tier}_server`))).toEqual([
      [port, entry],
      [port + 1, entry],
    ]);
    template.find("aws_lb_target_group", {
      port,
      protocol: "TCP",
      preserve_client_ip: "true",
      health_check: { protocol: "TCP", port: String(port + 1) },
      target_health_state: [{ enable_unhealthy_connection_termination: false }],
    });
  });

  test("nobody by SSH, and nobody from the world", () => {
    for (const { attributes } of template.resources("aws_vpc_security_group_ingress_rule")) {
      expect(attributes.from_port > 22 || attributes.to_port < 22).toBe(true);
      expect(attributes.cidr_ipv4).not.toBe("0.0.0.0/0");
    }
  });

  test("without a certificate plain TCP, with one TLS of its own for each tier", () => {
    const plain = template.resources("aws_lb_listener").map(({ attributes }) => [attributes.port, attributes.protocol]);
    expect(plain.sort()).toEqual([
      [9000, "TCP"],
      [9100, "TCP"],
    ]);
    const secure = templateOf({ orders: { certificateArn: CERTIFICATE }, engines: { certificateArn: CERTIFICATE } });
    for (const port of [9000, 9100]) {
      secure.find("aws_lb_listener", { port, protocol: "TLS", certificate_arn: CERTIFICATE });
    }
    const tls = (of: Template) =>
      of.find("aws_ssm_parameter", { name: "/trading/orders/DOWNSTREAM_TLS" }).attributes.insecure_value;
    expect([tls(template), tls(secure)]).toEqual(["false", "true"]);
    expect(secure.outputs().orders_endpoint?.value).toBe("tls://orders.trading.internal:9000");
  });

  test("by names in a private zone of the stack, or in an existing one", () => {
    expect(template.only("aws_route53_zone").attributes).toMatchObject({ name: "trading.internal" });
    for (const tier of TIERS) {
      template.find("aws_route53_record", { name: `${tier}.trading.internal`, type: "A" });
    }
    const existing = templateOf({ dns: { zoneName: "example.com", zoneId: "Z0123456789ABCDEFGHIJ" } });
    expect(existing.resourceCount("aws_route53_zone")).toBe(0);
    existing.find("aws_route53_record", { name: "orders.example.com", zone_id: "Z0123456789ABCDEFGHIJ" });
  });
});

describe("the network", () => {
  const outbound = (of: Template) =>
    of
      .resources("aws_vpc_security_group_egress_rule")
      .filter(({ attributes }) => /orders_server/.test(attributes.security_group_id) && attributes.from_port === 443)
      .map(({ attributes }) => attributes.cidr_ipv4 ?? attributes.prefix_list_id);

  test("has no way to the internet, and an endpoint for each API that servers call", () => {
    for (const type of ["aws_internet_gateway", "aws_nat_gateway"]) expect(template.resourceCount(type)).toBe(0);
    const services = template
      .resources("aws_vpc_endpoint")
      .map(({ attributes }) => attributes.service_name.split(".").at(-1));
    const called = machineAwsCalls().map(({ action }) => action.split(":")[0]);
    expect(new Set(services)).toEqual(new Set([...called, "autoscaling", "logs", "monitoring", "ssm", "ssmmessages"]));
    expect(outbound(template)).toEqual([expect.stringMatching(/data\.aws_prefix_list/), "10.0.0.0/16"]);
  });

  test.each([
    ["nat-single", 1],
    ["nat-per-zone", 2],
  ] as const)("or with %s %i NAT gateways, and HTTPS to anywhere", (egress, count) => {
    const nat = templateOf({ vpc: { egress } });
    expect(nat.resourceCount("aws_nat_gateway")).toBe(count);
    expect(nat.resources("aws_vpc_endpoint").map(({ attributes }) => attributes.vpc_endpoint_type)).toEqual([
      "Gateway",
    ]);
    expect(outbound(nat)).toEqual(["0.0.0.0/0"]);
  });

  test("may be an existing one, in which nothing is made", () => {
    const privateSubnetIds = ["subnet-00000000000000003", "subnet-00000000000000004"];
    const existing = templateOf({ vpc: { id: "vpc-0123456789abcdef0", privateSubnetIds } });
    for (const type of ["aws_vpc", "aws_subnet", "aws_vpc_endpoint"]) expect(existing.resourceCount(type)).toBe(0);
    expect(groupOf("orders", existing).attributes.vpc_zone_identifier).toEqual(privateSubnetIds);
  });
});

describe.each(TIERS)("the group of %s", (tier) => {
  const { attributes } = groupOf(tier);

  test("keeps its servers: none is taken to shrink it, to balance zones or for a new template", () => {
    expect(attributes).toMatchObject({ protect_from_scale_in: true, suspended_processes: ["AZRebalance"] });
    expect(attributes.instance_refresh).toBeUndefined();
    for (const { attributes: policy } of template.resources("aws_autoscaling_policy")) {
      expect(policy.scaling_adjustment ?? policy.step_adjustment[0].scaling_adjustment).toBeGreaterThan(0);
    }
  });

  test("begins with its sizes of the week, and leaves them to the weekend function", () => {
    expect(attributes).toMatchObject({ min_size: 1, desired_capacity: 2, max_size: 5 });
    expect(attributes.lifecycle.ignore_changes).toEqual(["desired_capacity", "min_size", "max_size"]);
  });

  test("is destroyed at once, whatever protects its servers", () => {
    expect(attributes.force_delete).toBe(true);
  });

  test("waits ten minutes for a server to be ready, and gives it up if it is not", () => {
    expect(attributes.initial_lifecycle_hook).toEqual([
      expect.objectContaining({ heartbeat_timeout: 600, default_result: "ABANDON", name: `trading-${tier}-group` }),
    ]);
    const names = ["GROUP_NAME", "LIFECYCLE_HOOK"];
    expect(bootOf(tier).settings("/etc/tcp-server/settings", names)).toEqual(names.map(() => `trading-${tier}-group`));
  });

  test("launches no server before its way out, the shared state, its settings and the listener", () => {
    for (const type of [
      "security_group_egress_rule",
      "efs_mount_target",
      "ssm_parameter",
      "lb_listener",
      "vpc_endpoint",
    ]) {
      expect(attributes.depends_on).toContainEqual(expect.stringMatching(new RegExp(`^aws_(vpc_)?${type}\\.`)));
    }
  });
});

describe("a server", () => {
  test("has only just the permissions that its scripts and its publisher call for, and those of agents", () => {
    const stack = stackOf();
    const of = Template.of(stack);
    for (const tier of TIERS) {
      const role = of.at(serverRole(tier, of))?.attributes.name;
      const byOthers = stack.uncalledPermissions.filter((one) => one.roleName === role).map(({ action }) => action);
      const granted = of.policyStatements(serverRole(tier, of)).flatMap(({ Action = [] }) => Action);
      const called = [
        ...machineAwsCalls().map(({ action }) => action),
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:ExecutePolicy",
        "cloudwatch:PutMetricData",
      ];
      expect(new Set(granted.filter((action) => !byOthers.includes(action)))).toEqual(new Set(called));
    }
  });

  test("may act on its own group, secret, bucket, settings and log group, and publish in one namespace", () => {
    const statements = template.policyStatements(serverRole("orders"));
    const resourcesOf = (action: string) => statements.find(({ Action }) => Action?.includes(action));
    expect(resourcesOf("autoscaling:ExecutePolicy")?.Resource).toEqual([
      expect.stringMatching(/:autoScalingGroupName\/trading-orders-group$/),
    ]);
    expect(resourcesOf("ssm:GetParametersByPath")?.Resource).toEqual([
      expect.stringMatching(/:parameter\/trading\/orders$/),
      expect.stringMatching(/:parameter\/trading\/orders\/\*$/),
    ]);
    expect(resourcesOf("cloudwatch:PutMetricData")?.Condition).toEqual({
      StringEquals: { "cloudwatch:namespace": ["AsgCustomMetric/trading"] },
    });
    const everywhere = statements
      .filter(({ Resource }) => Resource?.includes("*"))
      .flatMap(({ Action = [] }) => Action);
    expect(everywhere.filter((action) => !action.startsWith("ssmmessages:"))).toEqual([
      "cloudwatch:PutMetricData",
      "autoscaling:DescribeAutoScalingGroups",
    ]);
  });

  test("has no policy of AWS's, and speaks to metadata by tokens only", () => {
    expect(template.resourceCount("aws_iam_role_policy_attachment")).toBe(0);
    for (const { attributes } of template.resources("aws_launch_template")) {
      expect(attributes.metadata_options).toMatchObject({ http_tokens: "required", http_put_response_hop_limit: 1 });
    }
  });

  test("runs what its tier is for, with what the tier is told", () => {
    const roles = TIERS.map((tier) => bootOf(tier).settings("/etc/tcp-server/settings", ["ROLE"])[0]);
    expect(roles).toEqual(["order-server", "matching-engine"]);
    const settings = Object.fromEntries(
      template.resources("aws_ssm_parameter").map(({ attributes }) => [attributes.name, attributes.insecure_value]),
    );
    expect(settings).toMatchObject({
      "/trading/orders/PORT": "9000",
      "/trading/orders/DOWNSTREAM_HOST": "engines.trading.internal",
      "/trading/orders/DOWNSTREAM_PORT": "9100",
      "/trading/engines/HEALTH_CHECK_PORT": "9101",
    });
  });

  test("gets the settings of the parameters beside the stack's", () => {
    const set = templateOf({ orders: { settings: { MARKET: "XETRA" } } });
    set.find("aws_ssm_parameter", { name: "/trading/orders/MARKET", insecure_value: "XETRA", type: "String" });
  });

  test("ships the logs of the folder that is given, whatever characters its path has", () => {
    const of = templateOf({ orders: { logPath: "/var/log/trading-1.0/orders_eu" } });
    const [log] = jsonOf("orders", "agent.json", of).logs.logs_collected.files.collect_list;
    expect(log).toEqual({
      file_path: "/var/log/trading-1.0/orders_eu/*.log",
      log_group_name: "/trading-orders-server",
      log_stream_name: "{instance_id}/application",
    });
    of.find("aws_cloudwatch_log_group", { name: "/trading-orders-server" });
    of.find("aws_ssm_parameter", {
      name: "/trading/orders/LOG_FILE",
      insecure_value: "/var/log/trading-1.0/orders_eu/application.log",
    });
  });

  test("measures its host for the group as a whole, and drops nothing that is published once", () => {
    const { metrics_collected: collected, aggregation_dimensions } = jsonOf("orders", "agent.json").metrics;
    expect(aggregation_dimensions).toEqual([["AutoScalingGroupName"]]);
    for (const plugin of ["mem", "swap", "netstat", "disk"]) {
      expect(collected[plugin].append_dimensions).toEqual({ AutoScalingGroupName: "trading-orders-group" });
      // The agent aggregates what has more dimensions than that; only disk has.
      expect(collected[plugin].drop_original_metrics !== undefined).toBe(plugin === "disk");
    }
  });

  test("downloads its program from the stack's bucket by its hash, and finds no secret in its user data", () => {
    const [sha256, key] = bootOf("orders").settings("/etc/tcp-server/settings", [
      "APPLICATION_SHA256",
      "APPLICATION_KEY",
    ]);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(key).toContain("aws_s3_object.application_bucket_program");
    expect(template.only("aws_s3_object").attributes.key).toBe(`program/${sha256}.js`);
    expect(template.resourceCount("aws_secretsmanager_secret_version")).toBe(0);
  });

  test("is made of the newest Amazon Linux, or of an image whose owner is named", () => {
    expect(template.resources("aws_launch_template")[0]?.attributes.image_id).toMatch(/^resolve:ssm:.*al2023.*arm64$/);
    const own = templateOf({ image: { name: "trading-*", owner: "123456789012" } });
    for (const { attributes } of own.dataSources("aws_ami")) expect(attributes.owners).toEqual(["123456789012"]);
    expect(own.dataSources("aws_ami")).toHaveLength(2);
  });

  test("has user data that fit with the longest names that the parameters allow", () => {
    const long = "x".repeat(255);
    const orders = {
      metric: { namespace: long, name: long, dimensionName: long, dimensionValue: long },
      logPath: `/${"l".repeat(199)}`,
    };
    expect(() => templateOf({ orders, engines: orders }, `trading-${"n".repeat(48)}`)).not.toThrow();
  });
});

describe("the weekend", () => {
  test("begins and ends by schedules in the given time zone", () => {
    const of = templateOf({
      weekend: { startTime: "22:30", startDay: "FRI", endTime: "05:05", timeZone: "Europe/Berlin" },
    });
    const schedules = of
      .resources("aws_scheduler_schedule")
      .map(({ attributes }) => [
        attributes.schedule_expression,
        attributes.schedule_expression_timezone,
        JSON.parse(attributes.target.input).period,
      ]);
    expect(schedules).toEqual([
      ["cron(5 5 ? * MON *)", "Europe/Berlin", "week"],
      ["cron(30 22 ? * FRI *)", "Europe/Berlin", "weekend"],
    ]);
  });

  test("is a function that knows both groups and their sizes", () => {
    const { variables } = template.only("aws_lambda_function").attributes.environment;
    const sizes = { week: { min: 1, desired: 2, max: 5 }, weekend: { min: 1, desired: 1, max: 1 } };
    expect(JSON.parse(variables.GROUPS)).toEqual(
      TIERS.map((tier) => ({ groupName: `trading-${tier}-group`, ...sizes })),
    );
  });

  test("may change the stack's groups alone, by name and tag, and terminates nothing itself", () => {
    const changing = template
      .policyStatements(weekendRole())
      .filter(({ Action }) => Action?.some((action) => /^(autoscaling|ec2):(?!Describe)/.test(action)));
    expect(changing).toEqual([
      {
        Effect: "Allow",
        Action: ["autoscaling:SetInstanceProtection", "autoscaling:UpdateAutoScalingGroup"],
        Resource: TIERS.map((tier) =>
          expect.stringMatching(new RegExp(`:autoScalingGroupName/trading-${tier}-group$`)),
        ),
        Condition: { StringEquals: { "aws:ResourceTag/WeekendScaling": ["trading"] } },
      },
    ]);
    for (const tier of TIERS) {
      expect(groupOf(tier).attributes.tag).toContainEqual({
        key: "WeekendScaling",
        value: "trading",
        propagate_at_launch: true,
      });
    }
  });

  test("lifts termination protection only where there is any, from the stack's servers", () => {
    const of = templateOf({ terminationProtection: true, groupTag: { key: "Team", value: "fx" } });
    const about = (which: Template) =>
      which.policyStatements(weekendRole(which)).filter(({ Action }) => Action?.some((one) => one.startsWith("ec2:")));
    expect(about(template)).toEqual([]);
    expect(about(of).map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [["ec2:DescribeInstanceAttribute"], { StringEquals: { "aws:ResourceTag/Team": ["fx"] } }],
      [
        ["ec2:ModifyInstanceAttribute"],
        {
          StringEquals: { "aws:ResourceTag/Team": ["fx"] },
          StringEqualsIgnoreCase: { "ec2:Attribute": ["DisableApiTermination"] },
        },
      ],
    ]);
    const protectedByEc2 = (which: Template) =>
      which.resources("aws_launch_template").map(({ attributes }) => attributes.disable_api_termination ?? false);
    expect([protectedByEc2(template), protectedByEc2(of)]).toEqual([
      [false, false],
      [true, true],
    ]);
    expect([weekendCode(), weekendCode({ terminationProtection: true })]).toEqual([
      expect.not.stringContaining("ModifyInstanceAttribute"),
      expect.stringContaining("ModifyInstanceAttribute"),
    ]);
  });

  test("that fails raises an alarm", () => {
    expect(alarmOf("weekend-function-errors").attributes).toMatchObject({ metric_name: "Errors", threshold: 1 });
  });
});

describe.each(TIERS)("alarms of %s", (tier) => {
  test("on healthy servers have the dimensions that the metric has, and fit weekends", () => {
    const { attributes } = alarmOf(`${tier}-alarms-healthy-servers`);
    expect(Object.keys(attributes.dimensions).sort()).toEqual(["LoadBalancer", "TargetGroup"]);
    expect(attributes).toMatchObject({
      metric_name: "HealthyHostCount",
      threshold: 1,
      treat_missing_data: "breaching",
    });
    expect(attributes.alarm_actions).toHaveLength(1);
    const larger = templateOfTiers({ sizes: { min: 4, desired: 4 }, weekendSizes: { min: 2, desired: 2, max: 2 } });
    expect(alarmOf(`${tier}-alarms-healthy-servers`, larger).attributes.threshold).toBe(2);
  });

  test("on full servers are there where these ask, with the threshold; elsewhere on the group's size", () => {
    const byLog = templateOfTiers({ scaleOut: { signal: "log", threshold: 5000 } });
    const threshold = tier === "orders" ? 100 : 4;
    expect(alarmOf(`${tier}-alarms-no-room`).attributes).toMatchObject({ statistic: "Minimum", threshold });
    expect(alarmOf(`${tier}-alarms-at-largest`, byLog).attributes).toMatchObject({
      metric_name: "GroupDesiredCapacity",
      threshold: 5,
    });
    for (const [of, absent] of [
      [template, "at-largest"],
      [byLog, "no-room"],
    ] as const) {
      const names = of.resources("aws_cloudwatch_metric_alarm").map(({ attributes }) => attributes.alarm_name);
      expect(names).not.toContain(`trading-${tier}-alarms-${absent}`);
    }
  });

  test("wait for as many measurements as ten minutes have, and two at least", () => {
    const periods = ([1, 5, 15] as const).map((everyMinutes) => {
      const of = templateOfTiers({ metric: { everyMinutes } });
      return [
        alarmOf(`${tier}-alarms-silent-servers`, of).attributes.evaluation_periods,
        alarmOf(`${tier}-alarms-no-room`, of).attributes.period,
      ];
    });
    expect(periods).toEqual([
      [10, 300],
      [2, 300],
      [2, 900],
    ]);
  });

  test("say nothing where nobody is there at weekends", () => {
    const empty = templateOfTiers({ weekendSizes: { min: 0, desired: 0, max: 0 } });
    const names = empty.resources("aws_cloudwatch_metric_alarm").map(({ attributes }) => attributes.alarm_name);
    expect(names).not.toContain(`trading-${tier}-alarms-healthy-servers`);
    expect(names).not.toContain(`trading-${tier}-alarms-silent-servers`);
  });

  test("that take missing data for a failure are made after the group", () => {
    const breaching = template
      .resources("aws_cloudwatch_metric_alarm")
      .filter(({ attributes }) => attributes.alarm_name.startsWith(`trading-${tier}`))
      .filter(({ attributes }) => attributes.treat_missing_data === "breaching");
    expect(breaching).toHaveLength(2);
    for (const { attributes } of breaching) {
      expect(attributes.depends_on).toEqual([expect.stringMatching(new RegExp(`^aws_autoscaling_group\\.${tier}`))]);
    }
  });

  test("look at what the servers publish, by its name, dimension and period", () => {
    const metric = {
      name: "Orders",
      namespace: "Mine",
      dimensionName: "Desk",
      dimensionValue: "fx",
      everyMinutes: 5 as const,
    };
    const of = templateOfTiers({ metric });
    expect(jsonOf(tier, "publisher.json", of)).toMatchObject({
      metricName: "Orders",
      namespace: "Mine",
      dimensionName: "Desk",
      dimensionValue: "fx",
    });
    for (const alarm of ["silent-servers", "no-room"]) {
      expect(alarmOf(`${tier}-alarms-${alarm}`, of).attributes).toMatchObject({
        metric_name: "Orders",
        namespace: "Mine",
        dimensions: { Desk: "fx" },
        period: 300,
      });
    }
    expect(bootOf(tier, of).settings("/etc/tcp-server/settings", ["METRIC_EVERY_MINUTES"])).toEqual(["5"]);
  });
});

test("what servers keep is encrypted with the stack's key, open to nobody by itself, backed up and retained", () => {
  const key = /^\$\{aws_kms_key\.data-key_/;
  expect(template.only("aws_efs_file_system").attributes).toMatchObject({
    encrypted: true,
    kms_key_id: expect.stringMatching(key),
    lifecycle: { prevent_destroy: true },
  });
  const { Statement } = JSON.parse(template.only("aws_efs_file_system_policy").attributes.policy);
  expect(Statement.map(({ Effect }: { Effect: string }) => Effect)).toEqual(["Deny"]);
  expect(template.only("aws_efs_backup_policy").attributes.backup_policy).toEqual({ status: "ENABLED" });
  expect(template.only("aws_efs_access_point").attributes).toMatchObject({
    posix_user: { uid: 1001, gid: 1001 },
    root_directory: { creation_info: { owner_uid: 1001, owner_gid: 1001, permissions: "0775" } },
  });
  template.find("aws_secretsmanager_secret", { lifecycle: { prevent_destroy: true } });
});

test("a second stack in the Region shares no name with the first", () => {
  const namesOf = (of: Template) =>
    of.resources().flatMap(({ attributes }) =>
      Object.entries(attributes)
        .filter(([key, value]) => /(^|_)(name|bucket|alias|creation_token)$/.test(key) && typeof value === "string")
        .map(([key, value]) => `${key}=${value}`)
        .filter((text) => !text.includes("${") && !/^(metric_|service_|device_)/.test(text)),
    );
  const shared = new Set(namesOf(templateOf({}, "other")));
  expect(
    namesOf(template)
      .filter((name) => shared.has(name))
      // The name of an inline policy, within its role.
      .filter((name) => name !== "name=granted"),
  ).toEqual([]);
});

test("every output says what it is", () => {
  for (const [name, { description }] of Object.entries(template.outputs())) {
    expect([name, description]).toEqual([name, expect.stringMatching(/\.$/)]);
  }
});
