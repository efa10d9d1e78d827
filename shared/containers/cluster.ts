import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";

/** Where a task can run. */
export type CapacityProvider = "FARGATE" | "FARGATE_SPOT";

const CAPACITY_PROVIDERS: readonly CapacityProvider[] = ["FARGATE", "FARGATE_SPOT"];

/**
 * An ECS cluster of Fargate tasks, on demand and Spot, with Container Insights.
 *
 * ECS makes the log group of Container Insights itself, `/aws/ecs/containerinsights/<cluster>/performance`, and makes it anew
 * when it writes the last measurements of a cluster that is gone. As a resource of the stack it would be there already at the
 * next deployment, which would fail.
 */
export class Cluster extends Construct {
  /** Known before the deployment, so that policies and metrics may name it. */
  readonly clusterName: string;
  readonly arn: string;
  /** What has to exist before a service, and is gone after it: the capacity providers, without which ECS refuses a strategy. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.clusterName = stack.nameOf("cluster", this);
    const cluster = new EcsCluster(this, "cluster", {
      name: this.clusterName,
      // Not "enhanced": it adds the metrics of every task and container, which are charged for, and scaling needs the
      // service's count of running tasks only.
      setting: [{ name: "containerInsights", value: "enabled" }],
    });
    this.arn = cluster.arn;
    const capacityProviders = new EcsClusterCapacityProviders(this, "capacity-providers", {
      clusterName: cluster.name,
      capacityProviders: [...CAPACITY_PROVIDERS],
    });
    this.ready = [capacityProviders];
  }
}
