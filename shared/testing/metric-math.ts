import { type MathNode, type Operator, parseMath } from "./metric-math-parser";

/** A value a minute, the oldest first; undefined where the minute has none. */
export type Series = readonly (number | undefined)[];

/** How cases are read that the documentation leaves open. */
export interface MetricMathRules {
  /** A series without a point beside a number, such as `m1 * 5` or `m1 > 5`: no point, or taken for 0. */
  readonly besideNumber: "dropped" | "zero";
  /** `FILL(m1, 5)` of a series without any point in the range: still without any, or 5 throughout. */
  readonly fillOfNothing: "empty" | "filled";
  /**
   * `IF(m1 > 5, m2)` where the condition holds and m2 has no point. The documentation says 0, but only of a condition
   * that is a metric, and not of one that is a comparison.
   */
  readonly trueWithoutPoint: "dropped" | "zero";
}

/** Every way to read what is left open: what holds under all of them holds in CloudWatch. */
export const ALL_RULES: readonly MetricMathRules[] = (["dropped", "zero"] as const).flatMap((besideNumber) =>
  (["empty", "filled"] as const).flatMap((fillOfNothing) =>
    (["dropped", "zero"] as const).map((trueWithoutPoint) => ({ besideNumber, fillOfNothing, trueWithoutPoint })),
  ),
);

const DEFAULT_RULES: MetricMathRules = {
  besideNumber: "dropped",
  fillOfNothing: "empty",
  trueWithoutPoint: "zero",
};

type Value = number | Series;
/** What is evaluated, over which minutes, and how. */
interface Context {
  readonly expression: string;
  readonly seriesById: Readonly<Record<string, Series>>;
  readonly minutes: number;
  readonly rules: MetricMathRules;
}

/**
 * What CloudWatch's metric math makes of series of the same minutes: numbers, ids, + - * / ^, comparisons, AND, OR, IF
 * and FILL, as docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html has them. A missing value
 * counts as 0 beside a point of another series; where no series has a point there is none; what is divided by 0 is
 * dropped.
 *
 * @param rules how to read what the documentation leaves open. @default - no point comes from nothing
 * @throws Error when the expression is none, has another function, or works out to a single number, as CloudWatch does
 */
export function evaluate(
  expression: string,
  { seriesById }: { readonly seriesById: Readonly<Record<string, Series>> },
  rules: Partial<MetricMathRules> = {},
): (number | undefined)[] {
  const [minutes = 0, ...others] = Object.values(seriesById).map(({ length }) => length);
  if (others.some((length) => length !== minutes))
    throw new Error(`${expression}: all series must be of the same minutes`);
  const context = { expression, seriesById, minutes, rules: { ...DEFAULT_RULES, ...rules } };
  const value = work(parseMath(expression), context);
  if (typeof value === "number") throw new Error(`${expression} works out to a single number, and not to a series`);
  return [...value];
}

function work(node: MathNode, context: Context): Value {
  switch (node.kind) {
    case "number":
      return node.value;
    case "id": {
      const series = context.seriesById[node.id];
      if (!series) throw mistake(context, `there is no metric ${node.id}`);
      return series;
    }
    case "word":
      throw mistake(context, `${node.word} stands where it cannot`);
    case "negation": {
      const value = work(node.of, context);
      return typeof value === "number" ? 0 - value : value.map((one) => (one === undefined ? undefined : 0 - one));
    }
    case "operation":
      return operation(context, OPERATIONS[node.operator], work(node.left, context), work(node.right, context));
    case "call":
      return call(node.name, node.args, context);
  }
}

const OPERATIONS: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "<=": (left, right) => Number(left <= right),
  ">=": (left, right) => Number(left >= right),
  "<": (left, right) => Number(left < right),
  ">": (left, right) => Number(left > right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

function operation(
  { expression, minutes, rules }: Context,
  apply: (left: number, right: number) => number,
  left: Value,
  right: Value,
): Value {
  if (typeof left === "number" && typeof right === "number") {
    const result = apply(left, right);
    if (!Number.isFinite(result)) throw new Error(`${expression}: a number is divided by 0`);
    return result;
  }
  const besideNumber = typeof left === "number" || typeof right === "number";
  return eachMinute(minutes, (minute) => {
    const [a, b] = [at(left, minute), at(right, minute)];
    const isGap = besideNumber ? a === undefined || b === undefined : a === undefined && b === undefined;
    if (isGap && (!besideNumber || rules.besideNumber === "dropped")) return undefined;
    const result = apply(a ?? 0, b ?? 0);
    return Number.isFinite(result) ? result : undefined;
  });
}

function call(name: string, args: readonly MathNode[], context: Context): Value {
  const [first, second, third] = args;
  if (name === "FILL" && first && second && args.length === 2) return fill(first, second, context);
  if (name === "IF" && first && second && args.length <= 3) return choose(first, second, third, context);
  throw mistake(
    context,
    `${name} of ${args.length} is not known here: only FILL(series, filler) and IF(a, b[, c]) are`,
  );
}

function fill(node: MathNode, filler: MathNode, context: Context): Series {
  const series = work(node, context);
  if (typeof series === "number") throw mistake(context, "FILL fills a series, and not a number");
  if (filler.kind === "word" && filler.word === "REPEAT") return repeat(series);
  if (filler.kind === "word" && filler.word === "LINEAR") return interpolate(series);
  const other = work(filler, context);
  if (context.rules.fillOfNothing === "empty" && series.every((value) => value === undefined)) return series;
  return series.map((value, minute) => value ?? at(other, minute));
}

/** The minutes before the first point stay empty: the range has nothing to repeat. */
function repeat(series: Series): Series {
  let last: number | undefined;
  return series.map((value) => {
    last = value ?? last;
    return last;
  });
}

/** Between two points; before the first and after the last there is nothing to draw a line to. */
function interpolate(series: Series): Series {
  return series.map((value, minute) => {
    if (value !== undefined) return value;
    const before = series.findLastIndex((one, index) => index < minute && one !== undefined);
    const after = series.findIndex((one, index) => index > minute && one !== undefined);
    const [from, to] = [series[before], series[after]];
    if (from === undefined || to === undefined) return undefined;
    return from + ((to - from) * (minute - before)) / (after - before);
  });
}

/** The documentation has a table for each combination of series and numbers. */
function choose(ifNode: MathNode, thenNode: MathNode, elseNode: MathNode | undefined, context: Context): Series {
  const condition = work(ifNode, context);
  const then = work(thenNode, context);
  const otherwise = elseNode && work(elseNode, context);
  if ([condition, then, otherwise].every((value) => value === undefined || typeof value === "number"))
    throw mistake(context, "IF has to have a series");
  const isMetric = ifNode.kind !== "operation";
  return eachMinute(context.minutes, (minute) => {
    const holds = at(condition, minute);
    if (holds === undefined) return undefined;
    if (holds === 0) return otherwise === undefined ? undefined : at(otherwise, minute);
    const value = at(then, minute);
    if (value !== undefined || typeof condition === "number") return value;
    return isMetric || context.rules.trueWithoutPoint === "zero" ? 0 : undefined;
  });
}

function at(value: Value, minute: number): number | undefined {
  return typeof value === "number" ? value : value[minute];
}

function eachMinute(minutes: number, pointAt: (minute: number) => number | undefined): Series {
  return Array.from({ length: minutes }, (_, minute) => pointAt(minute));
}

function mistake({ expression }: Context, what: string): Error {
  return new Error(`The metric math expression ${expression}: ${what}`);
}
