import { BlueprintMistakes } from "../blueprint/mistakes";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { ExistingVpc, type ExistingVpcProps } from "./existing-vpc";
import { SecurityGroup } from "./security-group";

const VPC = "vpc-0123456789abcdef0";
const [A, B, C] = ["a", "b", "c"].map((letter) => `subnet-${letter.repeat(17)}`) as [string, string, string];

describe("an existing VPC", () => {
  const stack = new TestStack();
  const resourcesBefore = Template.of(stack).resources().length;
  const vpc = new ExistingVpc(stack, "vpc", { vpcId: VPC, publicSubnetIds: [A, B], privateSubnetIds: [C] });
  const template = Template.of(stack);

  test("is what its ids say, and nothing of it is made", () => {
    expect(vpc).toMatchObject({
      vpcId: VPC,
      publicSubnetIds: [A, B],
      privateSubnetIds: [C],
      isolatedSubnetIds: [],
      egress: [],
    });
    expect(template.resources()).toHaveLength(resourcesBefore);
  });

  test("tells its range of addresses", () => {
    expect(template.dataSources("aws_vpc")[0]!.attributes).toMatchObject({ id: VPC });
    new SecurityGroup(stack, "web", { network: vpc, description: "Web" }).allowFrom(
      { cidr: vpc.cidrBlock },
      443,
      "All",
    );
    const [{ name } = { name: "" }] = template.dataSources("aws_vpc");
    const rule = Template.of(stack).only("aws_vpc_security_group_ingress_rule");
    expect(rule.name).toMatch(/^web_from-vpc-443_/);
    expect(rule.attributes.cidr_ipv4).toBe(`\${data.aws_vpc.${name}.cidr_block}`);
  });

  test("is checked by the plan: without DNS, file systems and endpoints are not found", () => {
    const { postcondition } = template.dataSources("aws_vpc")[0]!.attributes.lifecycle;
    expect(postcondition).toEqual(
      ["enable_dns_support", "enable_dns_hostnames"].map((attribute) => ({
        condition: `\${(self.${attribute} == true)}`,
        error_message: expect.stringContaining(`must be a VPC with ${attribute}, got ${VPC} without`),
      })),
    );
  });

  test("is checked by the plan: its subnets are in it, those of a tier in zones of their own", () => {
    const [first, second, third] = [A, B, C].map((id) =>
      template.dataSources("aws_subnet").find(({ attributes }) => attributes.id === id),
    );
    const inVpc = (where: string, id: string) => ({
      condition: `\${(self.vpc_id == "${VPC}")}`,
      error_message: `test: vpc.${where}: must be a subnet of ${VPC}, got ${id}; correct one of the two`,
    });
    expect(first!.attributes.lifecycle.postcondition).toEqual([inVpc("publicSubnetIds[0]", A)]);
    expect(second!.attributes.lifecycle.postcondition).toEqual([
      inVpc("publicSubnetIds[1]", B),
      {
        condition: `\${!contains([${first!.address}.availability_zone], self.availability_zone)}`,
        error_message: `test: vpc.publicSubnetIds[1]: must be in another zone than those before it, got ${B}; name one subnet a zone`,
      },
    ]);
    expect(third!.attributes.lifecycle.postcondition).toEqual([inVpc("privateSubnetIds[0]", C)]);
  });
});

describe("what is wrong with an existing VPC", () => {
  const mistakesOf = (props: ExistingVpcProps) => {
    try {
      new ExistingVpc(new TestStack(), "network", props);
    } catch (error) {
      if (error instanceof BlueprintMistakes) return error.mistakes;
      throw error;
    }
    return [];
  };

  test.each([
    [
      { vpcId: "my-vpc", publicSubnetIds: [A] },
      'vpcId: must be a VPC\'s id, got "my-vpc"; copy it from the VPC console: vpc-0123456789abcdef0',
    ],
    [
      { vpcId: VPC, privateSubnetIds: [A, "subnet-1"] },
      'privateSubnetIds[1]: must be a subnet\'s id, got "subnet-1"; copy it from the VPC console: subnet-0123456789abcdef0',
    ],
    [
      { vpcId: VPC, publicSubnetIds: [A], isolatedSubnetIds: [A] },
      `subnet ids: must be different ones, got ${A} twice; name each once, in one tier`,
    ],
    [
      { vpcId: VPC },
      "subnet ids: must be at least one, got none; name publicSubnetIds, privateSubnetIds or isolatedSubnetIds",
    ],
  ])("%j", (props, mistake) => {
    expect(mistakesOf(props)).toEqual([`test: network.${mistake}`]);
  });

  test("is said all at once, and ids of the older, shorter form are right", () => {
    expect(mistakesOf({ vpcId: "vpc", publicSubnetIds: ["a", "b"] })).toHaveLength(3);
    expect(mistakesOf({ vpcId: "vpc-1a2b3c4d", publicSubnetIds: ["subnet-1a2b3c4d"] })).toEqual([]);
  });
});
