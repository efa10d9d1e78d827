import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Alarm, type AlarmProps } from "./alarm";
import { Dashboard } from "./dashboard";

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

  test("tells when it is over where that is asked for", () => {
    expect(alarmWith({ notifyWhenOver: true }).ok_actions).toHaveLength(1);
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
