import type { Template } from "../../../shared/testing/template";
import { isTrue } from "../../proof/baseline/rules/findings";
import type { Fact } from "../fact";
import { ownerOf } from "./owner";

const EVERYBODY = "everybody";

/** Who may call functions, and APIs that do not ask who is calling. */
export function callerFacts(template: Template): Fact[] {
  return [
    ...functionUrls(template),
    ...functionPermissions(template),
    ...openMethods(template),
    ...openRoutes(template),
  ];
}

function functionUrls(template: Template): Fact[] {
  return template.resources("aws_lambda_function_url").map(({ attributes }) => ({
    effect: "opens",
    address: ownerOf(template, attributes.function_name, "aws_lambda_function"),
    what: `has a URL in the internet, with the authorisation ${attributes.authorization_type}`,
    attention: attributes.authorization_type === "NONE" ? [EVERYBODY] : [],
  }));
}

function functionPermissions(template: Template): Fact[] {
  return template.resources("aws_lambda_permission").map(({ attributes }) => {
    const { action, principal, source_arn, source_account, principal_org_id } = attributes;
    const limits = [
      ...(source_arn ? [`from ${source_arn}`] : []),
      ...(source_account ? [`from the account ${source_account}`] : []),
      ...(principal_org_id ? [`of the organisation ${principal_org_id}`] : []),
    ];
    const isUnlimitedService = String(principal).endsWith(".amazonaws.com") && limits.length === 0;
    return {
      effect: "opens",
      address: ownerOf(template, attributes.function_name, "aws_lambda_function"),
      what: ["lets", principal, action, ...limits].join(" "),
      attention: [
        ...(principal === "*" && !principal_org_id ? [EVERYBODY] : []),
        ...(isUnlimitedService ? ["from any account: it names no source"] : []),
      ],
    };
  });
}

function openMethods(template: Template): Fact[] {
  return template
    .resources("aws_api_gateway_method")
    .filter(({ attributes }) => (attributes.authorization ?? "NONE") === "NONE" && !isTrue(attributes.api_key_required))
    .map(({ address, attributes }) => open(address, String(attributes.http_method)));
}

function openRoutes(template: Template): Fact[] {
  return template
    .resources("aws_apigatewayv2_route")
    .filter(({ attributes }) => (attributes.authorization_type ?? "NONE") === "NONE")
    .map(({ address, attributes }) => open(address, String(attributes.route_key)));
}

function open(address: string, request: string): Fact {
  return {
    effect: "opens",
    address,
    what: `answers ${request} without authorisation (NONE)`,
    attention: [EVERYBODY],
  };
}
