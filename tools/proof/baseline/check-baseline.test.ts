import { type BaselineException, checkBaseline, formatViolations } from "./check-baseline";
import { rules } from "./rules";

const stack = {
  terraform: { required_version: ">= 1.10" },
  resource: { aws_sqs_queue: { jobs: { redrive_policy: "${aws_sqs_queue.dead.arn}", sqs_managed_sse_enabled: true } } },
};
/** The same with a queue that violates rule 36 and no other. */
const unencrypted = {
  ...stack,
  resource: { aws_sqs_queue: { jobs: { ...stack.resource.aws_sqs_queue.jobs, sqs_managed_sse_enabled: false } } },
};
const exception = (overrides: Partial<BaselineException> = {}): BaselineException => ({
  rule: "36",
  resource: "aws_sqs_queue.jobs",
  reason: "the messages are public anyway",
  ...overrides,
});
const found = async (json: object, ...exceptions: BaselineException[]) =>
  (await checkBaseline(json, exceptions)).violations.map(({ address, what }) => `${address} ${what}`);

test("a stack that keeps to the baseline has no violations", async () => {
  expect(await checkBaseline(stack)).toEqual({ violations: [], accepted: [] });
});

test("a violation says what, where, by which rule and how to mend it", async () => {
  const { violations } = await checkBaseline(unencrypted);
  expect(formatViolations(violations)).toBe(
    "aws_sqs_queue.jobs does not say that it is encrypted\n" +
      "  rule 36: every queue is encrypted\n" +
      "  mend: set sqs_managed_sse_enabled to true, or kms_master_key_id",
  );
});

test("an account and a Region may be written down by whoever deploys, and by nobody else", async () => {
  const boundary = "arn:aws:iam::111122223333:policy/boundary-eu-central-1";
  const json = (description: string) => ({
    ...stack,
    resource: { aws_sqs_queue: { jobs: { ...stack.resource.aws_sqs_queue.jobs, description } } },
  });
  const rulesBroken = async (text: string, parameters: object) =>
    (await checkBaseline(json(text), [], parameters)).violations.map(({ rule }) => rule);
  const parameters = { region: "eu-central-1", permissionsBoundaryArn: boundary, image: { owner: "444455556666" } };
  expect(await rulesBroken(`${boundary} and 444455556666`, parameters)).toEqual([]);
  expect(await rulesBroken(boundary, { region: "eu-central-1" })).toEqual(["60.account", "60.region"]);
  expect(await rulesBroken(`${boundary} in eu-central-1 of 777788889999`, parameters)).toEqual([
    "60.account",
    "60.region",
  ]);
});

test.each([
  ["the beginning of its address", "aws_sqs_queue."],
  ["a RegExp", /jobs$/],
  ["a RegExp with the flag g", /jobs/g],
])("an exception by %s turns a violation into an accepted one, with its reason", async (_, resource) => {
  const { violations, accepted } = await checkBaseline(unencrypted, [exception({ resource })]);
  expect(violations).toEqual([]);
  expect(accepted).toEqual([expect.objectContaining({ rule: "36", reason: "the messages are public anyway" })]);
});

test("an exception for another resource or another rule excuses nothing, and is stale", async () => {
  expect(await found(unencrypted, exception({ resource: "aws_sqs_queue.other" }))).toEqual([
    "aws_sqs_queue.jobs does not say that it is encrypted",
    "exception from 36 for aws_sqs_queue.other matches nothing",
  ]);
  expect(await found(unencrypted, exception({ rule: "38.redrive" }))).toHaveLength(2);
});

test("an exception for one of several violations leaves the others", async () => {
  const two = { ...stack, resource: { aws_sqs_queue: { ...unencrypted.resource.aws_sqs_queue, more: {} } } };
  expect(await found(two, exception())).toEqual([
    "aws_sqs_queue.more does not say that it is encrypted",
    "aws_sqs_queue.more has no dead-letter queue",
  ]);
});

test("an exception without a real reason is a violation", async () => {
  expect(await found(unencrypted, exception({ reason: "   not needed here   " }))).toEqual([
    "exception from 36 for aws_sqs_queue.jobs has no reason",
  ]);
});

test("an exception from a rule that does not exist is a violation", async () => {
  expect(await found(stack, exception({ rule: "999" }))).toEqual([
    "exception from 999 for aws_sqs_queue.jobs names a rule that does not exist",
  ]);
});

test("every rule has an id of its own", () => {
  const ids = rules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
