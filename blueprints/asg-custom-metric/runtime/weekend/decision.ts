import type { Period, Sizes } from "./configuration";

// Two protections, which have nothing to do with each other. Scale-in protection belongs to the Auto Scaling group: whom
// it may not choose when it shrinks. Termination protection belongs to EC2 (DisableApiTermination): whom nobody may end by
// TerminateInstances. It does not keep an Auto Scaling group from ending a server:
// docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html

/** A server as its group knows it. */
export interface Server {
  readonly instanceId: string;
  readonly zone: string;
  /** The group's LifecycleState, such as `InService` or `Pending:Wait`. */
  readonly state: string;
  readonly healthy: boolean;
  /** Version of the launch template that it was made from; 0 where the group does not say. */
  readonly templateVersion: number;
  readonly scaleInProtected: boolean;
  /** Undefined where it is not known. */
  readonly terminationProtected?: boolean;
}

export interface Group {
  readonly sizes: Sizes;
  /** The group's own setting: whether a server is protected from scale-in when it comes into service. */
  readonly protectsNewServers: boolean;
  readonly servers: readonly Server[];
}

export interface Asked {
  readonly period: Period;
  readonly sizes: Sizes;
  /** Whether the servers that stay have EC2's termination protection; where not, it is left as it is. */
  readonly terminationProtection: boolean;
}

/** Whose protection changes. */
export interface Protection {
  /** Instance ids, in calls of SetInstanceProtection. */
  readonly scaleIn: readonly (readonly string[])[];
  /** Instance ids, one a call of ModifyInstanceAttribute. */
  readonly termination: readonly string[];
}

export interface Resize {
  readonly min: number;
  readonly max: number;
  /** Left out where it need not change: servers may ask for more at any time, and their request must not be undone. */
  readonly desired?: number;
  /** Whether servers go. */
  readonly shrinks: boolean;
}

export interface Decision {
  readonly protectNewServers: boolean;
  /** Before anything is released or shrinks. */
  readonly protect: Protection;
  /** From servers that are about to go, and no others. */
  readonly release: Protection;
  readonly resize?: Resize;
  /** What keeps the group from being as asked; empty when it is. */
  readonly missing: readonly string[];
}

/** SetInstanceProtection takes 50: docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html */
export const IDS_PER_CALL = 50;

/**
 * What brings a group nearer to what is asked. It depends on the group's state alone: asked again after it was carried out,
 * it asks for no change; asked again after servers have come or gone, it goes on from there.
 *
 * A group is as asked when
 * - new servers are protected from scale-in;
 * - min and max are as asked. Desired is as asked on the weekend; in the week it is at least that, because servers ask for
 *   more, and at most max;
 * - as many servers as desired are in service: on the weekend no more, in the week there may be more;
 * - every one of them has the protections;
 * - none is starting.
 * Servers that are going do not count. Neither do those in standby: they are somebody's, who put them there by hand and
 * lowered desired when they did, and nothing of theirs is changed.
 */
export function decide(group: Group, asked: Asked): Decision {
  const inService = group.servers.filter(isInService);
  const starting = group.servers.filter(isStarting);
  const { min, max } = asked.sizes;
  const current = group.sizes.desired;
  const desired = asked.period === "week" ? Math.min(Math.max(current, asked.sizes.desired), max) : asked.sizes.desired;

  const stay = asked.period === "week" ? inService : chooseStaying(inService, desired);
  const staying = new Set(stay);
  const go = inService.filter((server) => !staying.has(server));
  const lacksTermination = ({ terminationProtected }: Server) =>
    asked.terminationProtection && terminationProtected !== true;
  const hasTermination = ({ terminationProtected }: Server) =>
    asked.terminationProtection && terminationProtected !== false;

  const protect = {
    scaleIn: ids(stay.filter((server) => !server.scaleInProtected)),
    termination: ids(stay.filter(lacksTermination)),
  };
  const resized = group.sizes.min !== min || group.sizes.max !== max || current !== desired;
  const missing = [
    !group.protectsNewServers && "new servers are not protected from scale-in",
    protect.scaleIn.length > 0 && `${listed(protect.scaleIn)} not protected from scale-in`,
    protect.termination.length > 0 && `${listed(protect.termination)} without termination protection`,
    resized &&
      `min/desired/max are ${group.sizes.min}/${current}/${group.sizes.max} instead of ${min}/${desired}/${max}`,
    go.length > 0 && `${listed(ids(go))} still to go`,
    inService.length < desired && `${inService.length} of ${desired} servers in service`,
    starting.length > 0 && `${listed(ids(starting))} starting`,
  ];
  return {
    protectNewServers: !group.protectsNewServers,
    protect: { ...protect, scaleIn: inCalls(protect.scaleIn) },
    release: {
      scaleIn: inCalls(ids(go.filter((server) => server.scaleInProtected))),
      termination: ids(go.filter(hasTermination)),
    },
    ...(resized && {
      resize: { min, max, ...(desired !== current && { desired }), shrinks: desired < current },
    }),
    missing: missing.filter((one) => one !== false),
  };
}

/**
 * The servers that stay: spread over the zones first; in a zone, and where a zone has to be left out, healthy ones before
 * others, then those of the newest launch template version, so that old versions leave at weekends, then those that are
 * still protected from scale-in, because the others may already be on their way out, then by id. Whoever is chosen is
 * chosen again when some of the others have gone.
 */
export function chooseStaying(inService: readonly Server[], count: number): Server[] {
  const aheadInZone = new Map<string, number>();
  return [...inService]
    .sort(byWorth)
    .map((server) => {
      const ahead = aheadInZone.get(server.zone) ?? 0;
      aheadInZone.set(server.zone, ahead + 1);
      return { server, ahead };
    })
    .sort((one, other) => one.ahead - other.ahead)
    .slice(0, count)
    .map(({ server }) => server);
}

function byWorth(one: Server, other: Server): number {
  return (
    Number(other.healthy) - Number(one.healthy) ||
    other.templateVersion - one.templateVersion ||
    Number(other.scaleInProtected) - Number(one.scaleInProtected) ||
    (one.instanceId < other.instanceId ? -1 : 1)
  );
}

// docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
export const isInService = ({ state }: Server) => state === "InService";
/** Will be in service; also one whose root volume is being replaced. */
const isStarting = ({ state }: Server) => /^(Pending|ReplacingRootVolume|RootVolumeReplaced)/.test(state);
export const isInStandby = ({ state }: Server) => state === "Standby" || state === "EnteringStandby";

function ids(servers: readonly Server[]): string[] {
  return servers.map(({ instanceId }) => instanceId);
}

function inCalls(all: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(all.length / IDS_PER_CALL) }, (_, call) =>
    all.slice(call * IDS_PER_CALL, (call + 1) * IDS_PER_CALL),
  );
}

/** A message names a few, and counts the rest. */
const NAMED = 5;

function listed(all: readonly string[]): string {
  const more = all.length - NAMED;
  return all.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
