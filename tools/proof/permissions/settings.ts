import { arn, texts } from "./arns";
import type { Environment, Service } from "./services";

export const secretsManager: Service = {
  prefix: "secretsmanager",
  tagging: "TagResource",
  resources: (_, { SecretId, Name }, environment) => [
    ...texts(SecretId),
    // Six characters of AWS's own choice follow the name.
    ...texts(Name).map((name) => arn(environment, "secretsmanager", `secret:${name}-??????`)),
  ],
};

export const ssm: Service = {
  prefix: "ssm",
  tagging: "AddTagsToResource",
  resources: (_, { Name, Path, ResourceId }, environment) =>
    texts(Name ?? Path ?? ResourceId).map((name) => parameterArn(name, environment)),
};

/** AWS's own parameters are nobody's. */
function parameterArn(name: string, environment: Environment): string {
  const owner = name.startsWith("/aws/") ? { ...environment, account: "" } : environment;
  return arn(owner, "ssm", `parameter/${name.replace(/^\//, "")}`);
}
