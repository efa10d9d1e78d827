import { roleArn, texts } from "./arns";
import { requestTagConditions } from "./request-tags";
import type { Environment, Service } from "./services";

/** What IAM is asked about calls of itself. Which service gets the role of an instance profile is EC2, always. */
export const iam: Service = {
  prefix: "iam",
  conditions: (_, { PermissionsBoundary }) => ({
    "iam:permissionsboundary": PermissionsBoundary === undefined ? undefined : String(PermissionsBoundary),
  }),
  passes: (operation, { RoleName }) =>
    operation === "AddRoleToInstanceProfile" ? texts(RoleName).map((role) => ({ role, to: "ec2" })) : [],
  resources: (
    _,
    { RoleName, InstanceProfileName, PolicyArn, PolicyName, OpenIDConnectProviderArn, Url },
    environment,
  ) => {
    if (InstanceProfileName !== undefined) {
      return [globalArn(`instance-profile/${InstanceProfileName}`, environment)];
    }
    if (RoleName !== undefined) return [roleArn(String(RoleName), environment)];
    if (PolicyName !== undefined) return [globalArn(`policy/${PolicyName}`, environment)];
    if (Url !== undefined) {
      return [globalArn(`oidc-provider/${String(Url).replace("https://", "")}`, environment)];
    }
    return texts(PolicyArn ?? OpenIDConnectProviderArn);
  },
  split: Object.fromEntries(
    [
      ["CreateRole", "TagRole"],
      ["CreateInstanceProfile", "TagInstanceProfile"],
    ].map(([operation = "", tagging = ""]) => [
      operation,
      (parameters, environment) => {
        const conditions = {
          ...requestTagConditions(parameters),
          ...iam.conditions?.(operation, parameters, environment),
        };
        const resources = iam.resources?.(operation, parameters, environment) ?? [];
        const actions = Object.keys(requestTagConditions(parameters)).length > 0 ? [operation, tagging] : [operation];
        return resources.flatMap((resource) =>
          actions.map((action) => ({ action: `iam:${action}`, resource, conditions })),
        );
      },
    ]),
  ),
};

function globalArn(resource: string, { partition, account }: Environment): string {
  return `arn:${partition}:iam::${account}:${resource}`;
}
