import type { TerraformResource } from "cdktf";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Vpc, type VpcProps } from "./vpc";

function deployed(props: VpcProps = {}) {
  const stack = new TestStack();
  const vpc = new Vpc(stack, "vpc", props);
  const template = Template.of(stack);
  return { stack, vpc, template };
}

/** `Name` tags of all resources of a type, less the stack's name. */
const named = (template: Template, type: string) =>
  template.resources(type).map(({ attributes }) => attributes.tags.Name.replace(/^test-/, ""));
const byName = (template: Template, type: string, name: string) =>
  template.find(type, { tags: { Name: `test-${name}` } });
/** The `Name` tag of the one resource that an expression refers to. */
const nameBehind = (template: Template, expression: string) =>
  template
    .resources()
    .find(({ address }) => refersTo(expression, address))
    ?.attributes.tags.Name.replace(/^test-/, "");

/** How many resources of each type are waited for. */
function egressOf({ egress }: Vpc): Record<string, number> {
  const resources = egress as TerraformResource[];
  expect(new Set(resources.map(({ node }) => node.path)).size).toBe(resources.length);
  const counts: Record<string, number> = {};
  for (const { terraformResourceType: type } of resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

describe("a VPC by default", () => {
  const { vpc, template } = deployed();

  test("has DNS on, a /16, and public and private subnets in two zones", () => {
    expect(template.only("aws_vpc").attributes).toMatchObject({
      cidr_block: "10.0.0.0/16",
      enable_dns_support: true,
      enable_dns_hostnames: true,
      tags: { Name: "test" },
    });
    expect(named(template, "aws_subnet").sort()).toEqual(["private-1", "private-2", "public-1", "public-2"]);
    expect([vpc.publicSubnetIds.length, vpc.privateSubnetIds.length, vpc.isolatedSubnetIds.length]).toEqual([2, 2, 0]);
    expect(vpc.cidrBlock).toBe("10.0.0.0/16");
  });

  test("gives no machine a public address by itself", () => {
    for (const { attributes } of template.resources("aws_subnet")) {
      expect(attributes.map_public_ip_on_launch).toBe(false);
    }
  });

  test("takes the Region's own zones that are up, in their order, and says at the plan when there are too few", () => {
    const { attributes } = template.dataSources("aws_availability_zones")[0]!;
    expect(attributes).toMatchObject({
      state: "available",
      filter: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      exclude_zone_ids: ["use1-az3", "apne1-az3", "cac1-az3"],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.names) >= 2}",
            error_message:
              "test: vpc.zones: must be at most ${length(self.names)}, as many as the Region offers, got 2; take fewer zones or another Region",
          },
        ],
      },
    });
    for (const tier of ["public", "private"]) {
      const zones = [1, 2].map(
        (zone) => byName(template, "aws_subnet", `${tier}-${zone}`).attributes.availability_zone,
      );
      expect(zones.map((zone) => zone.replace(/data\.[\w.-]+/, "all"))).toEqual([
        "${element(all, 0)}",
        "${element(all, 1)}",
      ]);
    }
  });

  test("keeps a subnet where it is when the list of zones changes, and empties it before it goes", () => {
    for (const { attributes } of template.resources("aws_subnet")) {
      expect(attributes.lifecycle).toEqual({ ignore_changes: ["availability_zone"], create_before_destroy: true });
    }
  });

  test("sends public subnets to the internet gateway, and private ones to the NAT gateway of their own zone", () => {
    expect(named(template, "aws_route_table").sort()).toEqual(["private-1", "private-2", "public"]);
    const routes = template
      .resources("aws_route")
      .map(({ attributes }) => [
        nameBehind(template, attributes.route_table_id),
        attributes.destination_cidr_block,
        nameBehind(template, attributes.gateway_id ?? attributes.nat_gateway_id),
      ]);
    expect(routes.sort()).toEqual([
      ["private-1", "0.0.0.0/0", "nat-1"],
      ["private-2", "0.0.0.0/0", "nat-2"],
      ["public", "0.0.0.0/0", "internet"],
    ]);
    const associations = template
      .resources("aws_route_table_association")
      .map(({ attributes }) => [attributes.subnet_id, attributes.route_table_id].map((id) => nameBehind(template, id)));
    expect(associations.sort()).toEqual([
      ["private-1", "private-1"],
      ["private-2", "private-2"],
      ["public-1", "public"],
      ["public-2", "public"],
    ]);
    expect(
      [1, 2].map((zone) => {
        const { attributes } = byName(template, "aws_nat_gateway", `nat-${zone}`);
        return [attributes.subnet_id, attributes.allocation_id].map((id) => nameBehind(template, id));
      }),
    ).toEqual([
      ["public-1", "nat-1"],
      ["public-2", "nat-2"],
    ]);
  });

  test("gives up its public addresses before its internet gateway", () => {
    const gateway = template.only("aws_internet_gateway").address;
    for (const type of ["aws_nat_gateway", "aws_eip"]) {
      expect(template.resources(type)).toHaveLength(2);
      for (const { attributes } of template.resources(type)) expect(attributes.depends_on).toEqual([gateway]);
    }
    for (const { attributes } of template.resources("aws_eip")) expect(attributes.domain).toBe("vpc");
  });

  test("empties its default security group", () => {
    expect(template.only("aws_default_security_group").attributes).toMatchObject({ ingress: [], egress: [] });
  });

  test("has a gateway endpoint for S3 in every route table, no interface endpoint, no ACL of its own", () => {
    const { attributes } = template.only("aws_vpc_endpoint");
    expect(attributes).toMatchObject({
      vpc_endpoint_type: "Gateway",
      service_name: "com.amazonaws.${data.aws_region.region.id}.s3",
    });
    expect(attributes.route_table_ids.map((id: string) => nameBehind(template, id))).toEqual([
      "public",
      "private-1",
      "private-2",
    ]);
    expect(template.resources("aws_network_acl")).toEqual([]);
    expect(template.resources("aws_security_group")).toEqual([]);
  });

  test("names what a machine has to wait for", () => {
    expect(egressOf(vpc)).toEqual({
      aws_route: 3,
      aws_route_table_association: 4,
      aws_vpc_endpoint: 1,
    });
  });
});

describe("flow logs", () => {
  const { template } = deployed();

  test("are kept of all traffic, for as long as the stack keeps logs", () => {
    const { attributes } = template.only("aws_flow_log");
    expect(attributes).toMatchObject({ traffic_type: "ALL", vpc_id: expect.stringContaining("aws_vpc.") });
    expect(refersTo(attributes.log_destination, template.only("aws_cloudwatch_log_group").address)).toBe(true);
    expect(template.only("aws_cloudwatch_log_group").attributes).toMatchObject({
      name: "/aws/vpc/test-vpc-flow-logs",
      retention_in_days: 30,
    });
  });

  test("are written by a role that only flow logs of this account assume, and that cannot bring back the log group", () => {
    const role = template.only("aws_iam_role");
    expect(JSON.parse(role.attributes.assume_role_policy).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": expect.stringContaining("account_id") },
          ArnLike: { "aws:SourceArn": [expect.stringMatching(/^arn:.*:ec2:.*:vpc-flow-log\/\*$/)] },
        },
      },
    ]);
    const { name } = template.only("aws_cloudwatch_log_group");
    expect(template.policyStatements(role.address)).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: [`\${aws_cloudwatch_log_group.${name}.arn}:*`],
      },
    ]);
    expect(template.only("aws_flow_log").attributes.depends_on).toEqual([template.only("aws_iam_role_policy").address]);
  });
});

describe("NAT", () => {
  test("by a single gateway serves the private subnets of all zones", () => {
    const { template } = deployed({ zones: 3, nat: "single" });
    expect(named(template, "aws_nat_gateway")).toEqual(["nat-1"]);
    expect(named(template, "aws_eip")).toEqual(["nat-1"]);
    const routes = template.resources("aws_route").filter(({ attributes }) => attributes.nat_gateway_id);
    expect(routes.map(({ attributes }) => nameBehind(template, attributes.nat_gateway_id))).toEqual(
      Array(3).fill("nat-1"),
    );
  });

  test.each([
    ["only public subnets", { tiers: ["public"] }, 0],
    ["only isolated subnets", { tiers: ["isolated"] }, 0],
    ["interface endpoints", { interfaceEndpoints: ["ssm"] }, 0],
    ["interface endpoints, and NAT asked for", { interfaceEndpoints: ["ssm"], nat: "per-zone" }, 2],
    ["three zones", { zones: 3 }, 3],
  ] satisfies [string, VpcProps, number][])("with %j", (_, props, gateways) => {
    expect(deployed(props).template.resourceCount("aws_nat_gateway")).toBe(gateways);
  });
});

describe("tiers", () => {
  test("that are isolated have no route but the gateway endpoints'", () => {
    const { vpc, template } = deployed({ tiers: ["isolated"], gatewayEndpoints: ["s3", "dynamodb"] });
    expect(template.resources("aws_route")).toEqual([]);
    expect(template.resources("aws_internet_gateway")).toEqual([]);
    expect(named(template, "aws_route_table")).toEqual(["isolated"]);
    expect(named(template, "aws_vpc_endpoint").sort()).toEqual(["dynamodb", "s3"]);
    expect(vpc.isolatedSubnetIds).toHaveLength(2);
    expect([...vpc.publicSubnetIds, ...vpc.privateSubnetIds]).toEqual([]);
  });

  test("and zones that are added change nothing of the subnets and routes there were", () => {
    const before = deployed().template;
    const after = deployed({ zones: 3, tiers: ["isolated", "public", "private"] }).template;
    for (const type of [
      "aws_subnet",
      "aws_route",
      "aws_route_table",
      "aws_route_table_association",
      "aws_nat_gateway",
    ]) {
      for (const { address, attributes } of before.resources(type)) {
        expect(after.at(address)?.attributes).toEqual(attributes);
      }
    }
    expect(after.resourceCount("aws_subnet")).toBe(9);
  });
});

describe("interface endpoints", () => {
  const { vpc, template } = deployed({ interfaceEndpoints: ["ssm", "ecr.api"], gatewayEndpoints: [] });

  test("answer to the services' own names in every private subnet", () => {
    expect(named(template, "aws_vpc_endpoint").sort()).toEqual(["ecr.api", "ssm"]);
    for (const { attributes } of template.resources("aws_vpc_endpoint")) {
      expect(attributes).toMatchObject({ vpc_endpoint_type: "Interface", private_dns_enabled: true });
      expect(attributes.subnet_ids.map((id: string) => nameBehind(template, id))).toEqual(["private-1", "private-2"]);
      expect(attributes.security_group_ids).toEqual([`\${${template.only("aws_security_group").address}.id}`]);
    }
    expect(byName(template, "aws_vpc_endpoint", "ecr.api").attributes.service_name).toBe(
      "com.amazonaws.${data.aws_region.region.id}.ecr.api",
    );
  });

  test("let in HTTPS from the VPC and nothing else", () => {
    expect(template.only("aws_security_group").attributes.description).toBe("Interface endpoints of the VPC test");
    expect(template.only("aws_vpc_security_group_ingress_rule").attributes).toMatchObject({
      cidr_ipv4: "10.0.0.0/16",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
      description: "HTTPS to AWS from everything in the VPC",
    });
    expect(template.resources("aws_vpc_security_group_egress_rule")).toEqual([]);
  });

  test("and the rule that lets to them are waited for", () => {
    expect(egressOf(vpc)).toEqual({
      aws_route: 1,
      aws_route_table_association: 4,
      aws_vpc_endpoint: 2,
      aws_vpc_security_group_ingress_rule: 1,
    });
  });
});

describe("network ACLs", () => {
  const { vpc, template } = deployed({
    networkAcls: { public: { inboundPorts: [443, 80] }, private: { outboundPorts: [] } },
  });
  const rulesOf = (name: string, egress: boolean) =>
    template
      .resources("aws_network_acl_rule")
      .map(({ attributes }) => attributes)
      .filter((rule) => rule.egress === egress && nameBehind(template, rule.network_acl_id) === name)
      .sort((a, b) => a.rule_number - b.rule_number)
      .map((rule) => [
        rule.rule_number,
        rule.protocol,
        rule.cidr_block,
        rule.icmp_type ?? rule.from_port ?? "",
        rule.icmp_code ?? rule.to_port ?? "",
      ]);

  test("let in the ports asked for, and the answers to what the subnets ask, but never SSH or RDP", () => {
    expect(rulesOf("public", false)).toEqual([
      [100, "-1", "10.0.0.0/16", "", ""],
      [110, "icmp", "0.0.0.0/0", 3, 4],
      [120, "tcp", "0.0.0.0/0", 1024, 3388],
      [130, "tcp", "0.0.0.0/0", 3390, 65535],
      [1080, "tcp", "0.0.0.0/0", 80, 80],
      [1443, "tcp", "0.0.0.0/0", 443, 443],
    ]);
    expect(rulesOf("private", false)).toEqual(rulesOf("public", false).slice(0, 4));
  });

  test("let out HTTPS by default, and the answers to the world's ephemeral ports", () => {
    expect(rulesOf("public", true)).toEqual([
      [100, "-1", "10.0.0.0/16", "", ""],
      [110, "icmp", "0.0.0.0/0", 3, 4],
      [120, "tcp", "0.0.0.0/0", 1024, 65535],
      [1443, "tcp", "0.0.0.0/0", 443, 443],
    ]);
    expect(rulesOf("private", true)).toEqual(rulesOf("public", true).slice(0, 3));
    for (const { attributes } of template.resources("aws_network_acl_rule")) {
      expect(attributes.rule_action).toBe("allow");
    }
  });

  test("take hold of the subnets of their tier only once they have all their rules, and are waited for", () => {
    const associations = template.resources("aws_network_acl_association");
    expect(
      associations
        .map(({ attributes }) =>
          [attributes.subnet_id, attributes.network_acl_id].map((id) => nameBehind(template, id)),
        )
        .sort(),
    ).toEqual([
      ["private-1", "private"],
      ["private-2", "private"],
      ["public-1", "public"],
      ["public-2", "public"],
    ]);
    for (const { attributes } of associations) {
      const acl = nameBehind(template, attributes.network_acl_id)!;
      expect(attributes.depends_on).toHaveLength(rulesOf(acl, true).length + rulesOf(acl, false).length);
    }
    expect(egressOf(vpc)).toMatchObject({ aws_network_acl_association: 4 });
  });
});

describe("what is wrong with a VPC", () => {
  const mistakesOf = (props: VpcProps) => {
    try {
      new Vpc(new TestStack(), "network", props);
    } catch (error) {
      if (error instanceof BlueprintMistakes) return error.mistakes;
      throw error;
    }
    return [];
  };

  test.each([
    [
      { cidrBlock: "10.0.0.0/27" },
      'cidrBlock: must be /25 or larger for 2 zones, because AWS\'s smallest subnet is /28, got "10.0.0.0/27"; the smallest that would do is 10.0.0.0/25',
    ],
    [{ zones: 7 }, "zones: must be a whole number 1..6, got 7; no Region has more than 6 Availability Zones"],
    [
      { tiers: [] },
      "tiers: must be at least one of public, private, isolated, got []; a network without subnets holds nothing",
    ],
    [
      { tiers: ["public"], nat: "single" },
      'nat: must be "none" without both public and private subnets, got "single"; add the tiers or leave nat out',
    ],
    [
      { tiers: ["private"], nat: "per-zone" },
      'nat: must be "none" without both public and private subnets, got "per-zone"; add the tiers or leave nat out',
    ],
    [
      { tiers: ["private"] },
      'nat: must be "single" or "per-zone" for private subnets without interface endpoints, got "none"; name endpoints, or make the tier "isolated"',
    ],
    [
      { tiers: ["isolated"], interfaceEndpoints: ["ssm"] },
      'interfaceEndpoints: must be empty without private subnets, got ssm; add the tier "private", which is where they are put',
    ],
    [
      { interfaceEndpoints: ["com.amazonaws/ssm"] },
      'interfaceEndpoints: must be short names of services, got "com.amazonaws/ssm"; write com.amazonaws.eu-central-1.ssm as ssm',
    ],
    [
      { interfaceEndpoints: ["com.amazonaws.eu-central-1.ssm"] },
      'interfaceEndpoints: must be short names of services, got "com.amazonaws.eu-central-1.ssm"; write com.amazonaws.eu-central-1.ssm as ssm',
    ],
    [
      { interfaceEndpoints: ["s3"] },
      'interfaceEndpoints: must be services without a gateway endpoint, got "s3"; name it in gatewayEndpoints, which cost nothing',
    ],
    [
      { interfaceEndpoints: ["ssm", "ssm"] },
      "interfaceEndpoints: must be different ones, got ssm, ssm; name each once",
    ],
    [{ gatewayEndpoints: ["s3", "s3"] }, "gatewayEndpoints: must be different ones, got s3, s3; name each once"],
    [
      { networkAcls: { isolated: {} } },
      'networkAcls: must be for tiers of the VPC (public, private), got "isolated"; leave it out',
    ],
    [
      { networkAcls: { public: { inboundPorts: [22] } } },
      "networkAcls.public.inboundPorts: must be other ports than SSH's, got 22; use Session Manager, which needs none",
    ],
    [
      { networkAcls: { public: { inboundPorts: [3389] } } },
      "networkAcls.public.inboundPorts: must be whole numbers 1..1023, got 3389; leave out those above, which are open for answers and guarded by the security groups",
    ],
    [
      { networkAcls: { public: { outboundPorts: [25, 25] } } },
      "networkAcls.public.outboundPorts: must be different ports, got 25, 25; name each once",
    ],
    [
      { networkAcls: { public: { inboundPorts: Array.from({ length: 17 }, (_, index) => 100 + index) } } },
      "networkAcls.public.inboundPorts: must be at most 16 ports, got 17; AWS's quota is 20 rules a direction; leave the rest to the security groups",
    ],
  ] satisfies [VpcProps, string][])("%j", (props, mistake) => {
    expect(mistakesOf(props)).toEqual([`test: network.${mistake}`]);
  });

  test("is said all at once", () => {
    const mistakes = mistakesOf({
      cidrBlock: "10.0.0.1/16",
      zones: 0,
      tiers: ["public"],
      nat: "single",
      interfaceEndpoints: ["ssm"],
    });
    expect(mistakes.map((text) => text.split(":")[1]!.trim())).toEqual([
      "network.cidrBlock",
      "network.zones",
      "network.nat",
      "network.interfaceEndpoints",
    ]);
  });
});

test("whatever is in a VPC, every security group and rule says what it is for, and no rule lets in the world", () => {
  const { template } = deployed({ interfaceEndpoints: ["ssm", "ssmmessages", "logs"], nat: "single" });
  const rules = [
    ...template.resources("aws_vpc_security_group_ingress_rule"),
    ...template.resources("aws_vpc_security_group_egress_rule"),
  ];
  expect(rules.length).toBeGreaterThan(0);
  for (const { attributes } of [...rules, ...template.resources("aws_security_group")]) {
    expect(attributes.description).toMatch(/^\S.+/);
    expect(attributes.cidr_ipv4 ?? "").not.toBe("0.0.0.0/0");
  }
});
