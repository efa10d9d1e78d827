import { mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Alarm, type AlarmProps } from "./alarm";
import { Dashboard } from "./dashboard";
import type { MathMetric } from "./metric";

const metric = { namespace: "Mine", name: "Depth", statistic: "Maximum", dimensions: { Queue: "jobs" } } as const;
const alarmWith = (props: Partial<AlarmProps>) => {
  const stack = new TestStack();
  new Alarm(stack, "deep", {
    description: "Too deep.",
    metric,
    threshold: { atLeast: 5 },
    treatMissingData: "notBreaching",
    topic: stack.alarmTopic,
    ...props,
  });
  return Template.of(stack).only("aws_cloudwatch_metric_alarm").attributes;
};

describe("an alarm", () => {
  test("looks at one minute by default, and notifies when it goes off", () => {
    const attributes = alarmWith({});
    expect(attributes).toMatchObject({
      alarm_name: "test-deep",
      alarm_description: "Too deep.",
      namespace: "Mine",
      metric_name: "Depth",
      dimensions: { Queue: "jobs" },
      statistic: "Maximum",
      period: 60,
      evaluation_periods: 1,
      treat_missing_data: "notBreaching",
    });
    expect(attributes.alarm_actions).toEqual([expect.stringMatching(/^\$\{aws_sns_topic\./)]);
    expect(attributes.ok_actions).toBeUndefined();
  });

  test.each([
    [{ atLeast: 5 }, "GreaterThanOrEqualToThreshold"],
    [{ above: 5 }, "GreaterThanThreshold"],
    [{ atMost: 5 }, "LessThanOrEqualToThreshold"],
    [{ below: 5 }, "LessThanThreshold"],
  ])("%j is %s", (threshold, comparison_operator) => {
    expect(alarmWith({ threshold })).toMatchObject({ threshold: 5, comparison_operator });
  });

  test("notifies nobody where it is there for its actions", () => {
    const attributes = alarmWith({ topic: undefined, actions: ["arn:policy"], notifyWhenOver: true });
    expect(attributes.alarm_actions).toEqual(["arn:policy"]);
    expect(attributes.ok_actions).toEqual([]);
  });

  test("tells when it is over where that is asked for", () => {
    expect(alarmWith({ notifyWhenOver: true }).ok_actions).toHaveLength(1);
  });
});

describe("an alarm on what is worked out from metrics", () => {
  const servers = { ...metric, name: "Servers", statistic: "Average", dimensions: {}, periodSeconds: 300 } as const;
  const math: MathMetric = {
    expression: "depth / servers",
    label: "Depth a server",
    metrics: { depth: metric, servers },
  };

  test("compares the expression alone with its threshold", () => {
    const attributes = alarmWith({ metric: math, threshold: { above: 3 } });
    expect(attributes).toMatchObject({ threshold: 3, comparison_operator: "GreaterThanThreshold" });
    expect(attributes.metric_query).toEqual([
      { id: "result", expression: "depth / servers", label: "Depth a server", return_data: true },
      {
        id: "depth",
        metric: { namespace: "Mine", metric_name: "Depth", dimensions: { Queue: "jobs" }, stat: "Maximum", period: 60 },
        return_data: false,
      },
      {
        id: "servers",
        metric: { namespace: "Mine", metric_name: "Servers", dimensions: {}, stat: "Average", period: 300 },
        return_data: false,
      },
    ]);
    for (const single of ["metric_name", "namespace", "period", "statistic", "dimensions"]) {
      expect(attributes).not.toHaveProperty(single);
    }
  });

  test("may have a period for all of them", () => {
    const { metric_query } = alarmWith({ metric: { ...math, periodSeconds: 120 } });
    expect(metric_query.slice(1).map((query: { metric: { period: number } }) => query.metric.period)).toEqual([
      120, 120,
    ]);
  });

  test("does more than notify where that is asked for, such as scale", () => {
    const policy = "arn:aws:autoscaling:eu-central-1:111122223333:scalingPolicy:1:autoScalingGroupName/a:policyName/b";
    const { alarm_actions } = alarmWith({ metric: math, actions: [policy] });
    expect(alarm_actions).toEqual([policy, expect.stringMatching(/^\$\{aws_sns_topic\./)]);
  });

  test("tells what CloudWatch would refuse, all at once", () => {
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`m${n}`, metric]));
    expect(mistakesOf(() => alarmWith({ metric: { expression: " ", metrics: {} } }))).toEqual([
      'test: deep.metric.expression: must be a metric math expression, got " "; write one such as work / servers',
      "test: deep.metric.metrics: must be 1..10 metrics, got 0; take one with fewer dimensions for several of them",
    ]);
    expect(alarmWith({ metric: { expression: "SUM(METRICS())", metrics: many } }).metric_query).toHaveLength(11);
    const wrong = { ...many, Depth: metric, result: metric };
    expect(mistakesOf(() => alarmWith({ metric: { expression: "Depth", metrics: wrong } }))).toEqual([
      expect.stringContaining("must be 1..10 metrics, got 12"),
      expect.stringContaining("must be named by a lower-case letter, then letters, digits and underscores"),
      expect.stringContaining("must be named otherwise than result"),
    ]);
  });
});

test("a dashboard puts its graphs two in a row, with metrics, statistic, period and lines", () => {
  const stack = new TestStack();
  const graph = { title: "Depth", metrics: [{ ...metric, label: "jobs" }] };
  new Dashboard(stack, "dashboard", [graph, { ...graph, lines: [{ label: "target", value: 7 }] }, graph]);
  const { attributes } = Template.of(stack).only("aws_cloudwatch_dashboard");
  const { widgets } = JSON.parse(attributes.dashboard_body);
  expect(widgets.map(({ x, y }: { x: number; y: number }) => [x, y])).toEqual([
    [0, 0],
    [12, 0],
    [0, 6],
  ]);
  expect(widgets[1].properties).toMatchObject({
    title: "Depth",
    metrics: [["Mine", "Depth", "Queue", "jobs", { stat: "Maximum", period: 60, label: "jobs" }]],
    annotations: { horizontal: [{ label: "target", value: 7 }] },
  });
});
