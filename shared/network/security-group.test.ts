import { DataAwsEc2ManagedPrefixList } from "@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import type { Network } from "./network";
import { SecurityGroup } from "./security-group";

const groupIn = (stack: TestStack, id = "web", within: Network = network) =>
  new SecurityGroup(stack, id, { network: within, description: `What ${id} is for` });
const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";
/** Addresses without the hash that ends them. */
const names = (stack: TestStack, type: string) =>
  Template.of(stack)
    .resources(type)
    .map(({ name }) => name.replace(/_[0-9A-F]{8}$/, ""));

describe("a security group", () => {
  test("lets nothing in or out by itself, and says what it is for", () => {
    const stack = new TestStack();
    groupIn(stack);
    const template = Template.of(stack);
    const { attributes } = template.only("aws_security_group");
    expect(attributes).toEqual({
      name: "test-web",
      description: "What web is for",
      vpc_id: "vpc-1",
      tags: { Name: "test-web" },
    });
    expect([template.resources(INGRESS), template.resources(EGRESS)]).toEqual([[], []]);
  });

  test("lets another group in by a rule at both ends, each described", () => {
    const stack = new TestStack();
    const [web, database] = [groupIn(stack), groupIn(stack, "database")];
    const rules = database.allowFrom(web, 5432, "Queries");
    const template = Template.of(stack);
    expect(template.only(INGRESS).attributes).toEqual({
      security_group_id: "${aws_security_group.database_group_F0DF48EF.id}",
      referenced_security_group_id: "${aws_security_group.web_group_B200170D.id}",
      ip_protocol: "tcp",
      from_port: 5432,
      to_port: 5432,
      description: "Queries",
    });
    expect(template.only(EGRESS).attributes).toEqual({
      ...template.only(INGRESS).attributes,
      security_group_id: "${aws_security_group.web_group_B200170D.id}",
      referenced_security_group_id: "${aws_security_group.database_group_F0DF48EF.id}",
    });
    expect(rules).toHaveLength(2);
    expect([...names(stack, INGRESS), ...names(stack, EGRESS)]).toEqual([
      "database_from-web-5432",
      "web_to-database-5432",
    ]);
  });

  test("lets its own members talk to each other, both ways", () => {
    const stack = new TestStack();
    const cluster = groupIn(stack, "cluster");
    cluster.allowFrom(cluster, { from: 7800, to: 7801 }, "Members");
    expect([...names(stack, INGRESS), ...names(stack, EGRESS)]).toEqual([
      "cluster_from-itself-7800-7801",
      "cluster_to-itself-7800-7801",
    ]);
  });

  test("lets in, and out to, ranges of addresses and prefix lists, at this end only", () => {
    const stack = new TestStack();
    const web = groupIn(stack);
    web.allowFrom({ cidr: "203.0.113.0/24" }, { from: 8080, to: 8081 }, "The office");
    web.allowFrom({ cidr: "2001:db8::/32" }, 443, "The office, by IPv6");
    web.allowTo({ prefixListId: "pl-0123456789abcdef0" }, 443, "S3");
    const template = Template.of(stack);
    template.find(INGRESS, { cidr_ipv4: "203.0.113.0/24", cidr_ipv6: undefined, from_port: 8080, to_port: 8081 });
    template.find(INGRESS, { cidr_ipv6: "2001:db8::/32", cidr_ipv4: undefined, from_port: 443 });
    template.find(EGRESS, { prefix_list_id: "pl-0123456789abcdef0", description: "S3" });
    expect(template.resources(INGRESS)).toHaveLength(2);
    expect(template.resources(EGRESS)).toHaveLength(1);
  });
});

describe("a rule's address in the state", () => {
  test("is another one for another peer or port", () => {
    const stack = new TestStack();
    const web = groupIn(stack);
    const ranges = ["0.0.0.0/0", "::/0", "2001:db8::1/128", "2001:db8:1::/128", "10.1.0.0/16", "10.0.0.0/16"];
    for (const cidr of ranges) web.allowFrom({ cidr }, 443, "Any");
    for (const prefixListId of ["pl-11111111", "pl-22222222"]) web.allowFrom({ prefixListId }, 443, "Any");
    web.allowFrom({ cidr: "0.0.0.0/0" }, { from: 443, to: 444 }, "Any");
    const ids = names(stack, INGRESS);
    expect(new Set(ids).size).toBe(ranges.length + 3);
    expect(ids).toEqual(
      expect.arrayContaining([
        "web_from-0-0-0-0-0-443",
        "web_from-prefix-list-pl-11111111-443",
        "web_from-0-0-0-0-0-443-444",
        "web_from-vpc-443",
      ]),
    );
  });

  test("is the same whatever was made before it, where the range or list is a reference", () => {
    const idsAfter = (others: number) => {
      const stack = new TestStack();
      // Each takes the number of a token, which must not show.
      for (let index = 0; index < others; index++) new DataAwsVpc(stack, `other-${index}`, { id: "vpc-2" }).cidrBlock;
      const existing = new DataAwsVpc(stack, "existing", { id: "vpc-1" });
      const peer = new DataAwsVpc(stack, "peer", { id: "vpc-3" });
      const list = new DataAwsEc2ManagedPrefixList(stack, "cloudfront", { name: "com.amazonaws.global.cloudfront" });
      const web = groupIn(stack, "web", { ...network, cidrBlock: existing.cidrBlock });
      web.allowFrom({ cidr: existing.cidrBlock }, 443, "Any");
      web.allowFrom({ cidr: peer.cidrBlock }, 443, "Any");
      web.allowFrom({ prefixListId: list.id }, 443, "Any");
      return names(stack, INGRESS);
    };
    expect(idsAfter(0)).toEqual([
      "web_from-data-aws-vpc-peer-cidr-block-443",
      "web_from-prefix-list-data-aws-ec2-managed-prefix-list-cloudfront-id-443",
      "web_from-vpc-443",
    ]);
    expect(idsAfter(5)).toEqual(idsAfter(0));
  });

  test("stands for one rule: the same one twice is an error, however its port is written", () => {
    const web = groupIn(new TestStack());
    web.allowFrom({ cidr: "0.0.0.0/0" }, 443, "The world");
    expect(() => web.allowFrom({ cidr: "0.0.0.0/0" }, { from: 443, to: 443 }, "The world again")).toThrow(
      "test/web: the rule from-0-0-0-0-0-443 is there already",
    );
  });
});

describe("what EC2 would refuse", () => {
  const stack = new TestStack();
  const web = groupIn(stack);
  const world = { cidr: "0.0.0.0/0" };

  test.each(["", "x".repeat(256), "Jenkins' web pages", "a > b", "für alle", "two\nlines"])(
    "the description %p of a group or rule",
    (description) => {
      const refusal = `EC2 refuses the description ${JSON.stringify(description)}`;
      const make = () => new SecurityGroup(new TestStack(), "other", { network, description });
      expect(make).toThrow(`test/other: ${refusal}`);
      expect(() => web.allowFrom(world, 443, description)).toThrow(`test/web: ${refusal}`);
      expect(() => web.allowTo(world, 443, description)).toThrow(`test/web: ${refusal}`);
    },
  );

  test("an ampersand in a rule's description, but not in a group's", () => {
    const description = "aZ0 ._-:/()#,@[]+=;{}!$*";
    new SecurityGroup(new TestStack(), "other", { network, description: `${description}&` });
    web.allowTo(world, 8443, description);
    expect(() => web.allowTo(world, 8444, `${description}&`)).toThrow("EC2 refuses the description");
  });

  test.each([-1, 65536, 1.5, { from: 90, to: 80 }])("the port %j", (port) => {
    expect(() => web.allowFrom(world, port, "Any")).toThrow(
      /^test\/web: a port must be 0..65535, and a range must ascend/,
    );
  });

  test("a range with host bits, or none at all", () => {
    expect(() => web.allowFrom({ cidr: "203.0.113.7/24" }, 443, "Any")).toThrow(
      'test: a range of addresses: must be a network address, which has no bit set after its length, got "203.0.113.7/24"; write 203.0.113.0/24',
    );
    for (const cidr of ["203.0.113.7", "203.0.113.0/33", "2001:db8::/129", "2001:db8::", "world", "::/0/0"]) {
      expect(() => web.allowFrom({ cidr }, 443, "Any")).toThrow(
        `test: a range of addresses: must be IPv4 or IPv6 with a length, got "${cidr}"; write it as 203.0.113.0/24 or 2001:db8::/32`,
      );
    }
  });
});
