import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import type * as z from "zod";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import { machineAwsCalls } from "./runtime/scenarios.fixture";
import HaJenkins from "./stack";

const templateOf = (parameters: z.input<typeof schema>) =>
  Template.of(new HaJenkins(Testing.app(), "jenkins", schema.parse(parameters)));
/** What the parameters files of the proof make, with somebody let in and data retained. */
const templateOfFile = (file: string) => {
  const { $schema: _, ...parameters } = JSON.parse(readFileSync(join(__dirname, "proof", file), "utf8"));
  return templateOf({ ...parameters, retainData: true, allowedCidrs: ["203.0.113.0/24"] });
};
const loadBalancer = templateOfFile("parameters.json");
const elasticIp = templateOfFile("parameters.elastic-ip.json");
const recoveryAlarm = templateOfFile("parameters.recovery-alarm.json");
const all = Object.entries({ "load-balancer": loadBalancer, "elastic-ip": elasticIp, "recovery-alarm": recoveryAlarm });
const groups = all.slice(0, 2);

/** A literal setting that a machine finds at its boot. */
function setting(template: Template, name: string): string | undefined {
  const [local] = Object.values(template.json.locals ?? {});
  const userData = (local as string) ?? template.only("aws_instance").attributes.user_data;
  return new RegExp(`${name}='([^']*)'`).exec(userData)?.[1];
}

const roleOf = (template: Template) => template.find("aws_iam_role", { name: "jenkins-machine-us-east-1" }).address;

const alarmNames = (template: Template) =>
  template
    .resources("aws_cloudwatch_metric_alarm")
    .map(({ attributes }) => attributes.alarm_name.replace("jenkins-", ""));

describe("each architecture of ha-jenkins is what its name says", () => {
  test.each([
    [
      "load-balancer",
      loadBalancer,
      { aws_lb: 1, aws_autoscaling_group: 1, aws_efs_file_system: 1, aws_nat_gateway: 2 },
    ],
    ["elastic-ip", elasticIp, { aws_autoscaling_group: 1, aws_efs_file_system: 1, aws_eip: 1 }],
    ["recovery-alarm", recoveryAlarm, { aws_instance: 1, aws_ebs_volume: 1, aws_eip: 1, aws_eip_association: 1 }],
  ])("%s", (_, template, expected) => {
    const telling = [
      "aws_lb",
      "aws_autoscaling_group",
      "aws_instance",
      "aws_efs_file_system",
      "aws_ebs_volume",
      "aws_eip_association",
      "aws_nat_gateway",
    ];
    const counts = Object.fromEntries(
      [...telling, ...(template === loadBalancer ? [] : ["aws_eip"])]
        .map((type) => [type, template.resourceCount(type)])
        .filter(([, count]) => count !== 0),
    );
    expect(counts).toEqual(expected);
  });

  test("only the machine that is alone is recovered, first of all by its host's check", () => {
    const recovered = (template: Template) =>
      template
        .resources("aws_cloudwatch_metric_alarm")
        .filter(({ attributes }) => attributes.alarm_actions.some((arn: string) => arn.includes(":automate:")))
        .map(({ attributes }) => [attributes.metric_name, attributes.evaluation_periods, attributes.alarm_actions[0]]);
    expect(recovered(loadBalancer)).toEqual([]);
    expect(recovered(elasticIp)).toEqual([]);
    expect(recovered(recoveryAlarm)).toEqual([
      ["StatusCheckFailed_Instance", 3, expect.stringMatching(/:ec2:reboot$/)],
      ["StatusCheckFailed_System", 2, expect.stringMatching(/:ec2:recover$/)],
    ]);
  });

  test.each(all)("%s has an alarm for everything that can go wrong unseen", (_, template) => {
    expect(alarmNames(template).sort()).toMatchSnapshot();
    expect(alarmNames(template).length).toBeGreaterThanOrEqual(8);
  });

  test.each(all)("the resources of %s are these", (_, template) => {
    expect(template.resourceCounts()).toMatchSnapshot();
  });
});

describe("two Jenkins never run at once", () => {
  test.each(groups)("%s: the group has one, ends the old one first and does not rebalance", (_, template) => {
    expect(template.only("aws_autoscaling_group").attributes).toMatchObject({
      min_size: 1,
      max_size: 1,
      suspended_processes: ["AZRebalance"],
      instance_maintenance_policy: { min_healthy_percentage: 0, max_healthy_percentage: 100 },
      instance_refresh: { preferences: { min_healthy_percentage: 0, max_healthy_percentage: 100 } },
    });
  });
});

describe("a Jenkins that hangs is replaced", () => {
  test("behind a load balancer by its health check, which gives the watchdog time to restart Jenkins", () => {
    const { health_check: check } = loadBalancer.only("aws_lb_target_group").attributes;
    expect(check).toMatchObject({ path: "/login", matcher: "200" });
    expect(check.interval * check.unhealthy_threshold).toBe(600);
    expect(loadBalancer.only("aws_autoscaling_group").attributes.health_check_type).toBe("ELB");
    expect(setting(loadBalancer, "LAST_RESORT")).toBe("none");
  });

  test("with a fixed address by its watchdog, which may report the group's machines and no others", () => {
    expect(setting(elasticIp, "LAST_RESORT")).toBe("replace");
    const grant = elasticIp
      .policyStatements(roleOf(elasticIp))
      .find(({ Action }) => Action?.includes("autoscaling:SetInstanceHealth"));
    expect(grant?.Resource).toEqual([
      expect.stringMatching(/autoScalingGroup:\*:autoScalingGroupName\/jenkins-controller-group$/),
    ]);
  });

  test("alone it is rebooted", () => {
    expect(setting(recoveryAlarm, "LAST_RESORT")).toBe("reboot");
  });
});

test.each(groups)("%s: a machine is in service when Jenkins answers, and gets an hour for it", (_, template) => {
  expect(template.only("aws_autoscaling_group").attributes).toMatchObject({
    initial_lifecycle_hook: [{ default_result: "ABANDON", heartbeat_timeout: 3600, name: "jenkins-controller-group" }],
    wait_for_capacity_timeout: "3720s",
  });
  for (const name of ["GROUP_NAME", "LIFECYCLE_HOOK"]) expect(setting(template, name)).toBe("jenkins-controller-group");
});

test("no machine registers before the load balancer listens", () => {
  expect(loadBalancer.only("aws_autoscaling_group").attributes.depends_on).toContainEqual(
    expect.stringMatching(/^aws_lb_listener\./),
  );
});

test.each(groups)("%s: no machine before the home can be mounted and the internet reached", (_, template) => {
  const dependsOn: string[] = template.only("aws_autoscaling_group").attributes.depends_on;
  expect(dependsOn.filter((address) => address.startsWith("aws_efs_mount_target."))).toHaveLength(2);
  expect(dependsOn.filter((address) => address.startsWith("aws_route."))).not.toHaveLength(0);
});

test("the address's machine may associate that address, with machines of the stack", () => {
  const statements = elasticIp
    .policyStatements(roleOf(elasticIp))
    .filter(({ Action }) => Action?.includes("ec2:AssociateAddress"));
  expect(statements).toEqual([
    {
      Effect: "Allow",
      Action: ["ec2:AssociateAddress"],
      Resource: [expect.stringMatching(/:elastic-ip\/\$\{aws_eip\.fixed-address_\w+\.allocation_id\}$/)],
    },
    {
      Effect: "Allow",
      Action: ["ec2:AssociateAddress"],
      Resource: [expect.stringMatching(/:instance\/\*$/), expect.stringMatching(/:network-interface\/\*$/)],
      Condition: { StringEquals: { "aws:ResourceTag/Stack": ["jenkins"] } },
    },
  ]);
  for (const template of [loadBalancer, recoveryAlarm]) {
    expect(JSON.stringify(template.json)).not.toContain("ec2:AssociateAddress");
  }
});

describe("a machine's permissions", () => {
  const called = new Set(machineAwsCalls().map(({ action }) => action));
  const OTHERS: Record<string, readonly string[]> = {
    "load-balancer": ["autoscaling:SetInstanceHealth", "ec2:AssociateAddress"],
    "elastic-ip": [],
    "recovery-alarm": ["autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth", "ec2:AssociateAddress"],
  };

  test.each(["load-balancer", "elastic-ip", "recovery-alarm"] as const)(
    "%s: its role has just what the scripts call, whatever happens, and what agents call",
    (architecture) => {
      const stack = new HaJenkins(Testing.app(), "jenkins", schema.parse({ architecture }));
      const template = Template.of(stack);
      const role = template.at(roleOf(template))?.attributes.name;
      const byOthers = stack.uncalledPermissions.filter((one) => one.roleName === role).map(({ action }) => action);
      const granted = template.policyStatements(roleOf(template)).flatMap(({ Action = [] }) => Action);
      expect(new Set(granted.filter((action) => !byOthers.includes(action)))).toEqual(
        new Set([...called].filter((action) => !OTHERS[architecture]?.includes(action))),
      );
    },
  );
});

describe("who gets in", () => {
  const world = { allowedCidrs: ["0.0.0.0/0"], certificateArn: `arn:aws:acm:us-east-1:123456789012:certificate/a` };
  const open = (template: Template) =>
    template
      .resources("aws_vpc_security_group_ingress_rule")
      .filter(({ attributes }) => attributes.cidr_ipv4)
      .map(({ attributes }) => `${attributes.cidr_ipv4} ${attributes.from_port}-${attributes.to_port}`);

  test("nobody, unless the parameters say so", () => {
    for (const architecture of ["load-balancer", "elastic-ip", "recovery-alarm"] as const) {
      expect(open(templateOf({ architecture }))).toEqual([]);
    }
  });

  test("the named ranges, on one port", () => {
    expect(all.map(([, template]) => open(template))).toEqual([
      ["203.0.113.0/24 80-80"],
      ["203.0.113.0/24 8080-8080"],
      ["203.0.113.0/24 8080-8080"],
    ]);
  });

  test("with a certificate HTTPS, and the world if it is named", () => {
    const template = templateOf(world);
    expect(open(template).sort()).toEqual(["0.0.0.0/0 443-443", "0.0.0.0/0 80-80"]);
    template.find("aws_lb_listener", { port: 443, protocol: "HTTPS", certificate_arn: world.certificateArn });
    template.find("aws_lb_listener", { port: 80, default_action: [{ type: "redirect" }] });
    expect(template.outputs().url?.value).toMatch(/^https:/);
  });

  test("an internal load balancer has no public address", () => {
    const { attributes } = templateOf({ scheme: "internal" }).only("aws_lb");
    expect([attributes.internal, attributes.subnets.join()]).toEqual([true, expect.stringMatching(/vpc_private-1/)]);
  });
});

test("the machine gets out by 443, and by other ports that the parameters name", () => {
  const outbound = (template: Template) =>
    template
      .resources("aws_vpc_security_group_egress_rule")
      .filter(({ attributes }) => attributes.cidr_ipv4 === "0.0.0.0/0")
      .map(({ attributes }) => attributes.from_port);
  for (const [, template] of all) expect(outbound(template)).toEqual([443]);
  expect(outbound(templateOf({ outboundPorts: [22, 443] })).sort()).toEqual([22, 443]);
});

test("a machine is replaced at an age only where the parameters say so", () => {
  const age = (template: Template) => template.only("aws_autoscaling_group").attributes.max_instance_lifetime;
  expect(age(loadBalancer)).toBeUndefined();
  expect(age(templateOf({ maxMachineAgeDays: 30 }))).toBe(30 * 86_400);
});

test.each(all)("%s: alarms that take missing data for a failure are made after the machine", (_, template) => {
  const breaching = template
    .resources("aws_cloudwatch_metric_alarm")
    .filter(({ attributes }) => attributes.treat_missing_data === "breaching")
    .filter(({ attributes }) => attributes.namespace !== "AWS/Backup");
  expect(breaching.length).toBeGreaterThanOrEqual(2);
  for (const { attributes } of breaching) {
    expect(attributes.depends_on).toEqual([expect.stringMatching(/^aws_(autoscaling_group|instance)\./)]);
  }
});

test.each(all)("%s: what Jenkins keeps is encrypted with the stack's key, backed up and retained", (_, template) => {
  const key = /^\$\{aws_kms_key\.data-key_/;
  const [home] = [...template.resources("aws_efs_file_system"), ...template.resources("aws_ebs_volume")];
  expect(home?.attributes).toMatchObject({ encrypted: true, kms_key_id: expect.stringMatching(key) });
  expect(template.only("aws_backup_vault").attributes.kms_key_arn).toMatch(key);
  expect(template.only("aws_backup_selection").attributes.resources).toEqual([`\${${home?.address}.arn}`]);
  for (const type of ["aws_secretsmanager_secret", "aws_backup_vault"]) {
    expect(template.only(type).attributes.lifecycle.prevent_destroy).toBe(true);
  }
  expect(template.find("aws_kms_key", { description: /home/ }).attributes.lifecycle.prevent_destroy).toBe(true);
  expect(home?.attributes.lifecycle.prevent_destroy).toBe(true);
});

test.each(all)("%s: the password is in no plan and no state; an output says how to read it", (_, template) => {
  expect(template.resourceCount("aws_secretsmanager_secret_version")).toBe(0);
  expect(template.outputs().password_command?.value).toMatch(
    /^aws secretsmanager get-secret-value --region us-east-1 --secret-id \S+ --query SecretString --output text$/,
  );
});

test.each(["load-balancer", "elastic-ip", "recovery-alarm"] as const)(
  "%s: user data have room for as many plugins as the parameters allow, with names of 40 characters",
  (architecture) => {
    const plugins = Array.from({ length: 29 }, (_, index) => `pipeline-stage-${10 + index}:1234.v89ab_cdef0123456`);
    const template = templateOf({ architecture, plugins: ["configuration-as-code:1985.vdda_32d0c4ea_b_", ...plugins] });
    expect(setting(template, "PLUGINS")?.split(" ")).toHaveLength(30);
  },
);

test("an existing VPC is used as it is", () => {
  const template = templateOf({
    vpc: {
      id: "vpc-0123456789abcdef0",
      publicSubnetIds: ["subnet-00000000000000001", "subnet-00000000000000002"],
      privateSubnetIds: ["subnet-00000000000000003", "subnet-00000000000000004"],
    },
  });
  for (const type of ["aws_vpc", "aws_subnet", "aws_nat_gateway", "aws_internet_gateway"]) {
    expect(template.resourceCount(type)).toBe(0);
  }
  expect(template.only("aws_autoscaling_group").attributes.vpc_zone_identifier).toEqual([
    "subnet-00000000000000003",
    "subnet-00000000000000004",
  ]);
});

test("every output says what it is", () => {
  for (const [, template] of all) {
    for (const [name, { description }] of Object.entries(template.outputs())) {
      expect([name, description]).toEqual([name, expect.stringMatching(/\.$/)]);
    }
  }
});
