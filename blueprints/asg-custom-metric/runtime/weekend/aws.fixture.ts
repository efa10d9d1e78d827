// Groups of the model behind the API that the function calls: for tests.

import { QueryRefusal, QueryStub } from "../../../../shared/testing/query-stub";
import type { Server } from "./decision";
import { type GroupModel, NotInService } from "./group-model.fixture";

export const CHANGING = ["SetInstanceProtection", "UpdateAutoScalingGroup", "ModifyInstanceAttribute"] as const;

export class StubAws extends QueryStub {
  /** What changed something, in order: the action, and what it was called with. */
  get changes(): string[] {
    return this.calls
      .filter(({ action }) => (CHANGING as readonly string[]).includes(action))
      .map(({ action, input }) => `${action} ${idsOf(input).join(",")}${settingOf(input)}`);
  }

  serve(...models: readonly GroupModel[]): this {
    const group = ({ AutoScalingGroupName }: Readonly<Record<string, string>>) => {
      const found = models.find(({ name }) => name === AutoScalingGroupName);
      if (!found)
        throw new QueryRefusal("ValidationError", `AutoScalingGroup name not found - ${AutoScalingGroupName}`);
      return found;
    };
    const owner = ({ InstanceId = "" }: Readonly<Record<string, string>>) => {
      const found = models.find((model) => model.find(InstanceId));
      if (!found)
        throw new QueryRefusal("InvalidInstanceID.NotFound", `The instance ID '${InstanceId}' does not exist`);
      return found;
    };
    return this.on("DescribeAutoScalingGroups", (input) => ({
      AutoScalingGroups: models
        .filter(({ name }) => name === input["AutoScalingGroupNames.member.1"])
        .map(({ name, sizes, protectsNewServers, servers }) => ({
          AutoScalingGroupName: name,
          MinSize: sizes.min,
          DesiredCapacity: sizes.desired,
          MaxSize: sizes.max,
          NewInstancesProtectedFromScaleIn: protectsNewServers,
          Instances: servers.map(asInstance),
        })),
    }))
      .on("SetInstanceProtection", (input) => {
        try {
          group(input).setScaleInProtection(idsOf(input), input.ProtectedFromScaleIn === "true");
        } catch (error) {
          throw error instanceof NotInService ? new QueryRefusal("ValidationError", error.message) : error;
        }
        return {};
      })
      .on("UpdateAutoScalingGroup", (input) => {
        const model = group(input);
        if (input.NewInstancesProtectedFromScaleIn === "true") model.protectsNewServers = true;
        if (input.MinSize) {
          const desired = input.DesiredCapacity === undefined ? undefined : Number(input.DesiredCapacity);
          model.resize({ min: Number(input.MinSize), max: Number(input.MaxSize), desired });
        }
        return {};
      })
      .on("DescribeInstanceAttribute", (input) => ({
        instanceId: input.InstanceId,
        disableApiTermination: { value: owner(input).find(input.InstanceId ?? "")?.terminationProtected },
      }))
      .on("ModifyInstanceAttribute", (input) => {
        owner(input).setTerminationProtection(input.InstanceId ?? "", input["DisableApiTermination.Value"] === "true");
        return { return: true };
      });
  }
}

export function idsOf(input: Readonly<Record<string, string>>): string[] {
  return Object.entries(input)
    .filter(([name]) => name === "InstanceId" || name.startsWith("InstanceIds.member."))
    .map(([, id]) => id);
}

function settingOf(input: Readonly<Record<string, string>>): string {
  if (input.MinSize) return `${input.MinSize}/${input.DesiredCapacity ?? "-"}/${input.MaxSize}`;
  const on =
    input.ProtectedFromScaleIn ?? input["DisableApiTermination.Value"] ?? input.NewInstancesProtectedFromScaleIn;
  return on === "true" ? " on" : " off";
}

function asInstance(server: Server): object {
  return {
    InstanceId: server.instanceId,
    AvailabilityZone: server.zone,
    LifecycleState: server.state,
    HealthStatus: server.healthy ? "Healthy" : "Unhealthy",
    LaunchTemplate: { LaunchTemplateId: "lt-1", Version: server.templateVersion },
    ProtectedFromScaleIn: server.scaleInProtected,
  };
}
