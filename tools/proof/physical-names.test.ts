import { Template } from "../../shared/testing/template";
import { physicalNames } from "./physical-names";

const namesOf = (resource: object) => physicalNames(Template.of({ resource }));

test("a name is told with the resource's type and the attribute that gives it", () => {
  expect(
    namesOf({
      aws_lambda_function: { a: { function_name: "x-monitor", memory_size: 128, description: "x" } },
      aws_s3_bucket: { b: { bucket: `x-logs-\${data.aws_caller_identity.caller.account_id}` } },
      aws_efs_file_system: { c: { creation_token: "x-home" } },
    }),
  ).toEqual([
    "aws_lambda_function.function_name=x-monitor",
    `aws_s3_bucket.bucket=x-logs-\${data.aws_caller_identity.caller.account_id}`,
    "aws_efs_file_system.creation_token=x-home",
  ]);
});

test("a reference is not a name, and neither is what is only unique within another resource", () => {
  expect(
    namesOf({
      aws_lambda_permission: { a: { function_name: `\${aws_lambda_function.a.function_name}` } },
      aws_iam_role_policy: { b: { name: "granted", role: `\${aws_iam_role.b.name}` } },
    }),
  ).toEqual([]);
});

test("an attribute that names something and that nobody has thought of counts as a name", () => {
  expect(namesOf({ aws_new_thing: { a: { thing_identifier: "fixed" } } })).toEqual([
    "aws_new_thing.thing_identifier=fixed",
  ]);
});
