import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { PrivateNetwork, type PrivateNetworkProps } from "./private-network";
import { SecurityGroup } from "./security-group";

const networkIn = (vpc: Partial<PrivateNetworkProps["vpc"]>) => {
  const stack = new TestStack();
  const network = new PrivateNetwork(stack, "network", {
    vpc: { privateSubnetIds: [], ...vpc },
    services: ["logs", "sqs"],
    reaches: { anywhere: "Whatever is needed", s3: "Layers" },
  });
  const group = new SecurityGroup(stack, "workers", { network: network.network, description: "Workers" });
  network.letOut(group);
  return Template.of(stack);
};
const outbound = (template: Template) =>
  template
    .resources("aws_vpc_security_group_egress_rule")
    .filter(({ address }) => address.includes("workers"))
    .map(({ attributes }) => [
      attributes.cidr_ipv4 ?? attributes.prefix_list_id,
      attributes.from_port,
      attributes.description,
    ]);

describe("a private network", () => {
  test("reaches the services that it is given, and S3, by endpoints and nothing else", () => {
    const template = networkIn({});
    for (const type of ["aws_internet_gateway", "aws_nat_gateway"]) expect(template.resourceCount(type)).toBe(0);
    const services = template
      .resources("aws_vpc_endpoint")
      .map(({ attributes }) => attributes.service_name.split(".").at(-1));
    expect(services.sort()).toEqual(["logs", "s3", "sqs"]);
    expect(outbound(template)).toEqual([
      [expect.stringMatching(/data\.aws_prefix_list\./), 443, "Layers"],
      ["10.0.0.0/16", 443, "APIs of AWS, by the interface endpoints"],
    ]);
  });

  test.each([
    ["nat-single", 1],
    ["nat-per-zone", 2],
  ] as const)("with %s reaches the internet on port 443 by %i NAT gateways", (egress, count) => {
    const template = networkIn({ egress });
    expect(template.resourceCount("aws_nat_gateway")).toBe(count);
    expect(outbound(template)).toEqual([["0.0.0.0/0", 443, "Whatever is needed"]]);
  });

  test("makes nothing where there is a VPC", () => {
    const template = networkIn({ id: "vpc-01234567", privateSubnetIds: ["subnet-01234567", "subnet-89abcdef"] });
    for (const type of ["aws_vpc", "aws_subnet", "aws_vpc_endpoint"]) expect(template.resourceCount(type)).toBe(0);
    expect(outbound(template)).toEqual([["0.0.0.0/0", 443, "Whatever is needed"]]);
  });
});
