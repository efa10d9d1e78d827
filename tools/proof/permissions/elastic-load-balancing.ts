import { arn, members, texts } from "./arns";
import type { Service } from "./services";

export const elasticLoadBalancing: Service = {
  prefix: "elasticloadbalancing",
  tagging: "AddTags",
  resources: (operation, parameters, environment) => {
    // Listing knows no resource, also where it names one.
    if (operation.startsWith("Describe")) return [];
    const { LoadBalancerArn, ListenerArn, TargetGroupArn, Name, Type } = parameters;
    const made = (type: string) => [arn(environment, "elasticloadbalancing", `${type}/${Name}/*`)];
    if (operation === "CreateLoadBalancer") return made(`loadbalancer/${Type === "network" ? "net" : "app"}`);
    if (operation === "CreateTargetGroup") return made("targetgroup");
    return [...texts(LoadBalancerArn ?? ListenerArn ?? TargetGroupArn), ...members(parameters, "ResourceArns")];
  },
};
