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
  const of = (visible: Series, running: Series, duration: Series) =>
    agreed(trackedIn(drain), { visible, running, duration });

  test("are messages times seconds, divided by tasks times messages at once", () => {
    expect(of([100, 100], [1, 5], [4, 4])).toEqual([200, 40]);
  });

  test("take the last known duration while none is measured", () => {
    expect(of([100, 100, 100], [5, 5, 5], [4, none, none])).toEqual([40, 40, 40]);
  });

  test("take the expected duration while none was ever measured, and never look like an empty queue", () => {
    expect(of([100, 100], [5, 5], [none, none])).toEqual([50, 50]);
    expect(of([100, 100], [5, 5], [none, 4])).toEqual([50, 40]);
  });

  test("are no data without tasks", () => {
    expect(of([100, 100, 100], [0, none, 5], [4, 4, 4])).toEqual([none, none, 40]);
    expect(of([100, 100], [none, none], [4, 4])).toEqual([none, none]);
  });

  test("do not take a minute that is still on its way for one without messages", () => {
    expect(of([100, none], [5, 5], [4, 4])).toEqual([40, 40]);
  });
});

describe.each([
  ["backlog-per-task", backlog],
  ["drain-time", drain],
])("with %s", (_, template) => {
  const waiting = (visible: Series, running: Series) =>
    agreed(firstTasksIn(template), { visible, running }).map((value) => (value ?? 0) > 0);

  test("the first tasks are needed where messages wait and no task runs, or none was ever counted", () => {
    expect(waiting([5, 5], [0, 0])).toEqual([true, true]);
    expect(waiting([5, 5], [none, none])).toEqual([true, true]);
    expect(agreed(firstTasksIn(template), { visible: [700, 700], running: [0, none] })).toEqual([700, 700]);
  });

  test("no first task is needed without messages, or while one runs, also where a minute is still on its way", () => {
    expect(waiting([0, 0, none], [0, 0, 0])).toEqual([false, false, false]);
    expect(waiting([5, 5, 5], [1, 3, none])).toEqual([false, false, false]);
    expect(waiting([none, none], [none, none])).toEqual([false, false]);
  });

  test("whatever is missing, no expression makes more of the backlog than there is", () => {
    const minutes = (most: number) =>
      fc.array(fc.option(fc.integer({ min: 0, max: most }), { nil: undefined }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(minutes(10_000), minutes(50), minutes(100), (visible, running, duration) => {
        const most = Math.max(0, ...visible.map((value) => value ?? 0));
        const longest = Math.max(5, ...duration.map((value) => value ?? 0));
        const seriesById = { visible, running, duration };
        for (const rules of ALL_RULES) {
          for (const value of evaluate(firstTasksIn(template), { seriesById }, rules)) {
            expect(value ?? 0).toBeLessThanOrEqual(most);
          }
          for (const value of evaluate(trackedIn(template), { seriesById }, rules)) {
            expect(value ?? 0).toBeGreaterThanOrEqual(0);
            expect(value ?? 0).toBeLessThanOrEqual(most * longest);
          }
        }
      }),
    );
  });
});
