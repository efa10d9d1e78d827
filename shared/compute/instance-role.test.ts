import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { InstanceRole } from "./instance-role";

describe("an instance role", () => {
  const roleWith = (use: (role: InstanceRole, stack: TestStack) => void = () => {}) => {
    const stack = new TestStack();
    const role = new InstanceRole(stack, "server");
    use(role, stack);
    return { stack, role, template: Template.of(stack) };
  };
  const statements = (template: Template) => template.policyStatements(template.only("aws_iam_role").address);

  test("is assumed by EC2, through a profile whose name carries the Region because names are the account's", () => {
    const { template } = roleWith((role, stack) =>
      stack.output("profile", "The profile", [role.profileName, role.profileArn]),
    );
    const { attributes } = template.only("aws_iam_role");
    expect(attributes.name).toBe("test-server-eu-central-1");
    expect(JSON.parse(attributes.assume_role_policy).Statement[0].Principal).toEqual({ Service: "ec2.amazonaws.com" });
    const profile = template.only("aws_iam_instance_profile");
    expect(profile.attributes).toMatchObject({ name: "test-server-eu-central-1", role: "test-server-eu-central-1" });
    expect(template.outputs().profile?.value).toEqual([`\${${profile.address}.name}`, `\${${profile.address}.arn}`]);
  });

  test("lets the machine be reached by Session Manager, and nothing else", () => {
    const { template, stack } = roleWith();
    expect(statements(template)).toMatchObject([
      {
        Action: ["ssm:UpdateInstanceInformation"],
        Resource: [expect.stringMatching(/^arn:.*:ec2:.*:instance\/\*$/)],
      },
      {
        Action: [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        Resource: ["*"],
      },
    ]);
    expect(stack.uncalledPermissions).toHaveLength(5);
  });

  test("may publish metrics in a namespace that it was granted, and no other", () => {
    const { template, stack } = roleWith((role) => role.grantPutMetrics("Mine", "An agent does."));
    expect(statements(template).at(-1)).toMatchObject({
      Action: ["cloudwatch:PutMetricData"],
      Condition: { StringEquals: { "cloudwatch:namespace": ["Mine"] } },
    });
    expect(stack.uncalledPermissions.at(-1)).toMatchObject({ reason: "An agent does." });
  });

  test("may write to the streams of a log group that it was granted", () => {
    const { template, stack } = roleWith((role, scope) =>
      role.grantWriteLogs(new CloudwatchLogGroup(scope, "log-group", { name: "x" }).arn),
    );
    expect(statements(template).at(-1)).toMatchObject({
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: ["${aws_cloudwatch_log_group.log-group.arn}:*"],
    });
    expect(stack.uncalledPermissions).toHaveLength(5);
  });

  test("is handed out only when all is granted, also what is granted last", () => {
    const { template } = roleWith((role) => {
      for (let index = 0; index < 100; index++)
        role.grant({ actions: ["sqs:SendMessage"], resources: [`arn:${"x".repeat(100)}${index}`] });
    });
    const { depends_on } = template.only("aws_iam_instance_profile").attributes;
    expect(depends_on.join()).toMatch(/^aws_iam_role_policy\.[^,]*,aws_iam_role_policy_attachment\.[^,]*$/);
  });
});
