import { testNetwork as network } from "../testing/test-network";
import type { TestStack } from "../testing/test-stack";
import { Cluster } from "./cluster";
import { FargateService, type FargateServiceProps } from "./fargate-service";
import { ImageRepository } from "./image-repository";

/** The service `workers` in a stack of its own, for the tests of what belongs to a service. */
export function serviceIn(stack: TestStack, props: Partial<FargateServiceProps> = {}): FargateService {
  return new FargateService(stack, "workers", {
    cluster: new Cluster(stack, "cluster"),
    network,
    subnetIds: network.privateSubnetIds,
    image: new ImageRepository(stack, "images"),
    containerName: "worker",
    cpu: 256,
    memoryMiB: 512,
    architecture: "arm64",
    spotPercent: 0,
    environment: {},
    healthCheck: ["CMD", "true"],
    stopTimeoutSeconds: 120,
    ...props,
  });
}
