import { ServiceRole } from "../security/service-role";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { serviceIn } from "./service.fixture";
import { ServiceScaling } from "./service-scaling";

function scalingIn(stack: TestStack, minTasks: number, maxTasks: number): ServiceScaling {
  return new ServiceScaling(stack, "scaling", { service: serviceIn(stack), minTasks, maxTasks });
}

describe("a service's scaling", () => {
  const stack = new TestStack();
  const scaling = scalingIn(stack, 2, 10);
  const roles = ["mover", "deployer"].map(
    (id) => new ServiceRole(stack, id, { service: "lambda.amazonaws.com", description: id }),
  );
  scaling.grantSetTarget(roles[0]!);
  scaling.grantSetLimits(roles[1]!);
  const template = Template.of(stack);
  const { address, attributes } = template.only("aws_appautoscaling_target");
  const statementsOf = (id: string) =>
    template
      .policyStatements(template.find("aws_iam_role", { name: `test-${id}-eu-central-1` }).address)
      .map(({ Action, Resource }) => [Action, Resource]);

  test("is registered at zero tasks and suspended, because there is no image yet", () => {
    expect(attributes).toMatchObject({
      service_namespace: "ecs",
      scalable_dimension: "ecs:service:DesiredCount",
      resource_id: "service/test/test-workers",
      min_capacity: 0,
      max_capacity: 10,
      suspended_state: {
        dynamic_scaling_in_suspended: true,
        dynamic_scaling_out_suspended: true,
        scheduled_scaling_suspended: true,
      },
    });
  });

  test("leaves the fewest tasks and the suspension to whoever deploys, and keeps the most", () => {
    expect(attributes.lifecycle).toEqual({ ignore_changes: ["min_capacity", "suspended_state"] });
    expect([scaling.minTasks, scaling.maxTasks]).toEqual([2, 10]);
  });

  test("is registered once the service is there: its name alone says nothing to Terraform", () => {
    expect(attributes.depends_on).toEqual([template.only("aws_ecs_service").address]);
  });

  // As AWS checks it before it does anything: security_iam_permission_validation.html of its user guide.
  const validated = [
    [["ecs:DescribeServices", "ecs:UpdateService"], [expect.stringMatching(/:service\/test\/test-workers$/)]],
    [["cloudwatch:DescribeAlarms"], [expect.stringMatching(/:alarm:\*$/)]],
    [
      ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"],
      [
        expect.stringMatching(/:alarm:$/),
        expect.stringMatching(/:alarm:TargetTracking-service\/test\/test-workers-\*$/),
      ],
    ],
    [
      ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "ecs:DescribeServices", "ecs:UpdateService"],
      [expect.stringMatching(/:alarm:\*$/), expect.stringMatching(/:service\/\*$/)],
    ],
  ];

  test("lets nobody touch other alarms and services but by way of an AWS service", () => {
    const wide = template
      .policyStatements(template.find("aws_iam_role", { name: "test-mover-eu-central-1" }).address)
      .filter(({ Resource = [] }) => Resource.some((one) => one.endsWith("service/*")));
    expect(wide.map(({ Condition }) => Condition)).toEqual([{ Bool: { "aws:ViaAWSService": ["true"] } }]);
  });

  test("lets a role move its policies' target, with what Application Auto Scaling holds the caller to", () => {
    expect(statementsOf("mover")).toEqual([
      [["application-autoscaling:DescribeScalingPolicies"], ["*"]],
      [["application-autoscaling:PutScalingPolicy"], [`\${${address}.arn}`]],
      ...validated,
    ]);
  });

  test("lets a role set its limits, with what Application Auto Scaling holds the caller to", () => {
    expect(statementsOf("deployer")).toEqual([
      [["application-autoscaling:RegisterScalableTarget"], [`\${${address}.arn}`]],
      ...validated,
    ]);
  });
});

test("a service's scaling takes no limits that Application Auto Scaling would refuse", () => {
  expect(() => scalingIn(new TestStack(), 0, 1)).not.toThrow();
  expect(() => scalingIn(new TestStack(), 5000, 5000)).not.toThrow();
  expect(() => scalingIn(new TestStack(), 3, 2)).toThrow(
    "test: scaling.maxTasks: must be at least minTasks (3), got 2; raise it, or lower minTasks",
  );
  expect(() => scalingIn(new TestStack(), -1, 0)).toThrow(
    [
      "test: scaling.minTasks: must be a whole number of 0..5000, got -1; take 0 or more",
      "test: scaling.maxTasks: must be a whole number of 1..5000, got 0; take 1 or more",
    ].join("\n"),
  );
});
