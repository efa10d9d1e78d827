import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import type { Rule } from "../rule";
import { secretInSetting } from "../secrets";
import { denotes } from "./findings";

/** Runtimes that AWS patches in 2026: docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const RUNTIMES = ["nodejs22.x", "nodejs24.x", "python3.12", "python3.13", "python3.14", "provided.al2023"];

/** Services that wait for the function's answer, and so hear of its failure themselves. */
const SYNCHRONOUS_INVOKERS = ["apigateway.amazonaws.com", "elasticloadbalancing.amazonaws.com"];

export const functionRules: readonly Rule[] = [
  {
    id: "43",
    title: "every function is traced",
    source: "CKV_AWS_50, AWS-0066",
    check: (template) =>
      functions(template)
        .filter(({ attributes }) => blocks<Attributes>(attributes.tracing_config)[0]?.mode !== "Active")
        .map(({ address }) => ({ address, what: "is not traced", mend: 'set tracing_config.mode to "Active"' })),
  },
  {
    id: "44",
    title: "an event that a function fails on is kept",
    source: "CKV_AWS_116",
    check: (template) =>
      functions(template)
        .filter((lambda) => !keepsFailedEvents(template, lambda) && !isInvokedSynchronously(template, lambda))
        .map(({ address }) => ({
          address,
          what: "may be invoked asynchronously, and loses the events it fails on",
          mend: "set dead_letter_config, or destination_config.on_failure of an aws_lambda_function_event_invoke_config",
        })),
  },
  {
    id: "45",
    title: "every function has concurrency of its own, and no more than that",
    source: "CKV_AWS_115",
    check: (template) =>
      functions(template)
        // -1 is the provider's word for "none reserved".
        .filter(({ attributes }) => (attributes.reserved_concurrent_executions ?? -1) === -1)
        .map(({ address }) => ({
          address,
          what: "shares the account's concurrency",
          mend: "set reserved_concurrent_executions",
        })),
  },
  {
    id: "46",
    title: "every function runs on a runtime that AWS still patches",
    source: "Lambda.2, CKV_AWS_363",
    check: (template) =>
      functions(template)
        .filter(({ attributes }) => attributes.package_type !== "Image" && !RUNTIMES.includes(attributes.runtime))
        .map(({ address, attributes }) => ({
          address,
          what: `runs on ${attributes.runtime}`,
          mend: `use one of ${RUNTIMES.join(", ")}`,
        })),
  },
  {
    id: "47",
    title: "whoever may invoke a function is named, with the resource on whose behalf",
    source: "Lambda.1, CKV_AWS_301, CKV_AWS_364, AWS-0067",
    check: (template) =>
      template.resources("aws_lambda_permission").flatMap(({ address, attributes }) => [
        ...(attributes.principal === "*"
          ? [
              {
                address,
                what: "lets everybody invoke the function",
                mend: "name a service or an account as principal",
              },
            ]
          : []),
        ...(attributes.source_arn || attributes.source_account
          ? []
          : [{ address, what: "does not say on whose behalf", mend: "set source_arn, or source_account" }]),
      ]),
  },
  {
    id: "48",
    title: "a function's URL asks for IAM credentials",
    source: "CKV_AWS_258",
    check: (template) =>
      template
        .resources("aws_lambda_function_url")
        .filter(({ attributes }) => attributes.authorization_type !== "AWS_IAM")
        .map(({ address }) => ({
          address,
          what: "can be called by anybody",
          mend: 'set authorization_type to "AWS_IAM"',
        })),
  },
  {
    id: "49",
    title: "no secret in a function's environment",
    source: "CKV_AWS_45",
    check: (template) =>
      functions(template).flatMap(({ address, attributes }) => {
        const variables: Attributes = blocks<Attributes>(attributes.environment)[0]?.variables ?? {};
        return Object.entries(variables).flatMap(([name, value]) => {
          const secret = secretInSetting(name, String(value));
          if (!secret) return [];
          const mend = "put it into Secrets Manager and pass its ARN";
          return [{ address, what: `environment variable ${name} holds ${secret}`, mend }];
        });
      }),
  },
];

function functions(template: Template): Resource[] {
  return template.resources("aws_lambda_function");
}

function keepsFailedEvents(template: Template, lambda: Resource): boolean {
  const [deadLetter] = blocks<Attributes>(lambda.attributes.dead_letter_config);
  if (deadLetter?.target_arn) return true;
  return template.resources("aws_lambda_function_event_invoke_config").some((config) => {
    const [destinations] = blocks<Attributes>(config.attributes.destination_config);
    const [onFailure] = blocks<Attributes>(destinations?.on_failure);
    return onFailure?.destination && isFunction(config.attributes.function_name, lambda);
  });
}

/**
 * Whether all that invokes a function waits for its answer. EventBridge Scheduler needs no permission on the function,
 * only a role, so a schedule is looked for as well; an event source mapping does its own retries and counts as waiting.
 */
function isInvokedSynchronously(template: Template, lambda: Resource): boolean {
  const principals = template
    .resources("aws_lambda_permission")
    .filter(({ attributes }) => isFunction(attributes.function_name, lambda))
    .map(({ attributes }) => attributes.principal);
  const mappings = template
    .resources("aws_lambda_event_source_mapping")
    .filter(({ attributes }) => isFunction(attributes.function_name, lambda));
  const schedules = template
    .resources("aws_scheduler_schedule")
    .filter(({ attributes }) => refersTo(blocks<Attributes>(attributes.target)[0]?.arn, lambda.address));
  return (
    principals.length + mappings.length > 0 &&
    schedules.length === 0 &&
    principals.every((principal) => SYNCHRONOUS_INVOKERS.includes(principal))
  );
}

function isFunction(reference: unknown, lambda: Resource): boolean {
  return denotes(reference, lambda, "function_name");
}
