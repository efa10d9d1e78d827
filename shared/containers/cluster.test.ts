import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Cluster } from "./cluster";

describe("a cluster", () => {
  const stack = new TestStack();
  const cluster = new Cluster(stack, "cluster");
  const template = Template.of(stack);

  test("counts its services' tasks by Container Insights, without the metrics of each task", () => {
    expect(template.only("aws_ecs_cluster").attributes).toEqual({
      name: "test",
      setting: [{ name: "containerInsights", value: "enabled" }],
    });
    expect(cluster.clusterName).toBe("test");
  });

  test("runs tasks on Fargate, on demand and Spot", () => {
    expect(template.only("aws_ecs_cluster_capacity_providers").attributes).toEqual({
      cluster_name: `\${${template.only("aws_ecs_cluster").address}.name}`,
      capacity_providers: ["FARGATE", "FARGATE_SPOT"],
    });
  });

  test("leaves the log group of Container Insights to ECS", () => {
    expect(template.resourceCount("aws_cloudwatch_log_group")).toBe(0);
  });
});
