import { parsePolicy } from "./policy-document";

const allow = { Effect: "Allow", Action: "kinesis:ListShards", Resource: "*" };
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

test("single values become lists, and one statement a list of statements", () => {
  expect(parsePolicy(JSON.stringify({ Statement: allow }))).toEqual([
    { Effect: "Allow", Action: ["kinesis:ListShards"], Resource: ["*"] },
  ]);
});

test("principals and conditions become lists by type and by key", () => {
  const [statement] = parsePolicy(
    policy({
      ...allow,
      Principal: { Service: "lambda.amazonaws.com" },
      Condition: { Bool: { "aws:SecureTransport": false } },
    }),
  );
  expect(statement?.Principal).toEqual({ Service: ["lambda.amazonaws.com"] });
  expect(statement?.Condition).toEqual({ Bool: { "aws:SecureTransport": ["false"] } });
  expect(parsePolicy(policy({ ...allow, Principal: "*" }))[0]?.Principal).toEqual({ AWS: ["*"] });
});

test("references survive, also when they hold quotes", () => {
  const text = policy({ ...allow, Resource: ["HERE", "HERE/*"] }).replaceAll(
    "HERE",
    '${aws_kinesis_stream.s["a"].arn}',
  );
  expect(parsePolicy(text)[0]?.Resource).toEqual([
    '${aws_kinesis_stream.s["a"].arn}',
    '${aws_kinesis_stream.s["a"].arn}/*',
  ]);
});

test("a data source is read with the sources it builds on", () => {
  const documents: Record<string, Record<string, unknown>> = {
    base: { statement: { actions: ["kinesis:ListStreams"], resources: ["*"] } },
    own: {
      source_policy_documents: ["${data.aws_iam_policy_document.base.json}"],
      statement: [
        {
          sid: "Own",
          effect: "Deny",
          actions: ["s3:GetObject"],
          resources: ["arn:aws:s3:::b/&{aws:username}"],
          not_actions: null,
          principals: [{ type: "*", identifiers: ["*"] }],
          condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["${local.account}"] }],
        },
      ],
    },
  };
  expect(parsePolicy("${data.aws_iam_policy_document.own.json}", (name) => documents[name])).toEqual([
    { Effect: "Allow", Action: ["kinesis:ListStreams"], Resource: ["*"] },
    {
      Sid: "Own",
      Effect: "Deny",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::b/$${aws:username}"],
      Principal: { AWS: ["*"] },
      Condition: { StringEquals: { "aws:SourceAccount": ["${local.account}"] } },
    },
  ]);
});

test.each([
  ["jsonencode", '${jsonencode({"Statement" = []})}', /neither JSON text nor a reference/],
  ["another data source", "${data.aws_s3_object.policy.body}", /neither JSON text nor a reference/],
  ["a document that is not there", "${data.aws_iam_policy_document.gone.json}", /gone is not in this configuration/],
  ["no policy at all", undefined, /not an object/],
  ["a document without statements", "{}", /no Statement/],
  ["a misspelled key", policy({ ...allow, Actions: ["x"] }), /Statement\[0\] has Actions/],
  ["no effect", policy({ Action: "*", Resource: "*" }), /Effect must be/],
  ["no action", policy({ Effect: "Allow", Resource: "*" }), /has no Action/],
  ["an action that is an object", policy({ ...allow, Action: {} }), /Statement\[0\].Action must be text/],
])("refuses %s instead of passing over it", (_, text, message) => {
  expect(() => parsePolicy(text)).toThrow(message);
});

test("a data source's arguments that are not evaluated are an error", () => {
  const overriding = { override_policy_documents: ["{}"] };
  expect(() => parsePolicy("${data.aws_iam_policy_document.a.json}", () => overriding)).toThrow(
    /uses override_policy_documents, which is not evaluated/,
  );
});
