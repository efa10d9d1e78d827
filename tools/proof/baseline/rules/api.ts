import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import type { Rule } from "../rule";

export const apiRules: readonly Rule[] = [
  {
    id: "50.access-log",
    title: "every stage logs who called it",
    source: "APIGateway.1, APIGateway.9, CKV_AWS_76, AWS-0001",
    check: (template) =>
      stages(template)
        .filter(({ attributes }) => !blocks<Attributes>(attributes.access_log_settings)[0]?.destination_arn)
        .map(({ address }) => ({ address, what: "has no access log", mend: "set access_log_settings" })),
  },
  {
    id: "50.tracing",
    title: "every stage is traced",
    source: "APIGateway.3, CKV_AWS_73",
    check: (template) =>
      stages(template)
        .filter(({ attributes }) => attributes.xray_tracing_enabled !== true)
        .map(({ address }) => ({ address, what: "is not traced", mend: "set xray_tracing_enabled to true" })),
  },
  {
    id: "50.authorization",
    title: "every method asks who is calling",
    source: "APIGateway.8, CKV_AWS_59, CKV_AWS_309, CKV2_AWS_70",
    check: (template) =>
      template
        .resources("aws_api_gateway_method")
        .filter(
          ({ attributes }) => (attributes.authorization ?? "NONE") === "NONE" && attributes.api_key_required !== true,
        )
        .map(({ address }) => ({
          address,
          what: "answers anybody",
          mend: 'set authorization, such as "AWS_IAM", or api_key_required',
        })),
  },
  {
    id: "50.data-trace",
    title: "no stage logs whole requests and responses",
    source: "CKV_AWS_276",
    check: (template) =>
      template
        .resources("aws_api_gateway_method_settings")
        .filter(({ attributes }) => settings(attributes).data_trace_enabled === true)
        .map(({ address }) => ({
          address,
          what: "writes bodies and headers into the log",
          mend: "set data_trace_enabled to false",
        })),
  },
  {
    id: "50.throttling",
    title: "every stage is throttled below the account's limit",
    source: "practice: one API must not use up what all APIs of the account share",
    check: (template) =>
      stages(template)
        .filter((stage) => !isThrottled(template, stage))
        .map(({ address }) => ({
          address,
          what: "is not throttled",
          mend:
            "add an aws_api_gateway_method_settings for */* of the stage " +
            "with throttling_rate_limit and throttling_burst_limit",
        })),
  },
  {
    id: "50.deployment",
    title: "a deployment is replaced before it is destroyed",
    source: "CKV_AWS_217: otherwise destroying it fails, because the stage still points to it",
    check: (template) =>
      template
        .resources("aws_api_gateway_deployment")
        .filter(({ attributes }) => attributes.lifecycle?.create_before_destroy !== true)
        .map(({ address }) => ({
          address,
          what: "is destroyed before its successor exists",
          mend: "set lifecycle.create_before_destroy to true",
        })),
  },
];

function stages(template: Template): Resource[] {
  return template.resources("aws_api_gateway_stage");
}

function settings(attributes: Attributes): Attributes {
  return blocks<Attributes>(attributes.settings)[0] ?? {};
}

/** By settings for all methods, as a setting for one leaves the others open. */
function isThrottled(template: Template, stage: Resource): boolean {
  return template.resources("aws_api_gateway_method_settings").some(({ attributes }) => {
    const { throttling_rate_limit: rate = -1, throttling_burst_limit: burst = -1 } = settings(attributes);
    const isItsStage =
      refersTo(attributes.stage_name, stage.address) ||
      (attributes.stage_name === stage.attributes.stage_name &&
        attributes.rest_api_id === stage.attributes.rest_api_id);
    return isItsStage && attributes.method_path === "*/*" && rate >= 0 && burst >= 0;
  });
}
