import { mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Dashboard, type Graph } from "./dashboard";
import type { Metric } from "./metric";

const requests: Metric = { namespace: "Test", name: "Requests", statistic: "Sum", dimensions: { Service: "web" } };

function widgetsOf(...graphs: Graph[]) {
  const stack = new TestStack();
  new Dashboard(stack, "dashboard", graphs);
  const { attributes } = Template.of(stack).only("aws_cloudwatch_dashboard");
  return { name: attributes.dashboard_name, widgets: JSON.parse(attributes.dashboard_body).widgets };
}

describe("a dashboard", () => {
  test("has the stack's name and two graphs in a row, in the order given", () => {
    const graph = (title: string): Graph => ({ title, metrics: [requests] });
    const { name, widgets } = widgetsOf(graph("a"), graph("b"), graph("c"));
    expect(name).toBe("test-eu-central-1");
    expect(
      widgets.map(({ x, y, width, height, properties }: Record<string, never>) => [
        (properties as unknown as { title: string }).title,
        x,
        y,
        width,
        height,
      ]),
    ).toEqual([
      ["a", 0, 0, 12, 6],
      ["b", 12, 0, 12, 6],
      ["c", 0, 6, 12, 6],
    ]);
  });

  test("draws each metric with its dimensions, statistic, period and label, in the stack's Region", () => {
    const { widgets } = widgetsOf({
      title: "Requests",
      metrics: [
        { ...requests, label: "web" },
        { ...requests, dimensions: {}, periodSeconds: 300 },
      ],
    });
    expect(widgets[0].properties).toMatchObject({
      region: "${data.aws_region.region.id}",
      view: "timeSeries",
      metrics: [
        ["Test", "Requests", "Service", "web", { stat: "Sum", period: 60, label: "web" }],
        ["Test", "Requests", { stat: "Sum", period: 300 }],
      ],
    });
    expect(widgets[0].properties.annotations).toBeUndefined();
  });

  test("draws what is worked out from metrics, and not these", () => {
    const { widgets } = widgetsOf({
      title: "Requests a server",
      metrics: [
        requests,
        {
          expression: "all / servers",
          label: "a server",
          metrics: { all: requests, servers: { ...requests, dimensions: {} } },
        },
        { expression: "RATE(some)", periodSeconds: 300, metrics: { some: requests } },
      ],
    });
    expect(widgets[0].properties.metrics).toEqual([
      ["Test", "Requests", "Service", "web", { stat: "Sum", period: 60 }],
      [{ expression: "all / servers", label: "a server" }],
      ["Test", "Requests", "Service", "web", { stat: "Sum", period: 60, id: "all", visible: false }],
      ["Test", "Requests", { stat: "Sum", period: 60, id: "servers", visible: false }],
      [{ expression: "RATE(some)" }],
      ["Test", "Requests", "Service", "web", { stat: "Sum", period: 300, id: "some", visible: false }],
    ]);
  });

  test("refuses an expression that CloudWatch would, and two metrics of one id in a graph", () => {
    const twice = { expression: "all", metrics: { all: requests } };
    expect(mistakesOf(() => widgetsOf({ title: "Twice", metrics: [twice, { ...twice, expression: "" }] }))).toEqual([
      'test: dashboard."Twice".expression: must be a metric math expression, got ""; write one such as work / servers',
      'test: dashboard."Twice".metrics: must be named differently over all expressions of the graph, got ["all","all"]; rename one of two',
    ]);
    expect(widgetsOf({ title: "a", metrics: [twice] }, { title: "b", metrics: [twice] }).widgets).toHaveLength(2);
  });

  test("draws lines where they are asked for", () => {
    const lines = [{ label: "target", value: 75 }];
    const { widgets } = widgetsOf({ title: "Utilisation", metrics: [requests], lines });
    expect(widgets[0].properties.annotations).toEqual({ horizontal: lines });
  });
});
