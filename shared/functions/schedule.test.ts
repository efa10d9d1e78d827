import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { scratchFolder } from "../testing/scratch-folder";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { NodejsFunction } from "./nodejs-function";
import { Schedule } from "./schedule";
import { ScheduledFunction } from "./scheduled-function";

const environment = { schema: z.object({ QUEUE: z.string() }), values: { QUEUE: "jobs" } };
let folder: string;
let entry: string;
beforeAll(() => {
  folder = scratchFolder("schedule");
  entry = join(folder, "handler.ts");
  writeFileSync(entry, "export const handler = async () => 'done';");
});
afterAll(() => rmSync(folder, { recursive: true }));

const scheduledIn = (stack: TestStack, timeZone?: string) =>
  new ScheduledFunction(stack, "nightly", {
    entry,
    description: "Works at night.",
    environment,
    schedule: "cron(0 4 ? * MON *)",
    timeZone,
    alarmTopic: stack.alarmTopic,
  });

const functionIn = (stack: TestStack, invocation: "synchronous" | "asynchronous") =>
  new NodejsFunction(stack, "worker", {
    entry,
    description: "Works.",
    environment,
    invocation,
    alarmTopic: stack.alarmTopic,
  });

describe("a scheduled function", () => {
  test("runs by the schedule in UTC, and is told the time that it was due", () => {
    const stack = new TestStack();
    scheduledIn(stack);
    const { attributes } = Template.of(stack).only("aws_scheduler_schedule");
    expect(attributes).toMatchObject({
      name: "test-nightly",
      schedule_expression: "cron(0 4 ? * MON *)",
      schedule_expression_timezone: "UTC",
      flexible_time_window: { mode: "OFF" },
    });
    expect(JSON.parse(attributes.target.input)).toEqual({ time: "<aws.scheduler.scheduled-time>" });
  });

  test("takes a time zone", () => {
    const stack = new TestStack();
    scheduledIn(stack, "Europe/Berlin");
    Template.of(stack).find("aws_scheduler_schedule", { schedule_expression_timezone: "Europe/Berlin" });
  });

  test("the schedule's role may run this function, send to its dead-letter queue, and nothing else", () => {
    const stack = new TestStack();
    scheduledIn(stack);
    const template = Template.of(stack);
    const { address, attributes } = template.find("aws_iam_role", { name: "test-nightly-schedule-eu-central-1" });
    expect(JSON.parse(attributes.assume_role_policy).Statement[0].Condition).toMatchObject({
      ArnLike: { "aws:SourceArn": [expect.stringMatching(/:schedule-group\/default$/)] },
    });
    const statements = template.policyStatements(address);
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["lambda:InvokeFunction"], [expect.stringMatching(/^\$\{aws_lambda_function\./)]],
      [["sqs:SendMessage"], [expect.stringMatching(/^\$\{aws_sqs_queue\./)]],
    ]);
  });

  test("runs from its deployment on, unless it is not enabled", () => {
    const stateWhen = (enabled?: boolean) => {
      const stack = new TestStack();
      const target = functionIn(stack, "asynchronous");
      new Schedule(target, "day", { target, description: "day", expression: "rate(1 day)", enabled });
      return Template.of(stack).only("aws_scheduler_schedule").attributes.state;
    };
    expect([stateWhen(), stateWhen(true), stateWhen(false)]).toEqual([undefined, undefined, "DISABLED"]);
  });

  test("does not run before it may", () => {
    const stack = new TestStack();
    scheduledIn(stack);
    expect(Template.of(stack).only("aws_scheduler_schedule").attributes.depends_on).toHaveLength(2);
  });
});

describe("a function with several schedules", () => {
  test("is told apart by their input which of them runs it", () => {
    const stack = new TestStack();
    const target = functionIn(stack, "asynchronous");
    for (const period of ["day", "night"]) {
      new Schedule(target, period, { target, description: period, expression: "rate(1 day)", input: { period } });
    }
    const schedules = Template.of(stack).resources("aws_scheduler_schedule");
    expect(schedules.map(({ attributes }) => [attributes.name, JSON.parse(attributes.target.input)])).toEqual([
      ["test-worker-day", { time: "<aws.scheduler.scheduled-time>", period: "day" }],
      ["test-worker-night", { time: "<aws.scheduler.scheduled-time>", period: "night" }],
    ]);
  });

  test("has to be invoked asynchronously, because what cannot be delivered goes to its dead-letter queue", () => {
    const stack = new TestStack();
    const target = functionIn(stack, "synchronous");
    const schedule = () => new Schedule(target, "day", { target, description: "day", expression: "rate(1 day)" });
    expect(schedule).toThrow("test/worker/day: the function test/worker must be invoked asynchronously");
  });
});
