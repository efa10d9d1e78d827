import { Testing } from "cdktf";
import type * as z from "zod";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import IdleAddresses from "./stack";

const templateOf = (parameters: z.input<typeof schema>) =>
  Template.of(new IdleAddresses(Testing.app(), "idle", schema.parse(parameters)));

test("the addresses are counted as often as the parameters say, and each count is looked at", () => {
  const template = templateOf({ checkEveryMinutes: 10 });
  expect(template.only("aws_scheduler_schedule").attributes.schedule_expression).toBe("rate(10 minutes)");
  template.find("aws_cloudwatch_metric_alarm", { metric_name: "IdleAddresses", period: 600, threshold: 0 });
});

test("the function may see addresses and publish its metric, and change nothing", () => {
  const actions = templateOf({})
    .policyStatements("idle-counter")
    .flatMap(({ Action }) => Action)
    .filter((action = "") => /^(ec2|cloudwatch):/.test(action));
  expect(actions).toEqual(["ec2:DescribeAddresses", "cloudwatch:PutMetricData"]);
});
