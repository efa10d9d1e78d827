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
    expect(name).toBe("test");
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

  test("draws lines where they are asked for", () => {
    const lines = [{ label: "target", value: 75 }];
    const { widgets } = widgetsOf({ title: "Utilisation", metrics: [requests], lines });
    expect(widgets[0].properties.annotations).toEqual({ horizontal: lines });
  });
});
