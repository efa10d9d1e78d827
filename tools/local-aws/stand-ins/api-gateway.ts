import {
  APIGatewayClient,
  GetIntegrationCommand,
  GetMethodCommand,
  GetResourcesCommand,
} from "@aws-sdk/client-api-gateway";
import type { ClientConfig, DeployedCode } from "../../../shared/testing/scenario";

export interface ProxyResponse {
  readonly statusCode: number;
  readonly body: string;
}

/**
 * Stands in for API Gateway's data plane: routes a signed request as the REST API that is deployed says, and runs the
 * function behind it. A route that is not deployed, or not behind IAM, is refused as API Gateway would refuse it.
 */
export class ApiGatewayStandIn {
  readonly #client: APIGatewayClient;

  constructor(
    config: ClientConfig,
    private readonly functionNamed: (name: string) => Promise<DeployedCode>,
  ) {
    this.#client = new APIGatewayClient(config);
  }

  async call(url: string, httpMethod: string, body?: unknown): Promise<ProxyResponse> {
    const { hostname, pathname } = new URL(url);
    const restApiId = hostname.split(".")[0];
    const [, , collection, id = ""] = pathname.split("/");
    const { items = [] } = await this.#client.send(new GetResourcesCommand({ restApiId, limit: 500 }));
    const resource = items.find((one) => new RegExp(`^/${collection}/\\{[^}]+\\}$`).test(one.path ?? ""));
    const route = { restApiId, resourceId: resource?.id, httpMethod };
    if (!resource?.resourceMethods?.[httpMethod])
      throw new Error(`${httpMethod} ${pathname} is not deployed: 403 Missing Authentication Token`);
    const method = await this.#client.send(new GetMethodCommand(route));
    if (method.authorizationType !== "AWS_IAM") throw new Error(`${httpMethod} ${pathname} is open to everyone`);
    const { type, uri = "" } = await this.#client.send(new GetIntegrationCommand(route));
    const functionName = /:function:([^/:]+)/.exec(uri)?.[1];
    if (type !== "AWS_PROXY" || !functionName)
      throw new Error(`${httpMethod} ${pathname} does not lead to a function: ${type} ${uri}`);

    const parameter = /\{([^}]+)\}$/.exec(resource.path ?? "")?.[1] ?? "";
    const code = await this.functionNamed(functionName);
    return (await code.invoke({
      httpMethod,
      path: pathname,
      pathParameters: { [parameter]: decodeURIComponent(id) },
      body: body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
    })) as ProxyResponse;
  }
}
