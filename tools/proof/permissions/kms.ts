import { arn } from "./arns";
import { requestTagConditions } from "./request-tags";
import type { Environment, Service } from "./services";

/** Which key an alias stands for, the environment knows; a key that is made has no id yet. */
export const kms: Service = {
  prefix: "kms",
  // AWS's own keys have no tags.
  conditions: (_, { KeyId }) =>
    isOfAws(KeyId) ? { "kms:requestalias": String(KeyId), "aws:resourcetag/stack": undefined } : {},
  resources: (_, { KeyId, AliasName, TargetKeyId }, environment) => [
    ...[KeyId, TargetKeyId].filter((key) => key !== undefined).map((key) => keyArn(String(key), environment)),
    ...(AliasName === undefined ? [] : [arn(environment, "kms", String(AliasName))]),
  ],
  split: {
    CreateKey: (parameters, environment) => {
      const conditions = requestTagConditions(parameters);
      return [
        { action: "kms:CreateKey", resource: "*", conditions },
        ...(Object.keys(conditions).length > 0
          ? [{ action: "kms:TagResource", resource: arn(environment, "kms", "key/*"), conditions }]
          : []),
      ];
    },
    DeleteAlias: ({ AliasName }, environment) =>
      [arn(environment, "kms", String(AliasName)), keyOf(String(AliasName), environment)].map((resource) => ({
        action: "kms:DeleteAlias",
        resource,
        conditions: {},
      })),
  },
};

function isOfAws(key: unknown): boolean {
  return String(key).startsWith("alias/aws/");
}

function keyArn(key: string, environment: Environment): string {
  return key.startsWith("arn:") ? key : arn(environment, "kms", `key/${key}`);
}

function keyOf(alias: string, { resources = [] }: Environment): string {
  const key = resources.find(({ name }) => name === alias);
  if (!key) throw new Error(`no key of ${alias} is known; give it among the environment's resources`);
  return key.arn;
}
