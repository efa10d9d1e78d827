import { resources, testRules } from "./examples";
import { functionRules } from "./functions";

const lambda = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_lambda_function.f": { function_name: "f", ...attributes }, ...others });
const permission = (principal: string) => ({ function_name: "${aws_lambda_function.f.function_name}", principal });
const environment = (variables: object) => lambda({ environment: { variables } });

testRules(functionRules, {
  "43": {
    violating: { "a function without tracing": [lambda({}), /^aws_lambda_function.f is not traced/] },
    conforming: { "active tracing": lambda({ tracing_config: { mode: "Active" } }) },
  },
  "44": {
    violating: {
      "a function that nobody is known to invoke": [lambda({}), /loses the events it fails on/],
      "a function that a rule invokes": [
        lambda({}, { "aws_lambda_permission.p": permission("events.amazonaws.com") }),
        /^aws_lambda_function.f may be invoked asynchronously/,
      ],
      "a function that an API and a schedule invoke": [
        lambda(
          {},
          {
            "aws_lambda_permission.p": permission("apigateway.amazonaws.com"),
            "aws_scheduler_schedule.s": { target: { arn: "${aws_lambda_function.f.arn}" } },
          },
        ),
        /loses the events/,
      ],
      "destinations of another function": [
        lambda(
          {},
          {
            "aws_lambda_function_event_invoke_config.c": {
              function_name: "g",
              destination_config: { on_failure: { destination: "arn" } },
            },
          },
        ),
        /loses the events/,
      ],
      "a destination for success only": [
        lambda(
          {},
          {
            "aws_lambda_function_event_invoke_config.c": {
              function_name: "f",
              destination_config: { on_success: { destination: "arn" } },
            },
          },
        ),
        /loses the events/,
      ],
    },
    conforming: {
      "a dead-letter queue": lambda({ dead_letter_config: { target_arn: "${aws_sqs_queue.dead.arn}" } }),
      "a destination for failures": lambda(
        {},
        {
          "aws_lambda_function_event_invoke_config.c": {
            function_name: "f",
            destination_config: { on_failure: { destination: "${aws_sqs_queue.dead.arn}" } },
          },
        },
      ),
      "a function that only an API invokes": lambda(
        {},
        { "aws_lambda_permission.p": permission("apigateway.amazonaws.com") },
      ),
      "a function that polls a queue": lambda({}, { "aws_lambda_event_source_mapping.m": { function_name: "f" } }),
    },
  },
  "45": {
    violating: {
      "no reservation": [lambda({}), /shares the account's concurrency/],
      "a reservation that is none": [lambda({ reserved_concurrent_executions: -1 }), /shares/],
    },
    conforming: { "a reservation": lambda({ reserved_concurrent_executions: 1 }) },
  },
  "46": {
    violating: {
      "a runtime past its end": [lambda({ runtime: "nodejs18.x" }), /runs on nodejs18.x/],
      "no runtime": [lambda({}), /runs on undefined/],
    },
    conforming: {
      "a current runtime": lambda({ runtime: "nodejs22.x" }),
      "an image": lambda({ package_type: "Image" }),
    },
  },
  "47": {
    violating: {
      everybody: [
        resources({ "aws_lambda_permission.p": { ...permission("*"), source_account: "${local.account}" } }),
        /lets everybody invoke the function/,
      ],
      "a service on anybody's behalf": [
        resources({ "aws_lambda_permission.p": permission("sns.amazonaws.com") }),
        /does not say on whose behalf/,
      ],
    },
    conforming: {
      "a service for a topic": resources({
        "aws_lambda_permission.p": { ...permission("sns.amazonaws.com"), source_arn: "${aws_sns_topic.t.arn}" },
      }),
    },
  },
  "48": {
    violating: {
      "a URL for anybody": [
        resources({ "aws_lambda_function_url.u": { authorization_type: "NONE" } }),
        /can be called by anybody/,
      ],
    },
    conforming: { "IAM credentials": resources({ "aws_lambda_function_url.u": { authorization_type: "AWS_IAM" } }) },
  },
  "49": {
    violating: {
      "a variable that is called a secret": [
        environment({ DB_PASSWORD: "x" }),
        /variable DB_PASSWORD holds what its name/,
      ],
      "a value that is a key": [environment({ SETTING: `AKIA${"B".repeat(16)}` }), /SETTING holds an AWS access key/],
      "a reference to a secret's value": [
        environment({ SETTING: "${data.aws_secretsmanager_secret_version.s.secret_string}" }),
        /SETTING holds a reference to a secret's value/,
      ],
    },
    conforming: {
      "pointers to secrets": environment({
        DB_PASSWORD_SECRET_ARN: "${aws_secretsmanager_secret.s.arn}",
        QUEUE: "jobs",
      }),
    },
  },
});
