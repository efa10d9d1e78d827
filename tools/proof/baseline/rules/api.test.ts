import { apiRules } from "./api";
import { resources, testRules } from "./examples";

const stage = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_api_gateway_stage.live": { stage_name: "live", rest_api_id: "api", ...attributes }, ...others });
const throttled = {
  stage_name: "${aws_api_gateway_stage.live.stage_name}",
  method_path: "*/*",
  settings: { throttling_rate_limit: 10, throttling_burst_limit: 20 },
};
const method = (attributes: object) => resources({ "aws_api_gateway_method.get": attributes });
const deployment = (lifecycle?: object) => resources({ "aws_api_gateway_deployment.d": { lifecycle } });

testRules(apiRules, {
  "50.access-log": {
    violating: { "a stage without a log": [stage({}), /^aws_api_gateway_stage.live has no access log/] },
    conforming: { "a log": stage({ access_log_settings: { destination_arn: "${aws_cloudwatch_log_group.a.arn}" } }) },
  },
  "50.tracing": {
    violating: { "a stage without tracing": [stage({}), /is not traced/] },
    conforming: { tracing: stage({ xray_tracing_enabled: true }) },
  },
  "50.authorization": {
    violating: {
      "a method for anybody": [method({ authorization: "NONE" }), /answers anybody/],
      "a method that does not say": [method({}), /answers anybody/],
    },
    conforming: {
      "IAM credentials": method({ authorization: "AWS_IAM" }),
      "an API key": method({ authorization: "NONE", api_key_required: true }),
    },
  },
  "50.data-trace": {
    violating: {
      "whole requests in the log": [
        resources({ "aws_api_gateway_method_settings.s": { settings: { data_trace_enabled: true } } }),
        /writes bodies and headers/,
      ],
    },
    conforming: {
      "none in the log": resources({
        "aws_api_gateway_method_settings.s": { settings: { data_trace_enabled: false } },
      }),
    },
  },
  "50.throttling": {
    violating: {
      "a stage without settings": [stage({}), /is not throttled/],
      "a rate without a burst": [
        stage({}, { "aws_api_gateway_method_settings.s": { ...throttled, settings: { throttling_rate_limit: 10 } } }),
        /is not throttled/,
      ],
      "settings for one method": [
        stage({}, { "aws_api_gateway_method_settings.s": { ...throttled, method_path: "jobs/GET" } }),
        /is not throttled/,
      ],
    },
    conforming: {
      "settings for all methods": stage({}, { "aws_api_gateway_method_settings.s": throttled }),
      "settings by the stage's name": stage(
        {},
        { "aws_api_gateway_method_settings.s": { ...throttled, stage_name: "live", rest_api_id: "api" } },
      ),
    },
  },
  "50.deployment": {
    violating: { "no lifecycle": [deployment(), /is destroyed before its successor exists/] },
    conforming: { "the successor first": deployment({ create_before_destroy: true }) },
  },
});
