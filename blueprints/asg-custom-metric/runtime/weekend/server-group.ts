import type { Logger } from "@aws-lambda-powertools/logger";
import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  type Instance,
  SetInstanceProtectionCommand,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupCommandInput,
} from "@aws-sdk/client-auto-scaling";
import { type Decision, type Group, isInService, type Resize, type Server } from "./decision";
import type { TerminationProtection } from "./termination-protection";

export interface Services {
  readonly autoScaling: AutoScalingClient;
  /** Of servers that have it; shared by all groups. */
  readonly terminationProtection?: TerminationProtection;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** When there is no time left. */
  readonly signal: AbortSignal;
}

/** What trying again does not help against. */
export class Hopeless extends Error {}

/** An Auto Scaling group and its servers, in one run. */
export class ServerGroup {
  /** Calls that changed something. */
  changes = 0;
  #problems: string[] = [];
  /** What was read or set is not asked again in the same run. */
  readonly #terminationProtected = new Map<string, boolean>();

  constructor(
    readonly name: string,
    private readonly services: Services,
  ) {}

  /** Whether its servers have EC2's termination protection. */
  get hasTerminationProtection(): boolean {
    return this.services.terminationProtection !== undefined;
  }

  /**
   * The group's state; its servers' termination protection only where they have it, because EC2 tells it one server a call.
   * @throws Hopeless when there is no such group, or it may not be read.
   */
  async describe(): Promise<Group> {
    const before = await this.#read();
    const { terminationProtection } = this.services;
    if (!terminationProtection) return before;
    const unknown = before.servers.filter(
      (server) => isInService(server) && !this.#terminationProtected.has(server.instanceId),
    );
    for (const { instanceId } of unknown) await this.#readTerminationProtection(terminationProtection, instanceId);
    // Of many servers it takes long, and the decision must not be about a group as it was then.
    const { servers, ...group } = unknown.length > 0 ? await this.#read() : before;
    return {
      ...group,
      servers: servers.map((server) => ({
        ...server,
        terminationProtected: this.#terminationProtected.get(server.instanceId),
      })),
    };
  }

  /**
   * Carries a decision out as far as it goes, and returns what failed: the next pass decides anew. Nothing is released and
   * nothing shrinks before everybody who stays is protected.
   * @throws Hopeless when a call is not allowed.
   */
  async apply({ protectNewServers, protect, release, resize }: Decision): Promise<readonly string[]> {
    this.#problems = [];
    if (resize && !resize.shrinks) await this.#resize(resize);
    if (protectNewServers) {
      await this.#update("new servers are protected from scale-in", { NewInstancesProtectedFromScaleIn: true });
    }
    for (const ids of protect.scaleIn) await this.#setScaleInProtection(ids, true);
    for (const id of protect.termination) await this.#setTerminationProtection(id, true);
    if (this.#problems.length > 0) return this.#problems;

    const kept = new Set<string>();
    for (const id of release.termination) {
      if (!(await this.#setTerminationProtection(id, false))) kept.add(id);
    }
    for (const ids of release.scaleIn) {
      const released = ids.filter((id) => !kept.has(id));
      if (released.length > 0) await this.#setScaleInProtection(released, false);
    }
    if (resize?.shrinks) await this.#resize(resize);
    return this.#problems;
  }

  async #resize({ min, desired, max }: Resize): Promise<void> {
    await this.#update("sizes set", { MinSize: min, DesiredCapacity: desired, MaxSize: max });
  }

  async #update(what: string, change: Omit<UpdateAutoScalingGroupCommandInput, "AutoScalingGroupName">): Promise<void> {
    const { autoScaling, signal } = this.services;
    const command = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: this.name, ...change });
    await this.#change(what, change, () => autoScaling.send(command, { abortSignal: signal }));
  }

  /**
   * A call fails as a whole when one of its servers is not in service any more. Then its halves are tried, so that one does
   * not hold up the others.
   */
  async #setScaleInProtection(instanceIds: readonly string[], on: boolean): Promise<void> {
    const { autoScaling, signal } = this.services;
    const command = new SetInstanceProtectionCommand({
      AutoScalingGroupName: this.name,
      InstanceIds: [...instanceIds],
      ProtectedFromScaleIn: on,
    });
    const what = on ? "scale-in protection set" : "scale-in protection lifted";
    const call = () => autoScaling.send(command, { abortSignal: signal });
    const mayHalve = (error: Error) => error.name === "ValidationError" && instanceIds.length > 1;
    if ((await this.#change(what, { instanceIds }, call, mayHalve)) !== "left") return;
    const half = Math.ceil(instanceIds.length / 2);
    await this.#setScaleInProtection(instanceIds.slice(0, half), on);
    await this.#setScaleInProtection(instanceIds.slice(half), on);
  }

  async #setTerminationProtection(instanceId: string, on: boolean): Promise<boolean> {
    const { terminationProtection, signal } = this.services;
    const what = on ? "termination protection set" : "termination protection lifted";
    const outcome = await this.#change(what, { instanceId }, async () =>
      terminationProtection?.set(instanceId, on, signal),
    );
    if (outcome === "done") this.#terminationProtected.set(instanceId, on);
    return outcome === "done";
  }

  /** It stays unknown when EC2 does not say, of a server that has gone meanwhile, for example. */
  async #readTerminationProtection(protection: TerminationProtection, instanceId: string): Promise<void> {
    const { signal, logger } = this.services;
    try {
      this.#terminationProtected.set(instanceId, await protection.isOn(instanceId, signal));
    } catch (thrown) {
      const error = asHopelessIfDenied(thrown as Error);
      if (error instanceof Hopeless) throw error;
      logger.warn("not done: termination protection read", { groupName: this.name, instanceId, error });
    }
  }

  async #read(): Promise<Group> {
    const { autoScaling, signal } = this.services;
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.name] });
    const { AutoScalingGroups: [group] = [] } = await autoScaling
      .send(command, { abortSignal: signal })
      .catch((error: Error) => {
        throw asHopelessIfDenied(error);
      });
    if (!group) throw new Hopeless("there is no such Auto Scaling group in this account and Region; deploy the stack");
    if (group.Status) throw new Hopeless(`the Auto Scaling group is being deleted (${group.Status})`);
    return {
      sizes: { min: group.MinSize ?? 0, desired: group.DesiredCapacity ?? 0, max: group.MaxSize ?? 0 },
      protectsNewServers: group.NewInstancesProtectedFromScaleIn === true,
      servers: (group.Instances ?? []).map(asServer),
    };
  }

  /** Makes a changing call, and tells of it. An error that `leave` takes is the caller's to deal with. */
  async #change(
    what: string,
    details: object,
    call: () => Promise<unknown>,
    leave: (error: Error) => boolean = () => false,
  ): Promise<"done" | "failed" | "left"> {
    const { logger } = this.services;
    try {
      await call();
    } catch (thrown) {
      const error = asHopelessIfDenied(thrown as Error);
      if (error instanceof Hopeless) throw error;
      if (leave(error)) return "left";
      logger.warn(`not done: ${what}`, { groupName: this.name, ...details, error });
      this.#problems.push(`${error.name}: ${error.message}`);
      return "failed";
    }
    this.changes++;
    logger.info(what, { groupName: this.name, ...details });
    return "done";
  }
}

function asServer(instance: Instance): Server {
  return {
    instanceId: instance.InstanceId ?? "",
    zone: instance.AvailabilityZone ?? "",
    state: instance.LifecycleState ?? "",
    healthy: instance.HealthStatus?.toLowerCase() === "healthy",
    templateVersion: Number(instance.LaunchTemplate?.Version ?? 0),
    scaleInProtected: instance.ProtectedFromScaleIn === true,
  };
}

function asHopelessIfDenied(error: Error): Error {
  const denied = /^(AccessDenied|UnauthorizedOperation|AuthFailure)/.test(error.name);
  return denied ? new Hopeless(`${error.name}: ${error.message}`) : error;
}
