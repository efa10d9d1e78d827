import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { ServiceRole } from "./service-role";

describe("a service's role", () => {
  const roleIn = (stack: TestStack, sourceArns?: string[]) =>
    new ServiceRole(stack, "worker", { service: "lambda.amazonaws.com", description: "Works.", sourceArns });

  test("is assumed by the one service, and carries the Region in its name because names are the account's", () => {
    const stack = new TestStack();
    roleIn(stack);
    const { attributes } = Template.of(stack).only("aws_iam_role");
    expect(attributes.name).toBe("test-worker-eu-central-1");
    expect(JSON.parse(attributes.assume_role_policy).Statement).toEqual([
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });

  test("a source's ARN narrows who the service may act for", () => {
    const stack = new TestStack();
    roleIn(stack, ["arn:of:source"]);
    const policy = JSON.parse(Template.of(stack).only("aws_iam_role").attributes.assume_role_policy);
    expect(policy.Statement[0].Condition).toEqual({
      StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.caller.account_id}" },
      ArnLike: { "aws:SourceArn": ["arn:of:source"] },
    });
  });

  test("grants of the same actions share a statement", () => {
    const stack = new TestStack();
    const role = roleIn(stack);
    role.grant({ actions: ["sqs:SendMessage"], resources: ["arn:a"] });
    role.grant({ actions: ["sns:Publish"], resources: ["arn:b"] });
    role.grant({ actions: ["sqs:SendMessage"], resources: ["arn:c"] });
    const { attributes } = Template.of(stack).only("aws_iam_role_policy");
    expect(JSON.parse(attributes.policy).Statement).toEqual([
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["arn:a", "arn:c"] },
      { Effect: "Allow", Action: ["sns:Publish"], Resource: ["arn:b"] },
    ]);
  });

  test("five hundred ARNs are granted one by one, in policies that each keep within IAM's quota", () => {
    const stack = new TestStack();
    const role = roleIn(stack);
    const arns = Array.from({ length: 500 }, (_, index) =>
      stack.arnOf("kinesis", `stream/a-stream-of-forty-characters-and-${index}`),
    );
    for (const arn of arns) role.grant({ actions: ["kinesis:DescribeStreamSummary"], resources: [arn] });
    const template = Template.of(stack);
    const resolved = (policy: string) =>
      policy
        .replaceAll("${data.aws_caller_identity.caller.account_id}", "123456789012")
        .replaceAll("${data.aws_partition.partition.partition}", "aws-us-gov")
        .replaceAll("${data.aws_region.region.id}", "ap-southeast-2");
    expect(resolved(template.only("aws_iam_role_policy").attributes.policy).length).toBeLessThanOrEqual(10_240);
    const managed = template.resources("aws_iam_policy");
    expect(managed.length).toBeGreaterThan(1);
    expect(managed.length).toBeLessThanOrEqual(10);
    for (const { attributes } of managed) expect(resolved(attributes.policy).length).toBeLessThanOrEqual(6144);
    expect(template.resourceCount("aws_iam_role_policy_attachment")).toBe(managed.length);
    const granted = template
      .policyStatements(template.only("aws_iam_role").address)
      .flatMap((statement) => statement.Resource);
    expect(granted.length).toBe(500);
    expect(new Set(granted).size).toBe(500);
  });

  test("more than IAM's quota of managed policies is an error that says what to do", () => {
    const role = roleIn(new TestStack());
    const grantAll = () => {
      for (let index = 0; index < 500; index++)
        role.grant({ actions: ["kinesis:DescribeStreamSummary"], resources: [`arn:${"x".repeat(150)}${index}`] });
    };
    expect(grantAll).toThrow(
      "test: the role test/worker would need more than 10 managed policies, which is IAM's quota; spread",
    );
  });

  test("what needs the role's permissions is made after all of them, also those granted later", () => {
    const stack = new TestStack();
    const role = roleIn(stack);
    role.grant({ actions: ["sqs:SendMessage"], resources: ["arn:a"] });
    role.grantBefore(new SnsTopic(stack, "dependent", { name: "dependent" }));
    for (let index = 0; index < 100; index++)
      role.grant({ actions: ["sqs:SendMessage"], resources: [`arn:${"x".repeat(100)}${index}`] });
    const dependsOn = Template.of(stack).find("aws_sns_topic", { name: "dependent" }).attributes.depends_on;
    expect(dependsOn).toHaveLength(2);
    expect(dependsOn.join()).toMatch(/^aws_iam_role_policy\..*,aws_iam_role_policy_attachment\./);
  });

  test("a permission that the code never calls is kept with its reason", () => {
    const stack = new TestStack();
    roleIn(stack).grant({ actions: ["logs:PutLogEvents"], resources: ["arn:a"], uncalled: "The service writes it." });
    expect(stack.uncalledPermissions).toEqual([
      { roleName: "test-worker-eu-central-1", action: "logs:PutLogEvents", reason: "The service writes it." },
    ]);
  });
});
