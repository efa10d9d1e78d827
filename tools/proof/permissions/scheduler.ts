import { arn, texts } from "./arns";
import type { Service } from "./services";

export const scheduler: Service = {
  prefix: "scheduler",
  passes: (_, { Target }) =>
    texts((Target as { RoleArn?: string } | undefined)?.RoleArn).map((role) => ({ role, to: "scheduler" })),
  resources: (_, { Name, GroupName = "default" }, environment) =>
    texts(Name).map((name) => arn(environment, "scheduler", `schedule/${GroupName}/${name}`)),
};
