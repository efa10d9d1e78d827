import * as fc from "fast-check";
import { Template } from "../../shared/testing/template";
import { permissionChanges } from "./permission-changes";

type Statement = Record<string, unknown>;

const withRole = (...statements: Statement[]) =>
  Template.of({
    resource: {
      aws_iam_role: {
        worker: {
          name: "worker",
          assume_role_policy: policy({ ...allow("sts:AssumeRole"), Principal: { Service: "ec2.amazonaws.com" } }),
        },
      },
      aws_iam_role_policy: { granted: { role: "${aws_iam_role.worker.name}", policy: policy(...statements) } },
    },
  });
const policy = (...Statement: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource?: string | string[], Condition?: object): Statement => ({
  Effect: "Allow",
  Action,
  ...(Resource && { Resource }),
  ...(Condition && { Condition }),
});
const changes = async (before: Statement[], after: Statement[]) =>
  (await permissionChanges(withRole(...before), withRole(...after))).map(
    ({ effect, address, what, attention }) =>
      `${effect} ${address} ${what}${attention.map((one) => ` ! ${one}`).join("")}`,
  );

const ORDERS = "arn:aws:kinesis:eu-central-1:111122223333:stream/orders";
const statement = fc.record({
  Effect: fc.constant("Allow"),
  Action: fc.uniqueArray(fc.constantFrom("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"), {
    minLength: 1,
  }),
  Resource: fc.uniqueArray(fc.constantFrom("arn:a", "arn:b", "arn:c"), { minLength: 1 }),
});

test("statements that are split, reordered or named otherwise change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 4 }), async (statements) => {
      const split = statements
        .flatMap(({ Effect, Action, Resource }) => Action.map((action) => ({ Effect, Action: action, Resource })))
        .reverse()
        .map((one, index) => ({ Sid: `S${index}`, ...one }));
      expect(await changes(statements, split)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test("what is allowed newly one way round is allowed no longer the other way round", async () => {
  const list = fc.array(statement, { minLength: 1, maxLength: 3 });
  const kinds = async (before: Statement[], after: Statement[]) =>
    (await permissionChanges(withRole(...before), withRole(...after))).map(({ effect, what }) => ({
      effect,
      what: what.replace(/^may (now|no longer) /, ""),
    }));
  await fc.assert(
    fc.asyncProperty(list, list, async (before, after) => {
      const there = await kinds(before, after);
      const back = await kinds(after, before);
      const of = (all: typeof there, effect: string) =>
        all
          .filter((one) => one.effect === effect)
          .map(({ what }) => what)
          .sort();
      expect(of(there, "opens")).toEqual(of(back, "closes"));
      expect(of(there, "closes")).toEqual(of(back, "opens"));
    }),
    { numRuns: 50 },
  );
});

test("a statement that is added or removed is told with actions, resources and conditions", async () => {
  const put = allow(["kinesis:PutRecord", "kinesis:PutRecords"], ORDERS, { Bool: { "aws:SecureTransport": "true" } });
  const told = `kinesis:PutRecord, kinesis:PutRecords on ${ORDERS} if Bool aws:SecureTransport true`;
  const other = allow("sqs:SendMessage", "arn:a");
  expect(await changes([other], [other, put])).toEqual([`opens aws_iam_role.worker may now ${told}`]);
  expect(await changes([put, other], [other])).toEqual([`closes aws_iam_role.worker may no longer ${told}`]);
});

test("a statement that is wider than before says so, what it was, and which wildcards it has", async () => {
  expect(await changes([allow("kinesis:PutRecord", ORDERS)], [allow("kinesis:*", "*")])).toEqual([
    `opens aws_iam_role.worker may now kinesis:* on *, wider than before: kinesis:PutRecord on ${ORDERS}` +
      " ! every action (kinesis:*) ! all resources (*)",
  ]);
});

test("a statement that is narrower than before opens nothing", async () => {
  expect(await changes([allow("kinesis:*", ORDERS)], [allow("kinesis:PutRecord", ORDERS)])).toEqual([
    `closes aws_iam_role.worker may no longer kinesis:* on ${ORDERS}`,
  ]);
});

test("a condition that goes, or takes another value, makes a statement wider", async () => {
  const account = (...accounts: string[]) =>
    allow("sqs:SendMessage", "arn:a", { StringEquals: { "aws:SourceAccount": accounts } });
  const before = "wider than before: sqs:SendMessage on arn:a if StringEquals aws:SourceAccount 1";
  expect(await changes([account("1")], [allow("sqs:SendMessage", "arn:a")])).toEqual([
    `opens aws_iam_role.worker may now sqs:SendMessage on arn:a, ${before}`,
  ]);
  expect(await changes([account("1")], [account("1", "2")])).toEqual([
    `opens aws_iam_role.worker may now sqs:SendMessage on arn:a if StringEquals aws:SourceAccount 1 or 2, ${before}`,
  ]);
});

test("a refusal that goes opens, one that comes closes", async () => {
  const other = allow("sqs:SendMessage", "arn:a");
  const deny = { Effect: "Deny", Action: "sqs:PurgeQueue", Resource: "*" };
  expect(await changes([other, deny], [other])).toEqual([
    "opens aws_iam_role.worker is no longer refused sqs:PurgeQueue on *",
  ]);
  expect(await changes([other], [other, deny])).toEqual([
    "closes aws_iam_role.worker is now refused sqs:PurgeQueue on *",
  ]);
});

test("all resources are no cause for a look where an action knows none, or a condition narrows it", async () => {
  const described = allow("autoscaling:DescribeAutoScalingGroups", "*");
  const metrics = allow("cloudwatch:PutMetricData", "*", { StringEquals: { "cloudwatch:namespace": "Orders" } });
  const [about] = await changes([allow("sqs:SendMessage", "arn:a")], [allow("sqs:SendMessage", "arn:a"), described]);
  expect(about).toBe("opens aws_iam_role.worker may now autoscaling:DescribeAutoScalingGroups on *");
  expect((await changes([described], [described, metrics]))[0]).not.toContain("!");
});

test("another principal of a trust or a resource's policy is told, and everybody is worth a look", async () => {
  const withQueue = (...principals: unknown[]) =>
    Template.of({
      resource: {
        aws_sqs_queue_policy: {
          open: {
            policy: policy(...principals.map((Principal) => ({ ...allow("sqs:SendMessage", "arn:a"), Principal }))),
          },
        },
      },
    });
  const events = { Service: "events.amazonaws.com" };
  expect(await permissionChanges(withQueue(events), withQueue(events, "*"))).toEqual([
    {
      topic: "permission",
      effect: "opens",
      address: "aws_sqs_queue_policy.open",
      what: "AWS * may now sqs:SendMessage on arn:a",
      attention: ["everybody"],
    },
  ]);
});

test("a policy that cannot be read is told when it changes", async () => {
  const unreadable = (text: string) =>
    Template.of({ resource: { aws_iam_policy: { odd: { policy: `\${${text}}` } } } });
  expect(await permissionChanges(unreadable("a"), unreadable("a"))).toEqual([]);
  expect(await permissionChanges(unreadable("a"), unreadable("b"))).toMatchObject([
    { effect: "opens", address: "aws_iam_policy.odd", attention: ["compare it by hand"] },
  ]);
});
