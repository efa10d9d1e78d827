import { checkPermissions, type UncalledReason } from "./check-permissions";

const environment = { partition: "aws", region: "us-east-1", account: "111122223333" };
const stream = "arn:aws:kinesis:us-east-1:111122223333:stream/clicks";
const listShards = { service: "kinesis", action: "ListShards", parameters: { StreamName: "clicks" } };
const putMetric = { service: "monitoring", action: "PutMetricData", parameters: { Namespace: "Streams" } };

const policy = (...Statement: object[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: Statement.map((it) => ({ Effect: "Allow", Resource: stream, ...it })),
  });
const namespace = {
  Sid: "Publish",
  Action: "cloudwatch:PutMetricData",
  Resource: "*",
  Condition: { StringEquals: { "cloudwatch:namespace": "Streams" } },
};
async function problems(policies: unknown[], calls: { service: string; action: string }[], reasons?: UncalledReason[]) {
  const found = await checkPermissions({ calls, policies, environment, reasons });
  return found.map(({ kind, message }) => `${kind}: ${message}`);
}

test("grants and calls that agree give no problem", async () => {
  const policies = [policy({ Action: ["kinesis:ListShards"] }), policy(namespace)];
  expect(await problems(policies, [listShards, putMetric])).toEqual([]);
});

test("a call that nothing grants is named with its resource, once", async () => {
  expect(await problems([], [listShards, listShards])).toEqual([
    `called but not granted: kinesis:ListShards on ${stream}`,
  ]);
});

test("a condition that a call does not set is not told with it", async () => {
  const tag = { service: "ecs", action: "TagResource", parameters: { resourceArn: "arn:s" } };
  expect(await problems([], [tag])).toEqual(["called but not granted: ecs:TagResource on arn:s"]);
});

test("a call in another namespace is not granted, and leaves the grant unused", async () => {
  const elsewhere = { ...putMetric, parameters: { Namespace: "Other" } };
  expect(await problems([policy(namespace)], [elsewhere])).toEqual([
    "called but not granted: cloudwatch:PutMetricData on * with cloudwatch:namespace Other",
    "granted but never called: cloudwatch:PutMetricData in statement Publish",
  ]);
});

test("each action of each statement is to be called, on what that statement names", async () => {
  const policies = [
    policy(
      { Action: ["kinesis:ListShards", "kinesis:Describe*"] },
      { Action: "kinesis:ListShards", Resource: "arn:aws:kinesis:us-east-1:111122223333:stream/other" },
    ),
  ];
  expect(await problems(policies, [listShards])).toEqual([
    "granted but never called: kinesis:Describe* in statement 1",
    "granted but never called: kinesis:ListShards in statement 2",
  ]);
});

test("a reason stands for what is granted and never called", async () => {
  const policies = [policy({ Action: ["xray:PutTraceSegments"], Resource: "*" })];
  const reason = { action: "xray:PutTraceSegments", reason: "the Lambda service sends traces itself" };
  expect(await problems(policies, [], [reason])).toEqual([]);
  expect(await problems(policies, [], [{ ...reason, reason: "needed" }])).toEqual([
    "reason: the reason for xray:PutTraceSegments says too little: give at least 20 characters",
  ]);
});

test("a reason that is not needed is a problem", async () => {
  const reason = { action: "kinesis:ListShards", reason: "some say that this is needed" };
  expect(await problems([policy({ Action: "kinesis:ListShards" })], [listShards], [reason])).toEqual([
    "reason: the reason for kinesis:ListShards is not needed: it is called, or not granted. Remove it",
  ]);
});

test("actions that do not exist are problems, called or granted", async () => {
  const resize = { service: "kinesis", action: "Resize" };
  expect(await problems([policy({ Action: "kinesis:Resized" })], [resize])).toEqual([
    expect.stringMatching(/^no such action: kinesis:Resize,/),
    "no such action: kinesis:Resized in statement 1",
    "granted but never called: kinesis:Resized in statement 1",
  ]);
});

test("what is not understood is a problem, and counts as no use of a grant", async () => {
  const policies = [
    policy({
      Action: "kinesis:ListShards",
      Condition: { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } },
    }),
  ];
  expect(await problems(policies, [listShards, { service: "elsewhere", action: "Get" }])).toEqual([
    expect.stringMatching(/^not understood: elsewhere Get: no service is known/),
    expect.stringMatching(/^not understood: kinesis:ListShards on .*operator DateLessThan is not known/),
    "granted but never called: kinesis:ListShards in statement 1",
  ]);
});
