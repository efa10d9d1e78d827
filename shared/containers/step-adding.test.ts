import fc from "fast-check";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { serviceIn } from "./service.fixture";
import { ServiceScaling } from "./service-scaling";
import type { AddingStep } from "./step-adding";

function scalingIn(stack: TestStack): ServiceScaling {
  return new ServiceScaling(stack, "scaling", { service: serviceIn(stack), minTasks: 0, maxTasks: 10 });
}

describe("a policy that adds tasks in steps", () => {
  const shared = scalingIn(new TestStack());
  let made = 0;
  const add = (steps: readonly AddingStep[], cooldownSeconds = 60) =>
    shared.addSteps(`steps-${made++}`, { steps, cooldownSeconds });

  test("adds by how far the alarm's metric is above its threshold: each step up to the next, and the last without end", () => {
    const stack = new TestStack();
    scalingIn(stack).addSteps("first-tasks", {
      steps: [
        { from: 0, add: 1 },
        { from: 24.5, add: 2 },
        { from: 999_999, add: 4 },
      ],
      cooldownSeconds: 0,
    });
    expect(Template.of(stack).only("aws_appautoscaling_policy").attributes).toMatchObject({
      name: "test-scaling-first-tasks",
      policy_type: "StepScaling",
      step_scaling_policy_configuration: {
        adjustment_type: "ChangeInCapacity",
        metric_aggregation_type: "Maximum",
        cooldown: 0,
        step_adjustment: [
          { metric_interval_lower_bound: "0", metric_interval_upper_bound: "24.5", scaling_adjustment: 1 },
          { metric_interval_lower_bound: "24.5", metric_interval_upper_bound: "999999", scaling_adjustment: 2 },
          { metric_interval_lower_bound: "999999", scaling_adjustment: 4 },
        ],
      },
    });
  });

  test("leaves no number above the threshold without exactly one step", () => {
    const beginnings = fc.uniqueArray(fc.integer({ min: 1, max: 999_999 }), { maxLength: 19 });
    fc.assert(
      fc.property(beginnings, fc.integer({ min: 0, max: 2_000_000 }), (numbers, above) => {
        const stack = new TestStack();
        const steps = [0, ...numbers.sort((one, other) => one - other)].map((from, index) => ({
          from,
          add: index + 1,
        }));
        scalingIn(stack).addSteps("steps", { steps, cooldownSeconds: 0 });
        const { step_adjustment } = Template.of(stack).only("aws_appautoscaling_policy").attributes
          .step_scaling_policy_configuration as {
          step_adjustment: { metric_interval_lower_bound: string; metric_interval_upper_bound?: string }[];
        };
        const reached = step_adjustment.filter(
          ({ metric_interval_lower_bound: from, metric_interval_upper_bound: to }) =>
            above >= Number(from) && above < Number(to ?? Infinity),
        );
        expect(reached).toHaveLength(1);
      }),
      { numRuns: 25 },
    );
  });

  test("takes up to twenty steps", () => {
    const steps = (count: number) => Array.from({ length: count }, (_, from) => ({ from, add: 1 }));
    expect(() => add(steps(20))).not.toThrow();
    expect(() => add(steps(21))).toThrow("must be 1..20 steps, got 21; join neighbouring ones");
    expect(() => add([])).toThrow("must be 1..20 steps, got 0; give one");
  });

  test.each<[string, AddingStep[], number, string]>([
    [
      "begins above the threshold",
      [{ from: 1, add: 1 }],
      0,
      "steps[0].from: must be 0, which is the alarm's threshold",
    ],
    ["goes back", [0, 5, 5].map((from) => ({ from, add: 1 })), 0, "steps[2].from: must be more than that of the step"],
    ["is too high for the provider", [0, 1_000_000].map((from) => ({ from, add: 1 })), 0, "and at most 999999, got"],
    ["is no number", [0, Number.NaN].map((from) => ({ from, add: 1 })), 0, "steps[1].from: must be more than"],
    ["takes tasks away", [{ from: 0, add: -1 }], 0, "steps[0].add: must be a whole number of 1 or more, got -1"],
    ["adds half a task", [{ from: 0, add: 0.5 }], 0, "steps[0].add: must be a whole number of 1 or more, got 0.5"],
    ["has a negative cooldown", [{ from: 0, add: 1 }], -1, "cooldownSeconds: must be a whole number of 0 or more"],
  ])("tells of one that %s", (_, steps, cooldownSeconds, message) => {
    expect(() => add(steps, cooldownSeconds)).toThrow(BlueprintMistakes);
    expect(() => add(steps, cooldownSeconds)).toThrow(message);
  });
});
