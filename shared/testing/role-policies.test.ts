import { Template } from "./template";

const policy = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

function withRole(resources: object, role: object = {}) {
  return Template.of({
    resource: {
      aws_iam_role: { scaler: { name: "scaler", ...role }, other: { name: "other" } },
      aws_lambda_function: { fn: { function_name: "resize", role: "${aws_iam_role.scaler.arn}" } },
      ...resources,
    },
  });
}

const actions = (template: Template, role = "aws_iam_role.scaler", awsManaged: string[] = []) =>
  template.policyStatements(role, awsManaged).flatMap(({ Action }) => Action);

test("statements come from inline policies, by reference to the role or by its name", () => {
  const template = withRole(
    {
      aws_iam_role_policy: {
        a: { role: "${aws_iam_role.scaler.id}", policy: policy("kinesis:ListShards") },
        b: { role: "scaler", policy: policy("kinesis:ListStreams") },
        c: { role: "${aws_iam_role.other.id}", policy: policy("kinesis:DeleteStream") },
      },
    },
    { inline_policy: [{ name: "x", policy: policy("sqs:SendMessage") }] },
  );
  expect(actions(template)).toEqual(["sqs:SendMessage", "kinesis:ListShards", "kinesis:ListStreams"]);
});

test("statements come from attached policies", () => {
  const aws_iam_policy = { p: { policy: policy("kinesis:ListShards") }, q: { policy: policy("kinesis:ListStreams") } };
  const template = withRole({
    aws_iam_policy,
    aws_iam_role_policy_attachment: {
      a: { role: "${aws_iam_role.scaler.name}", policy_arn: "${aws_iam_policy.p.arn}" },
    },
    aws_iam_policy_attachment: { b: { roles: ["${aws_iam_role.scaler.name}"], policy_arn: "${aws_iam_policy.q.arn}" } },
  });
  expect(actions(template)).toEqual(["kinesis:ListShards", "kinesis:ListStreams"]);
});

test.each(["aws_lambda_function.fn", "fn", "resize"])("a role is found by its function, as %s", (name) => {
  const template = withRole({
    aws_iam_role_policy: { a: { role: "${aws_iam_role.scaler.id}", policy: policy("kinesis:ListShards") } },
  });
  expect(actions(template, name)).toEqual(["kinesis:ListShards"]);
});

test("a role that is not there is an error that lists what is", () => {
  expect(() => actions(withRole({}), "resizer")).toThrow(
    /no role or function resizer.*aws_iam_role.scaler.*aws_lambda_function.fn/,
  );
});

test("an AWS managed policy is an error until it is named", () => {
  const template = withRole({}, { managed_policy_arns: ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"] });
  expect(() => actions(template)).toThrow(/AmazonSSMManagedInstanceCore attached, whose statements are not in this/);
  expect(actions(template, "aws_iam_role.scaler", ["AmazonSSMManagedInstanceCore"])).toEqual([]);
});

test("a policy that cannot be read is an error that says where it stands", () => {
  const template = withRole({
    aws_iam_role_policy: { a: { role: "${aws_iam_role.scaler.id}", policy: '${file("policy.json")}' } },
  });
  expect(() => actions(template)).toThrow(/^aws_iam_role_policy.a: .*neither JSON text/);
});
