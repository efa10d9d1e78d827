// An Auto Scaling group as AWS documents it, in memory: for tests.
import type { Sizes } from "./configuration";
import type { Decision, Group, Resize, Server } from "./decision";

type ModelServer = { -readonly [Key in keyof Server]: Server[Key] };

/** As AWS answers when one of a call's servers is not in service: nothing of the call is done. */
export class NotInService extends Error {
  constructor(id: string) {
    super(`The instance ${id} is not in InService or EnteringStandby or Standby.`);
  }
}

export class GroupModel {
  servers: ModelServer[] = [];
  sizes: Sizes;
  protectsNewServers = true;
  #launched = 0;

  constructor(
    readonly name: string,
    sizes: Sizes,
    readonly zones: readonly string[] = ["a", "b", "c"],
  ) {
    this.sizes = { ...sizes };
  }

  /** Adds servers, one zone after the other, in service and protected unless told otherwise. */
  with(count: number, server: Partial<Server> = {}): this {
    for (let one = 0; one < count; one++) {
      const number = this.#launched++;
      this.servers.push({
        instanceId: `i-${String(number).padStart(4, "0")}`,
        zone: this.zones[number % this.zones.length] as string,
        state: "InService",
        healthy: true,
        templateVersion: 1,
        scaleInProtected: true,
        terminationProtected: true,
        ...server,
      });
    }
    return this;
  }

  get inService(): ModelServer[] {
    return this.servers.filter(({ state }) => state === "InService");
  }

  find(id: string): ModelServer | undefined {
    return this.servers.find(({ instanceId }) => instanceId === id);
  }

  describe(): Group {
    const { sizes, protectsNewServers } = this;
    return { sizes: { ...sizes }, protectsNewServers, servers: this.servers.map((server) => ({ ...server })) };
  }

  setScaleInProtection(ids: readonly string[], on: boolean): void {
    const servers = ids.map((id) => {
      const server = this.find(id);
      if (server?.state !== "InService") throw new NotInService(id);
      return server;
    });
    for (const server of servers) server.scaleInProtected = on;
  }

  setTerminationProtection(id: string, on: boolean): void {
    const server = this.find(id);
    if (!server) throw new Error(`The instance ID '${id}' does not exist`);
    server.terminationProtected = on;
  }

  /** Desired follows min and max where it is not given. */
  resize({ min, max, desired }: Omit<Resize, "shrinks">): void {
    this.sizes = { min, max, desired: desired ?? Math.min(Math.max(this.sizes.desired, min), max) };
  }

  /** Carries out a decision to the end, as if nothing could come between. */
  apply({ protectNewServers, protect, release, resize }: Decision): void {
    if (protectNewServers) this.protectsNewServers = true;
    for (const ids of protect.scaleIn) this.setScaleInProtection(ids, true);
    for (const id of protect.termination) this.setTerminationProtection(id, true);
    for (const id of release.termination) this.setTerminationProtection(id, false);
    for (const ids of release.scaleIn) this.setScaleInProtection(ids, false);
    if (resize) this.resize(resize);
  }

  /** A while goes by: what was starting is in service, what was going is gone, and the group goes to its desired size. */
  tick(): void {
    this.servers = this.servers.filter(({ state }) => !state.startsWith("Terminating"));
    const starting = this.servers.filter(({ state }) => state.startsWith("Pending"));
    const spare = this.servers.filter(({ state, scaleInProtected }) => state === "InService" && !scaleInProtected);
    const size = starting.length + this.inService.length;
    for (const server of [...spare, ...starting].slice(0, Math.max(0, size - this.sizes.desired))) {
      server.state = "Terminating";
    }
    for (const server of starting) {
      if (server.state === "Terminating") continue;
      server.state = "InService";
      server.scaleInProtected = this.protectsNewServers;
    }
    this.with(Math.max(0, this.sizes.desired - size), { state: "Pending", scaleInProtected: false });
  }
}
