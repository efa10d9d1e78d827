import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { DEFAULT_PERIOD_SECONDS, type Metric } from "./metric";

/** A graph of metrics over time. CloudWatch draws at most 500 of them. */
export interface Graph {
  readonly title: string;
  readonly metrics: readonly (Metric & { readonly label?: string })[];
  /** Horizontal lines, such as a target. @default - none */
  readonly lines?: readonly { readonly label: string; readonly value: number }[];
}

// CloudWatch's grid has 24 columns: two graphs in a row.
const COLUMNS = 24;
const WIDTH = 12;
const HEIGHT = 6;

/** Graphs, two in a row, in the order given. */
export class Dashboard extends Construct {
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, graphs: readonly Graph[]) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const widgets = graphs.map((graph, index) => ({
      type: "metric",
      x: (index * WIDTH) % COLUMNS,
      y: Math.floor((index * WIDTH) / COLUMNS) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: {
        title: graph.title,
        region: stack.region,
        view: "timeSeries",
        stacked: false,
        metrics: graph.metrics.map((metric) => [
          metric.namespace,
          metric.name,
          ...Object.entries(metric.dimensions).flat(),
          {
            stat: metric.statistic,
            period: metric.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
            ...(metric.label && { label: metric.label }),
          },
        ]),
        ...(graph.lines && { annotations: { horizontal: graph.lines } }),
      },
    }));
    const dashboard = new CloudwatchDashboard(this, "dashboard", {
      dashboardName: stack.nameOf("dashboard", this),
      dashboardBody: JSON.stringify({ widgets }),
    });
    this.dashboardName = dashboard.dashboardName;
  }
}
