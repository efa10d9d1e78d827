import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { ApplicationSettings, type ApplicationSettingsProps } from "./application-settings";
import { InstanceRole } from "./instance-role";

const make = (props: Partial<ApplicationSettingsProps>, stack = new TestStack()) =>
  new ApplicationSettings(stack, "settings", { path: "orders", values: { PORT: "9000" }, ...props });

describe("an application's settings", () => {
  test("are parameters in the clear, free of charge, below a path of their own", () => {
    const stack = new TestStack();
    const settings = make({ values: { PORT: "9000", _MARKET: "x" } }, stack);
    expect(settings.path).toBe("/test/orders/");
    expect(settings.parameters).toHaveLength(2);
    const template = Template.of(stack);
    expect(template.resourceCount("aws_ssm_parameter")).toBe(2);
    template.find("aws_ssm_parameter", { name: "/test/orders/_MARKET", insecure_value: "x" });
    expect(template.find("aws_ssm_parameter", { name: "/test/orders/PORT" }).attributes).toEqual({
      name: "/test/orders/PORT",
      description: "Setting PORT of test's orders",
      type: "String",
      tier: "Standard",
      insecure_value: "9000",
    });
  });

  test("may be references, which nobody knows before the deployment", () => {
    const stack = new TestStack();
    const { cidrBlock } = new DataAwsVpc(stack, "vpc", { id: "vpc-1" });
    make({ values: { RANGE: cidrBlock } }, stack);
    expect(Template.of(stack).only("aws_ssm_parameter").attributes.insecure_value).toBe(
      "${data.aws_vpc.vpc.cidr_block}",
    );
  });

  test("can be waited for", () => {
    const stack = new TestStack();
    const { parameters } = make({}, stack);
    // Resolved where it is used: as the `depends_on` of something that reads them.
    new SnsTopic(stack, "reader", { dependsOn: parameters });
    const template = Template.of(stack);
    expect(template.find("aws_sns_topic", { depends_on: [/^aws_ssm_parameter\./] }).name).toBe("reader");
  });

  test("are read as a whole path, asked for with a slash at its end or without", () => {
    const stack = new TestStack();
    const role = new InstanceRole(stack, "server");
    make({ path: "a/b" }, stack).grantRead(role);
    const template = Template.of(stack);
    expect(template.policyStatements(template.only("aws_iam_role").address).at(-1)).toEqual({
      Effect: "Allow",
      Action: ["ssm:GetParametersByPath"],
      Resource: [
        expect.stringMatching(/^arn:.*:ssm:.*:parameter\/test\/a\/b$/),
        expect.stringMatching(/^arn:.*:ssm:.*:parameter\/test\/a\/b\/\*$/),
      ],
    });
  });
});

describe("what Parameter Store or a shell would refuse", () => {
  test.each(["", "/orders", "orders/", "a//b", "a b", "x".repeat(201), Array(14).fill("a").join("/")])(
    "the path %p",
    (path) => {
      expect(mistakesOf(() => make({ path }))).toEqual([
        `test: settings.path: must be 1..13 names of letters, digits and _.- with slashes between, 200 characters at most, got "${path}"; name it after whose settings they are, such as orders`,
      ]);
    },
  );

  test.each(["port", "1ST", "A-B", "A B", ""])("the name %p", (name) => {
    expect(mistakesOf(() => make({ values: { [name]: "x" } }))).toEqual([
      expect.stringContaining(
        `must be named in capitals, digits and underscores, and not begin with a digit, got "${name}"`,
      ),
    ]);
  });

  test("an empty value, one that is too long in bytes, and one that refers to another", () => {
    expect(make({ values: { A: "ü".repeat(2048) } }).parameters).toHaveLength(1);
    expect(mistakesOf(() => make({ values: { A: "", B: "ü".repeat(2049), C: "{{ssm:x}}" } }))).toEqual([
      "test: settings.values.A: must be 1..4096 bytes, got 0; leave it out",
      "test: settings.values.B: must be 1..4096 bytes, got 4098; put it into a file or an object, and name that",
      expect.stringContaining("settings.values.C: must be without {{"),
    ]);
  });

  test.each(["aws-servers", "ssmall"])("any in the stack %s", (stackName) => {
    expect(mistakesOf(() => make({}, new TestStack({}, stackName)))).toEqual([
      expect.stringContaining(`must be below a stack whose name does not begin with aws or ssm`),
    ]);
  });
});
