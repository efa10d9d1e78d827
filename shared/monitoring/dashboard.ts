import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck } from "../blueprint/checked-props";
import { DEFAULT_PERIOD_SECONDS, isMath, type MathMetric, type Metric, mathRules, variablesOf } from "./metric";

/** A graph of metrics over time. CloudWatch draws at most 500 of them. */
export interface Graph {
  readonly title: string;
  /** Metrics, and what is worked out from metrics: of these, ids are the graph's, and each is there once. */
  readonly metrics: readonly ((Metric & { readonly label?: string }) | MathMetric)[];
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

  /** @throws BlueprintMistakes on an expression that CloudWatch would refuse, or an id that a graph has twice */
  constructor(scope: Construct, id: string, graphs: readonly Graph[]) {
    super(scope, id);
    checkProps(
      this,
      graphs.flatMap((graph) => mathRulesOf(graph)),
    );
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
        metrics: graph.metrics.flatMap((metric) => (isMath(metric) ? math(metric) : [line(metric)])),
        ...(graph.lines && { annotations: { horizontal: graph.lines } }),
      },
    }));
    const dashboard = new CloudwatchDashboard(this, "dashboard", {
      dashboardName: stack.globalNameOf("dashboard", this),
      dashboardBody: JSON.stringify({ widgets }),
    });
    this.dashboardName = dashboard.dashboardName;
  }
}

function line(metric: Metric & { readonly label?: string }, more: object = {}): unknown[] {
  return [
    metric.namespace,
    metric.name,
    ...Object.entries(metric.dimensions).flat(),
    {
      stat: metric.statistic,
      period: metric.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
      ...(metric.label && { label: metric.label }),
      ...more,
    },
  ];
}

/** The expression, and the metrics that it is worked out from, which are not drawn. */
function math(metric: MathMetric): unknown[][] {
  const { expression, label } = metric;
  return [
    [{ expression, ...(label && { label }) }],
    ...variablesOf(metric).map((variable) => line(variable, { id: variable.id, visible: false })),
  ];
}

function mathRulesOf({ title, metrics }: Graph): PropCheck[] {
  const expressions = metrics.filter(isMath);
  const ids = expressions.flatMap((metric) => Object.keys(metric.metrics));
  return [
    ...expressions.flatMap((metric) => mathRules(`"${title}"`, metric)),
    {
      prop: `"${title}".metrics`,
      holds: new Set(ids).size === ids.length,
      allowed: "named differently over all expressions of the graph",
      given: ids,
      mend: "rename one of two",
    },
  ];
}
