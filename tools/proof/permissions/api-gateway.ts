import { requestTagConditions } from "./request-tags";
import type { Environment, Service } from "./services";

/**
 * IAM knows API Gateway's requests by method and path. What an API consists of has the API's tags:
 * docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
export const apiGateway: Service = {
  prefix: "apigateway",
  rest: (method, path) => ({ operation: method, parameters: { path } }),
  split: Object.fromEntries(
    ["DELETE", "GET", "PATCH", "POST", "PUT"].map((method) => [
      method,
      ({ path, ...body }, environment) => [
        {
          action: `apigateway:${method}`,
          resource: apiArn(String(path), environment),
          conditions: { ...requestTagConditions(body), ...apiTags(String(path), environment) },
        },
      ],
    ]),
  ),
};

function apiArn(path: string, { partition, region }: Environment): string {
  return `arn:${partition}:apigateway:${region}::${path}`;
}

function apiTags(path: string, environment: Environment): Record<string, string> {
  const [api] = /^\/restapis\/[^/]+/.exec(path) ?? [];
  if (!api) return {};
  const tags = environment.resources?.find(({ arn }) => arn === apiArn(api, environment))?.tags;
  if (!tags) throw new Error(`the tags of ${api} are not among the environment's resources`);
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, value]),
  );
}
