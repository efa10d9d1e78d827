import { Testing } from "cdktf";
import * as fc from "fast-check";
import type * as z from "zod";
import { Boot } from "../../shared/testing/boot";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import { ARMED, accepted, decide, type RequestState, type ScaleOutRule } from "./runtime/publisher/scale-out-request";
import AsgCustomMetric from "./stack";

// What is deployed: policies, alarms, sizes and what servers get are read from the stack's JSON, so that neither the
// program nor the infrastructure can change without the other.
const templateOf = (parameters: z.input<typeof schema>) =>
  Template.of(new AsgCustomMetric(Testing.app(), "trading", schema.parse(parameters)));
const groupOf = (template: Template) =>
  template.find("aws_autoscaling_group", { name: "trading-orders-group" }).attributes;
const publisherOf = (template: Template) => {
  const [, userData] = Object.entries(template.json.locals ?? {}).find(([name]) => name.startsWith("orders")) ?? [];
  return JSON.parse(Boot.ofTemplate(userData as string).file("/etc/tcp-server/publisher.json"));
};

const MINUTE_MS = 60_000;

describe("the group grows by one for each server that fills up", () => {
  const template = templateOf({
    orders: { sizes: { min: 1, desired: 3, max: 12 }, scaleOut: { threshold: 50, hysteresis: 20, cooldownMinutes: 2 } },
  });
  const group = groupOf(template);
  const publisher = publisherOf(template) as ScaleOutRule & { policyName: string; groupName: string };
  const policy = template.find("aws_autoscaling_policy", { name: publisher.policyName }).attributes;

  /** What ExecutePolicy does with the policy and the sizes that are deployed. */
  const execute = (desired: number) => Math.min(group.max_size, desired + policy.scaling_adjustment);

  test("the policy that servers are told to execute is the group's, adds, and waits for no alarm", () => {
    expect(policy).toMatchObject({ policy_type: "SimpleScaling", adjustment_type: "ChangeInCapacity" });
    expect(policy.autoscaling_group_name).toMatch(/^\$\{aws_autoscaling_group\.orders_/);
    expect(publisher.groupName).toBe(group.name);
    const actions = template
      .resources("aws_cloudwatch_metric_alarm")
      .flatMap(({ attributes }) => attributes.alarm_actions as string[]);
    expect(actions.filter((arn) => arn.includes("aws_autoscaling_policy"))).toEqual([]);
  });

  test("servers are told the threshold, the hysteresis and the cooldown of the parameters", () => {
    expect(publisher).toMatchObject({ threshold: 50, rearmBelow: 30, cooldownSeconds: 120 });
    expect(publisherOf(templateOf({}))).toMatchObject({ threshold: 100, rearmBelow: 90, cooldownSeconds: 180 });
  });

  /** Each server's connections, minute by minute: long stretches full or nearly empty, as long-lived connections are. */
  const stretch = fc.record({
    full: fc.boolean(),
    minutes: fc.integer({ min: publisher.cooldownSeconds / 60 + 1, max: 12 }),
    by: fc.nat(29),
  });
  const history = fc
    .array(stretch, { minLength: 1, maxLength: 6 })
    .map((stretches) =>
      stretches.flatMap(({ full, minutes, by }) =>
        Array.from({ length: minutes }, () => (full ? publisher.threshold + by : publisher.rearmBelow - 1 - by)),
      ),
    );

  test("whatever the servers' connections do, it has as many servers more as there were breaches", () => {
    fc.assert(
      fc.property(fc.array(history, { minLength: 1, maxLength: 10 }), (histories) => {
        const states: RequestState[] = histories.map(() => ARMED);
        let desired: number = group.desired_capacity;
        const longest = Math.max(...histories.map(({ length }) => length));
        for (let minute = 0; minute < longest; minute++) {
          histories.forEach((connections, server) => {
            const measured = connections[minute];
            if (measured === undefined) return;
            const now = minute * MINUTE_MS;
            const { state, ask } = decide(states[server] as RequestState, { connections: measured, now }, publisher);
            states[server] = ask ? accepted(now) : state;
            if (ask) desired = execute(desired);
          });
        }
        const breaches = histories.map(
          (connections) =>
            connections.filter(
              (now, minute) => now >= publisher.threshold && !((connections[minute - 1] ?? 0) >= publisher.threshold),
            ).length,
        );
        const sum = breaches.reduce((one, other) => one + other, 0);
        expect(desired).toBe(Math.min(group.max_size, group.desired_capacity + sum));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the group grows with the work in its log", () => {
  const template = templateOf({
    orders: {
      scaleOut: {
        signal: "log",
        threshold: 600,
        cooldownMinutes: 4,
        logPattern: "[time, order, size]",
        logValue: "$size",
      },
    },
  });
  const alarm = template.find("aws_cloudwatch_metric_alarm", { alarm_name: "trading-orders-more-work" }).attributes;
  const policy = template.find("aws_autoscaling_policy", { policy_type: "StepScaling" }).attributes;
  const group = groupOf(template);

  test("which a metric filter counts by the pattern and value of the parameters, with zeros in between", () => {
    const [transformation] = [
      template.only("aws_cloudwatch_log_metric_filter").attributes.metric_transformation,
    ].flat();
    expect(template.only("aws_cloudwatch_log_metric_filter").attributes).toMatchObject({
      pattern: "[time, order, size]",
      log_group_name: "/trading-orders-server",
    });
    expect(transformation).toMatchObject({ value: "$size", default_value: "0", namespace: "AsgCustomMetric/trading" });
    const [, work] = alarm.metric_query;
    expect(work.metric).toMatchObject({
      metric_name: transformation.name,
      namespace: transformation.namespace,
      stat: "Sum",
      period: 60,
    });
  });

  test("and no server asks by its connections, which it publishes all the same", () => {
    expect(publisherOf(template)).toMatchObject({ policyName: null, metricName: "TcpConnectionNumberOnPort" });
  });

  /** An alarm's state, and what the policy makes of the group's size, as AWS documents step scaling. */
  const minuteByMinute = (workAMinute: readonly number[], launchMinutes: number) => {
    expect(alarm.metric_query[0].expression).toBe("work / servers");
    expect(alarm).toMatchObject({ comparison_operator: "GreaterThanThreshold", threshold: 600 });
    expect(policy.step_adjustment).toEqual([{ metric_interval_lower_bound: "0", scaling_adjustment: 1 }]);
    const warmMinutes = launchMinutes + policy.estimated_instance_warmup / 60;
    const launched: number[] = Array(group.desired_capacity).fill(Number.NEGATIVE_INFINITY);
    const breaching: boolean[] = [];
    return workAMinute.map((work, minute) => {
      const inService = launched.filter((at) => minute - at >= launchMinutes).length;
      breaching.push(work / inService > alarm.threshold);
      const isOn = breaching.slice(-alarm.evaluation_periods).filter(Boolean).length === alarm.evaluation_periods;
      // Current capacity: what is starting or warming up is not in it.
      const current = launched.filter((at) => minute - at >= warmMinutes).length;
      const wanted = current + policy.step_adjustment[0].scaling_adjustment;
      if (isOn && wanted > launched.length && launched.length < group.max_size) launched.push(minute);
      return { size: launched.length, isOn };
    });
  };

  test("by one at a time: no second server before the first takes its share, however long the alarm is on", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 5, maxLength: 120 }),
        fc.integer({ min: 1, max: 9 }),
        (work, launchMinutes) => {
          const sizes = minuteByMinute(work, launchMinutes).map(({ size }) => size);
          const growths = sizes.flatMap((size, minute) => (size > (sizes[minute - 1] ?? size) ? [minute] : []));
          growths.forEach((minute, index) => {
            const before = growths[index - 1];
            if (before !== undefined) expect(minute - before).toBeGreaterThanOrEqual(launchMinutes + 4);
          });
          expect(Math.max(...sizes)).toBeLessThanOrEqual(group.max_size);
        },
      ),
    );
  });

  test("as long as there is too much for each, and not at the threshold", () => {
    expect(minuteByMinute(Array(60).fill(2 * 600), 2).at(-1)?.size).toBe(2);
    expect(minuteByMinute(Array(60).fill(2 * 600 + 1), 2).at(-1)?.size).toBe(3);
    expect(minuteByMinute(Array(120).fill(9999), 2).at(-1)?.size).toBe(5);
  });

  test("the alarm executes the policy and notifies", () => {
    expect(alarm.alarm_actions).toEqual([
      expect.stringMatching(/^\$\{aws_autoscaling_policy\.orders_group_more-work/),
      expect.stringMatching(/^\$\{aws_sns_topic\./),
    ]);
  });
});
