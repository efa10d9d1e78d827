import { arn, roleArn, texts } from "./arns";
import type { Environment, IamRequest, Parameters, Service } from "./services";

/** Operations whose cluster is what they act on, not where. */
const ON_A_CLUSTER = ["DeleteCluster", "PutClusterCapacityProviders", "UpdateCluster", "UpdateClusterSettings"];

/** Operations that have no cluster; a condition on `ecs:cluster` does not hold for them. */
const WITHOUT_CLUSTER = /TaskDefinition|Tag|Clusters?$/;

export const ecs: Service = {
  prefix: "ecs",
  conditions: (operation, { cluster }, environment) => ({
    "ecs:cluster": WITHOUT_CLUSTER.test(operation) ? undefined : clusterArn(cluster, environment),
  }),
  tagging: "TagResource",
  resources: (operation, parameters, environment) => {
    const {
      cluster,
      clusters,
      clusterName: ownName,
      resourceArn,
      service,
      serviceName,
      services,
      task,
      tasks,
    } = parameters;
    const within = (type: string, names: unknown) =>
      texts(names).map((name) =>
        name.startsWith("arn:") ? name : arn(environment, "ecs", `${type}/${clusterName(cluster)}/${name}`),
      );
    return [
      ...texts(resourceArn),
      ...texts(clusters ?? ownName).map((name) => clusterArn(name, environment)),
      ...(ON_A_CLUSTER.includes(operation) ? [clusterArn(cluster, environment)] : []),
      ...within("service", service ?? services ?? (operation === "CreateService" ? serviceName : undefined)),
      ...within("task", task ?? tasks),
    ];
  },
  split: { RegisterTaskDefinition: registration },
};

/**
 * A revision has no number before it is registered: IAM is asked for `family:*`. Whoever registers hands over the roles,
 * and needs one permission more for tags. UpdateService asks for the roles of the revision as well, which are those that
 * were handed over here. Of a large definition the request log keeps no tags, which then look as if none were given.
 */
function registration(parameters: Parameters, environment: Environment): IamRequest[] {
  const { family, taskRoleArn, executionRoleArn, tags } = parameters;
  const resource = arn(environment, "ecs", `task-definition/${family}:*`);
  return [
    { action: "ecs:RegisterTaskDefinition", resource, conditions: Object.fromEntries(tagConditions(tags)) },
    ...[taskRoleArn, executionRoleArn].flatMap(texts).map((role) => ({
      action: "iam:PassRole",
      resource: roleArn(role, environment),
      conditions: { "iam:passedtoservice": "ecs-tasks.amazonaws.com" },
    })),
    ...(Array.isArray(tags) && tags.length > 0
      ? [{ action: "ecs:TagResource", resource, conditions: { "ecs:createaction": "RegisterTaskDefinition" } }]
      : []),
  ];
}

function tagConditions(tags: unknown): [string, string][] {
  const given = (Array.isArray(tags) ? tags : []) as { key?: string; value?: string }[];
  return given.map(({ key = "", value = "" }) => [`aws:requesttag/${key.toLowerCase()}`, value]);
}

function clusterArn(cluster: unknown, environment: Environment): string {
  return arn(environment, "ecs", `cluster/${clusterName(cluster)}`);
}

function clusterName(cluster: unknown): string {
  return (
    String(cluster ?? "default")
      .split(":cluster/")
      .at(-1) ?? ""
  );
}
