import { Testing } from "cdktf";
import fc from "fast-check";
import type * as z from "zod";
import { ALL_RULES, evaluate, type Series } from "../../shared/testing/metric-math";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import SqsTargetTracking from "./stack";

type Given = z.input<typeof schema>;
const templateOf = (parameters: Given) =>
  Template.of(new SqsTargetTracking(Testing.app(), "work", schema.parse(parameters)));
const backlog = templateOf({});
const drain = templateOf({
  tracking: { mode: "drain-time" },
  worker: { expectedSeconds: 5, messagesAtOnce: 2 },
});

/** What the deployed target tracking policy evaluates. */
const trackedIn = (template: Template): string => {
  const policy = template.find("aws_appautoscaling_policy", { policy_type: "TargetTrackingScaling" }).attributes;
  const [specification] = [policy.target_tracking_scaling_policy_configuration.customized_metric_specification].flat();
  return specification.metrics.find((one: { return_data: boolean }) => one.return_data).expression;
};
/** What the alarm that starts the first tasks evaluates. */
const firstTasksIn = (template: Template): string => {
  const alarm = template.find("aws_cloudwatch_metric_alarm", { alarm_name: "work-tasks-first-tasks-needed" });
  return alarm.attributes.metric_query.find((one: { return_data: boolean }) => one.return_data).expression;
};

/** Evaluated under every reading of what CloudWatch's documentation leaves open: all have to agree. */
const agreed = (expression: string, seriesById: Record<string, Series>): (number | undefined)[] => {
  const [first, ...others] = ALL_RULES.map((rules) => evaluate(expression, { seriesById }, rules));
  for (const other of others) expect(other).toEqual(first);
  return first as (number | undefined)[];
};
const none = undefined;

describe("the backlog per task", () => {
  const of = (visible: Series, running: Series) => agreed(trackedIn(backlog), { visible, running });

  test("is the visible messages divided by the running tasks", () => {
    expect(of([100, 100, 90, 0], [1, 2, 3, 3])).toEqual([100, 50, 30, 0]);
  });

  test("is no data without tasks: target tracking does nothing, and the step policy starts the first", () => {
    expect(of([0, 500, 500], [0, 0, 5])).toEqual([none, none, 100]);
  });

  test("does not take a minute that is still on its way for one without messages, or without tasks", () => {
    expect(of([500, 500, none], [5, 5, 5])).toEqual([100, 100, 100]);
    expect(of([500, 500, 500], [5, 5, none])).toEqual([100, 100, 100]);
  });

  test("is no data where the tasks are not known at all: nobody scales on a guess", () => {
    expect(of([500, 500], [none, none])).toEqual([none, none]);
  });

  test("falls as tasks are added, as target tracking asks of a metric", () => {
    const counts = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), counts, counts, (messages, fewer, more) => {
        const [before = 0, after = 0] = of([messages, messages], [fewer, fewer + more]) as number[];
        expect(after).toBeLessThan(before);
        expect(before / after).toBeCloseTo((fewer + more) / fewer);
      }),
    );
  });
});

describe("the seconds to drain", () => {
  const of = (visible: Series, running: Series, seconds: Series) =>
    agreed(trackedIn(drain), { visible, running, seconds });

  test("are messages times seconds, divided by tasks times messages at once", () => {
    expect(of([100, 100], [1, 5], [4, 4])).toEqual([200, 40]);
  });

  test("do not take a minute that is still on its way for one without messages, tasks or time", () => {
    expect(of([100, none], [5, 5], [4, 4])).toEqual([40, 40]);
    expect(of([100, 100], [5, none], [4, 4])).toEqual([40, 40]);
    expect(of([100, 100, 100], [5, 5, 5], [4, none, none])).toEqual([40, 40, 40]);
  });

  test("are no data without tasks, or where nobody knows how long a message takes: never an empty queue", () => {
    expect(of([100, 100, 100], [0, none, 5], [4, 4, 4])).toEqual([none, none, 40]);
    expect(of([100, 100], [none, none], [4, 4])).toEqual([none, none]);
    expect(of([100, 100], [5, 5], [none, none])).toEqual([none, none]);
  });

  test("fall as tasks are added", () => {
    expect(of([900, 900, 900], [1, 3, 9], [2, 2, 2])).toEqual([900, 300, 100]);
  });
});

describe.each([
  ["backlog-per-task", backlog],
  ["drain-time", drain],
])("with %s", (_, template) => {
  type Minutes = Record<"visible" | "hidden" | "received" | "empty", Series>;
  const untouched = (minutes: Partial<Minutes>) => {
    const visible = minutes.visible ?? [5, 5];
    const zeros = visible.map(() => 0);
    return agreed(firstTasksIn(template), { visible, hidden: zeros, received: zeros, empty: zeros, ...minutes });
  };

  test("the first tasks are needed where messages wait, and nobody asks for any nor has any in hand", () => {
    expect(untouched({ visible: [5, 700] })).toEqual([5, 700]);
  });

  test("no first task is needed without messages", () => {
    expect(untouched({ visible: [0, 0] })).toEqual([0, 0]);
  });

  test.each(["hidden", "received", "empty"] as const)("nor where %s messages tell of a worker", (sign) => {
    for (const value of untouched({ [sign]: [1, 30] })) expect(value).toBeLessThanOrEqual(0);
  });

  test("whatever is missing, no expression makes more of the messages than there are", () => {
    const minutes = (most: number) =>
      fc.array(fc.option(fc.integer({ min: 0, max: most }), { nil: undefined }), { minLength: 5, maxLength: 5 });
    const all = fc.record({
      visible: minutes(10_000),
      running: minutes(50),
      seconds: minutes(100),
      hidden: minutes(50),
      received: minutes(50),
      empty: minutes(50),
    });
    fc.assert(
      fc.property(all, (seriesById) => {
        const most = Math.max(0, ...seriesById.visible.map((value) => value ?? 0));
        for (const rules of ALL_RULES) {
          for (const value of evaluate(firstTasksIn(template), { seriesById }, rules)) {
            expect(value ?? 0).toBeLessThanOrEqual(most);
          }
          for (const value of evaluate(trackedIn(template), { seriesById }, rules)) {
            expect(value ?? 0).toBeGreaterThanOrEqual(0);
            expect(value ?? 0).toBeLessThanOrEqual(most * 100);
          }
        }
      }),
    );
  });
});
