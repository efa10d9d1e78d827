import { countingUpdates, minimumGrowth, nextFreeUpdate, remainingUpdates } from "./update-budget";

/** What the scaler remembers of a stream between two calls. Times are milliseconds since the epoch. */
export interface ScalingState {
  /** Shards that the last accepted request is carried on to. */
  readonly desired?: number;
  readonly requestedAt?: number;
  /** Why the last request was not honoured. */
  readonly failure?: string;
  readonly failedAt?: number;
  /** When UpdateShardCount was called, as far as it still counts. */
  readonly updates: readonly number[];
}

export interface DecisionInput {
  readonly stream: { readonly status: string; readonly mode: string; readonly openShards: number };
  readonly limits: { readonly minShards: number; readonly maxShards: number };
  readonly rules: {
    readonly scaleIn: boolean;
    readonly updatesPerDay: number;
    readonly updatesReservedForScaleOut: number;
  };
  readonly state: ScalingState;
  /** Shards asked for by a PATCH; undefined for a GET, which carries on what a PATCH began. */
  readonly request?: number;
  readonly now: number;
}

export type ScalingStatus = "Pending" | "InProgress" | "Successful" | "Failed";

export interface Decision {
  /** Shard count to call UpdateShardCount with; undefined: no call. */
  readonly update?: number;
  readonly state: ScalingState;
  readonly report: {
    readonly actual: number;
    readonly desired: number;
    readonly status: ScalingStatus;
    readonly failureReason?: string;
  };
}

/** A request that nobody has asked after for this long is not carried on by a chance GET hours later. */
const REQUEST_VALID_MS = 60 * 60 * 1000;
/** A refusal is reported until whoever asked has had time to look. */
const FAILURE_VALID_MS = 10 * 60 * 1000;

/**
 * Decides what to do about a stream and what to say about it. Pure: the same input gives the same decision.
 *
 * UpdateShardCount at most doubles and at least halves, so a request beyond that is carried on in steps: each GET after
 * the stream is ACTIVE again takes the next one. Nothing is called while the stream is not ACTIVE or when nothing
 * changes. `Successful` is only said of a request that was honoured.
 */
export function decide(input: DecisionInput): Decision {
  const { stream, now } = input;
  const actual = stream.openShards;
  const updates = countingUpdates(input.state.updates, now);
  const idle: ScalingState = { updates };

  const failed = (failureReason: string): Decision => ({
    state: { ...idle, failure: failureReason, failedAt: now },
    report: { actual, desired: actual, status: "Failed", failureReason },
  });
  if (stream.mode !== "PROVISIONED")
    return failed(`The stream's mode is ${stream.mode}: Kinesis itself sets its shards`);
  if (stream.status === "DELETING") return failed("The stream is being deleted");

  const wanted = input.request === undefined ? carriedOn(input) : clamp(input.request, input.limits);
  if (stream.status !== "ACTIVE") {
    const state =
      input.request === undefined ? { ...input.state, updates } : { ...idle, desired: wanted, requestedAt: now };
    return { state, report: { actual, desired: wanted ?? input.state.desired ?? actual, status: "InProgress" } };
  }
  if (wanted !== undefined && wanted !== actual) return step(input, wanted, updates, failed);

  const { minShards, maxShards } = input.limits;
  if (input.request !== undefined && input.request !== actual) {
    return failed(
      `${input.request} shards were asked for; the stream has ${actual} and may have ${minShards} to ${maxShards}`,
    );
  }
  const { failure, failedAt = 0 } = input.state;
  if (input.request === undefined && failure !== undefined && now - failedAt < FAILURE_VALID_MS) {
    return {
      state: { ...input.state, updates },
      report: { actual, desired: actual, status: "Failed", failureReason: failure },
    };
  }
  return { state: idle, report: { actual, desired: actual, status: "Successful" } };
}

function carriedOn({ state, now }: DecisionInput): number | undefined {
  return now - (state.requestedAt ?? 0) < REQUEST_VALID_MS ? state.desired : undefined;
}

function step(
  input: DecisionInput,
  wanted: number,
  updates: readonly number[],
  failed: (reason: string) => Decision,
): Decision {
  const { rules, now } = input;
  const actual = input.stream.openShards;
  const remaining = remainingUpdates(updates, now, rules.updatesPerDay);
  const budget = `${remaining} of ${rules.updatesPerDay} calls of UpdateShardCount are left for today`;
  if (wanted < actual && !rules.scaleIn) return failed(`Scale-in is off: ${wanted} of ${actual} shards were asked for`);
  if (remaining === 0) {
    return failed(`${budget}; the next is free at ${new Date(nextFreeUpdate(updates, now)).toISOString()}`);
  }
  if (wanted < actual && remaining <= rules.updatesReservedForScaleOut) {
    return failed(`${budget}, and ${rules.updatesReservedForScaleOut} are kept for scale-out`);
  }

  const update = nextShardCount(actual, wanted, input.limits.maxShards, minimumGrowth(remaining, rules.updatesPerDay));
  const withinOneStep = wanted > actual ? wanted <= 2 * actual : wanted >= Math.ceil(actual / 2);
  const desired = withinOneStep ? update : wanted;
  const requestedAt = input.request === undefined ? input.state.requestedAt : now;
  return {
    update,
    state: { desired, requestedAt, updates: [...updates, now] },
    report: { actual, desired, status: "InProgress" },
  };
}

/**
 * The shard count for one call of UpdateShardCount on the way to `wanted`: at most double, at least half, and preferably
 * a multiple of a quarter of the present count, which Kinesis reaches fastest. A quarter is only ever rounded up to: a
 * stream never gets fewer shards than were asked for.
 */
export function nextShardCount(actual: number, wanted: number, maxShards: number, growth = 1): number {
  if (wanted > actual) {
    const most = Math.min(2 * actual, Math.max(maxShards, wanted));
    const least = Math.min(Math.max(wanted, Math.ceil(actual * growth)), most);
    return roundUpToQuarter(actual, least, most);
  }
  const least = Math.max(wanted, Math.ceil(actual / 2));
  return roundUpToQuarter(actual, least, actual - 1);
}

function roundUpToQuarter(actual: number, count: number, most: number): number {
  const quarters = Math.ceil((4 * count) / actual);
  // The next quarter that is a whole number of shards, if it lies less than a quarter away.
  const rounded = (quarters * actual) / 4;
  return Number.isInteger(rounded) && rounded <= most ? rounded : count;
}

function clamp(request: number, { minShards, maxShards }: DecisionInput["limits"]): number {
  return Math.min(Math.max(request, minShards), maxShards);
}
