import { arn, texts } from "./arns";
import type { Parameters, Service } from "./services";

export const codeBuild: Service = {
  prefix: "codebuild",
  passes: (_, { serviceRole }) => texts(serviceRole).map((role) => ({ role, to: "codebuild" })),
  resources: (_, { name, names }, environment) =>
    texts(names ?? name).map((one) => (one.startsWith("arn:") ? one : arn(environment, "codebuild", `project/${one}`))),
};

export const codePipeline: Service = {
  prefix: "codepipeline",
  tagging: "TagResource",
  passes: (_, { pipeline }) =>
    texts((pipeline as { roleArn?: string } | undefined)?.roleArn).map((role) => ({ role, to: "codepipeline" })),
  resources: (_, { name, pipeline, resourceArn }, environment) => [
    ...texts(resourceArn),
    ...texts(name ?? (pipeline as { name?: string } | undefined)?.name).map((one) =>
      arn(environment, "codepipeline", one),
    ),
  ],
};

export const events: Service = {
  prefix: "events",
  tagging: "TagResource",
  passes: (_, { Targets }) =>
    targets(Targets).flatMap(({ RoleArn }) => texts(RoleArn).map((role) => ({ role, to: "events" }))),
  resources: (_, { Name, Rule, ResourceARN }, environment) => [
    ...texts(ResourceARN),
    ...texts(Name ?? Rule).map((name) => arn(environment, "events", `rule/${name}`)),
  ],
};

function targets(value: unknown): Parameters[] {
  return Array.isArray(value) ? value : [];
}
