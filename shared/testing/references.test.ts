import { expressions, refersTo, splitTemplate } from "./references";

test("a reference is found at any depth, by its whole address only", () => {
  const value = { policies: [{ arn: "${aws_sqs_queue.jobs.arn}/x" }] };
  expect(refersTo(value, "aws_sqs_queue.jobs")).toBe(true);
  expect(refersTo(value, "aws_sqs_queue.job")).toBe(false);
  expect(refersTo({ arn: "${aws_sqs_queue.jobs-dead.arn}" }, "aws_sqs_queue.jobs")).toBe(false);
  expect(refersTo({ json: "${data.aws_sqs_queue.jobs.arn}" }, "aws_sqs_queue.jobs")).toBe(false);
});

test("text outside an expression is no reference", () => {
  expect(refersTo("aws_sqs_queue.jobs", "aws_sqs_queue.jobs")).toBe(false);
  expect(refersTo("$${aws_sqs_queue.jobs.arn}", "aws_sqs_queue.jobs")).toBe(false);
});

test("an expression ends at its own brace, not at one in a string or an object within it", () => {
  const text = 'a-${merge({x = "}${local.y}"}, local.z)}-b-${c}';
  expect(expressions(text)).toEqual(['merge({x = "}${local.y}"}, local.z)', "c"]);
  expect(
    splitTemplate(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test("an expression without an end is an error", () => {
  expect(() => splitTemplate("${aws_sqs_queue.jobs")).toThrow(/no closing brace/);
});
