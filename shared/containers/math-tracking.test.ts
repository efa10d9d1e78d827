import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import type { MathTrackingProps } from "./math-tracking";
import { serviceIn } from "./service.fixture";
import { ServiceScaling } from "./service-scaling";

const visible = {
  namespace: "AWS/SQS",
  name: "Visible",
  statistic: "Average",
  dimensions: { QueueName: "q" },
} as const;
const running = {
  namespace: "ECS/ContainerInsights",
  name: "RunningTaskCount",
  statistic: "Maximum",
  dimensions: { ClusterName: "c", ServiceName: "s" },
  periodSeconds: 60,
} as const;

function track(props: Partial<MathTrackingProps> = {}, stack = new TestStack()) {
  const scaling = new ServiceScaling(stack, "scaling", { service: serviceIn(stack), minTasks: 0, maxTasks: 10 });
  return scaling.trackMath("backlog", {
    metric: { expression: "visible / running", metrics: { visible, running }, label: "backlog" },
    target: 12.5,
    scaleOutCooldownSeconds: 240,
    scaleInCooldownSeconds: 0,
    ...props,
  });
}

function policyOf(props: Partial<MathTrackingProps> = {}) {
  const stack = new TestStack();
  track(props, stack);
  return Template.of(stack).only("aws_appautoscaling_policy").attributes;
}

describe("target tracking of what is worked out from metrics", () => {
  test("keeps one expression at its target, of metrics that are not tracked themselves", () => {
    expect(policyOf()).toMatchObject({
      name: "test-scaling-backlog",
      policy_type: "TargetTrackingScaling",
      target_tracking_scaling_policy_configuration: {
        target_value: 12.5,
        scale_out_cooldown: 240,
        scale_in_cooldown: 0,
        customized_metric_specification: {
          metrics: [
            { id: "result", expression: "visible / running", label: "backlog", return_data: true },
            {
              id: "visible",
              metric_stat: {
                metric: {
                  namespace: "AWS/SQS",
                  metric_name: "Visible",
                  dimensions: [{ name: "QueueName", value: "q" }],
                },
                stat: "Average",
              },
              return_data: false,
            },
            {
              id: "running",
              metric_stat: {
                metric: {
                  namespace: "ECS/ContainerInsights",
                  metric_name: "RunningTaskCount",
                  dimensions: [
                    { name: "ClusterName", value: "c" },
                    { name: "ServiceName", value: "s" },
                  ],
                },
                stat: "Maximum",
              },
              return_data: false,
            },
          ],
        },
      },
    });
  });

  test("belongs to the service's scalable target, and is made after it", () => {
    const stack = new TestStack();
    track({}, stack);
    const template = Template.of(stack);
    const target = template.only("aws_appautoscaling_target").address;
    const { attributes } = template.only("aws_appautoscaling_policy");
    for (const name of ["service_namespace", "scalable_dimension", "resource_id"]) {
      expect(refersTo(attributes[name], target)).toBe(true);
    }
  });

  test("keeps its target, unless somebody else moves it", () => {
    expect(policyOf()).not.toHaveProperty("lifecycle");
    expect(policyOf({ targetOwner: "the target function" }).lifecycle).toEqual({
      ignore_changes: ["target_tracking_scaling_policy_configuration[0].target_value"],
    });
  });

  test("has a name that is known before it is made", () => {
    expect(track().policyName).toBe("test-scaling-backlog");
  });

  test("tells what Application Auto Scaling would refuse, all at once", () => {
    const metrics = { result: visible, running: { ...running, periodSeconds: 300 } };
    expect(() =>
      track({
        metric: { expression: " ", metrics },
        target: 0,
        scaleOutCooldownSeconds: -1,
        scaleInCooldownSeconds: 0.5,
      }),
    ).toThrow(
      [
        'test: scaling.backlog.metric.expression: must be a metric math expression, got " "; write one such as work / servers',
        'test: scaling.backlog.metric.metrics: must be named otherwise than result, which is the expression itself, got ["result","running"]; rename it',
        'test: scaling.backlog.metric.metrics: must be of 60 seconds each: Application Auto Scaling knows no other period, got {"running":300}; leave the period out',
        "test: scaling.backlog.target: must be more than 0, got 0; take what one task can have waiting",
        "test: scaling.backlog.scaleOutCooldownSeconds: must be a whole number of 0 or more, got -1; take 300, AWS's own default for ECS",
        "test: scaling.backlog.scaleInCooldownSeconds: must be a whole number of 0 or more, got 0.5; take 300, AWS's own default for ECS",
      ].join("\n"),
    );
    expect(() => track({ metric: { expression: "visible", metrics: { visible }, periodSeconds: 10 } })).toThrow(
      'got {"visible":10}',
    );
  });
});
