import { type Access, type StackScope, unseen } from "./scope";

/** REST APIs, which have no names in their ARNs; what an API consists of has its tags. */
export function apiAccess(scope: StackScope): Access {
  const apis = [scope.regionalArn("apigateway", "/restapis/*")];
  return {
    reads: [{ actions: ["apigateway:GET"], resources: apis, conditions: scope.owned }],
    writes: [
      {
        actions: ["apigateway:POST"],
        resources: [scope.regionalArn("apigateway", "/restapis")],
        conditions: scope.tagged,
      },
      {
        actions: [
          "apigateway:DELETE",
          "apigateway:PATCH",
          "apigateway:POST",
          "apigateway:PUT",
          "apigateway:UpdateRestApiPolicy",
        ],
        resources: apis,
        conditions: scope.owned,
      },
    ],
    unseen: unseen(
      "API Gateway asks for it beside PATCH where the change is one of the API's policy.",
      "apigateway:UpdateRestApiPolicy",
    ),
  };
}
