import fc from "fast-check";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { SecurityGroup } from "../network/security-group";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { AutoScalingGroup } from "./auto-scaling-group";
import { InstanceRole } from "./instance-role";
import { LaunchTemplate } from "./launch-template";
import type { ScalingStep, StepScalingProps } from "./scaling-policy";
import { UserData } from "./user-data";

function groupIn(stack: TestStack): AutoScalingGroup {
  return new AutoScalingGroup(stack, "servers", {
    launchTemplate: new LaunchTemplate(stack, "template", {
      instanceType: "t4g.small",
      userData: new UserData(stack),
      role: new InstanceRole(stack, "server"),
      securityGroups: [new SecurityGroup(stack, "firewall", { network, description: "Machines" })],
    }),
    subnetIds: ["subnet-a", "subnet-b"],
    minSize: 1,
    maxSize: 4,
  });
}

const policyOf = (stack: TestStack) => Template.of(stack).only("aws_autoscaling_policy").attributes;

describe("a simple scaling policy", () => {
  const make = (props: { adjustment: number; cooldownSeconds: number }) => {
    const stack = new TestStack();
    groupIn(stack).addSimpleScaling("one-more", props);
    return policyOf(stack);
  };

  test("changes its group's capacity by a number of machines, and waits as long as it is told", () => {
    expect(make({ adjustment: 1, cooldownSeconds: 0 })).toEqual({
      name: "test-servers-one-more",
      autoscaling_group_name: expect.stringMatching(/^\$\{aws_autoscaling_group\..*\.name\}$/),
      policy_type: "SimpleScaling",
      adjustment_type: "ChangeInCapacity",
      scaling_adjustment: 1,
      cooldown: 0,
    });
    expect(make({ adjustment: -2, cooldownSeconds: 60 })).toMatchObject({ scaling_adjustment: -2, cooldown: 60 });
  });

  test("tells what is wrong with it, all at once", () => {
    expect(() => make({ adjustment: 0, cooldownSeconds: -1 })).toThrow(
      [
        "test: servers.one-more.adjustment: must be a whole number other than 0, got 0; say how many machines come, or go where it is negative",
        "test: servers.one-more.cooldownSeconds: must be a whole number of 0 or more, got -1; take 300, AWS's own default",
      ].join("\n"),
    );
  });
});

describe("a step scaling policy", () => {
  const stack = new TestStack();
  const group = groupIn(stack);
  let made = 0;
  const make = (steps: readonly ScalingStep[], props: Partial<StepScalingProps> = {}) =>
    group.addStepScaling(`policy-${made++}`, { steps, ...props });

  test("changes its group's capacity by how far the metric is from the threshold", () => {
    const own = new TestStack();
    groupIn(own).addStepScaling("more", {
      steps: [
        { from: 50, adjustment: 2 },
        { from: 0, to: 50, adjustment: 1 },
      ],
      warmupSeconds: 180,
      aggregation: "Maximum",
    });
    expect(policyOf(own)).toEqual({
      name: "test-servers-more",
      autoscaling_group_name: expect.stringMatching(/^\$\{aws_autoscaling_group\..*\.name\}$/),
      policy_type: "StepScaling",
      adjustment_type: "ChangeInCapacity",
      metric_aggregation_type: "Maximum",
      estimated_instance_warmup: 180,
      step_adjustment: [
        { metric_interval_lower_bound: "0", metric_interval_upper_bound: "50", scaling_adjustment: 1 },
        { metric_interval_lower_bound: "50", scaling_adjustment: 2 },
      ],
    });
  });

  test("averages, and leaves the warm-up to the group, unless it is told otherwise", () => {
    const own = new TestStack();
    groupIn(own).addStepScaling("less", { steps: [{ to: 0, adjustment: -1 }] });
    expect(policyOf(own)).toMatchObject({
      metric_aggregation_type: "Average",
      step_adjustment: [{ metric_interval_upper_bound: "0", scaling_adjustment: -1 }],
    });
    expect(policyOf(own)).not.toHaveProperty("estimated_instance_warmup");
  });

  /** Steps between ascending numbers, open at the ends that the API wants open. */
  const cuts = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 18 });
  const validSteps = cuts.map((numbers): ScalingStep[] => {
    const ascending = [...numbers].sort((one, other) => one - other);
    const between = ascending.slice(1).map((to, index) => ({ from: ascending[index], to, adjustment: index + 1 }));
    const [lowest = 0, highest = 0] = [ascending[0], ascending.at(-1)];
    return [
      ...(lowest < 0 ? [{ to: lowest, adjustment: -1 }] : []),
      ...between,
      ...(highest > 0 ? [{ from: highest, adjustment: 100 }] : []),
    ];
  });

  test("takes every list of steps that touch each other and are open where they have to be, in any order", () => {
    fc.assert(
      fc.property(validSteps, fc.infiniteStream(fc.nat()), (steps, random) => {
        const shuffled = steps
          .map((step) => ({ step, at: random.next().value as number }))
          .sort((one, other) => one.at - other.at)
          .map(({ step }) => step);
        expect(() => make(shuffled)).not.toThrow();
      }),
      { numRuns: 50 },
    );
  });

  test("refuses every such list with a gap, an overlap, or an end where it has to go on", () => {
    const damage = fc.constantFrom<(steps: ScalingStep[], at: number) => ScalingStep[]>(
      // A gap: one is missing between two others.
      (steps, at) => steps.filter((_, index) => index !== at),
      // An overlap.
      (steps, at) => steps.map((step, index) => (index === at ? { ...step, from: Number(step.from) - 0.5 } : step)),
      (steps, at) => [...steps, steps[at] as ScalingStep],
      // An end.
      (steps) => steps.map((step) => (step.from === undefined ? { ...step, from: -5000 } : step)),
      (steps) => steps.map((step) => (step.to === undefined ? { ...step, to: 5000 } : step)),
    );
    const open = validSteps.filter(
      (steps) => steps.length >= 3 && steps[0]?.from === undefined && steps.at(-1)?.to === undefined,
    );
    fc.assert(
      fc.property(open, fc.nat(), damage, (steps, position, hurt) => {
        const at = 1 + (position % (steps.length - 2));
        expect(() => make(hurt(steps, at))).toThrow(BlueprintMistakes);
      }),
      { numRuns: 50 },
    );
  });

  test("says which step is wrong, and how to mend it", () => {
    expect(() => make([{ from: 10, to: 5, adjustment: 0.5 }, { adjustment: 1 }])).toThrow(
      /steps\[0\]: must be from a lower to a higher number, of which one may be left out, got \{"from":10,"to":5,.*steps\[0\]\.adjustment: must be a whole number other than 0, got 0\.5.*steps\[1\]: must be/s,
    );
    expect(() => make([])).toThrow(/steps: must be 1\.\.20 steps, got 0; give one/);
    const many = Array.from({ length: 21 }, (_, from) => ({
      from,
      to: from === 20 ? undefined : from + 1,
      adjustment: 1,
    }));
    expect(() => make(many)).toThrow(/steps: must be 1\.\.20 steps, got 21; join neighbouring ones$/);
    expect(() => make([{ from: 0, to: 5, adjustment: 1 }])).toThrow(
      /steps: must be without an end where they go down from the threshold, and where they go up/,
    );
  });

  test.each([0, 3601])("refuses a warm-up of %i seconds", (warmupSeconds) => {
    expect(() => make([{ from: 0, adjustment: 1 }], { warmupSeconds })).toThrow(
      `warmupSeconds: must be a whole number of 1..3600, got ${warmupSeconds}`,
    );
  });
});
