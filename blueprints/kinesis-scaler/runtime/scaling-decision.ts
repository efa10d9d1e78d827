import { countingUpdates, minimumGrowth, nextFreeUpdate, remainingUpdates } from "./update-budget";

/** What the scaler remembers of a stream between two calls. Times are milliseconds since the epoch. */
export interface ScalingState {
  /** Shards that the last accepted request is carried on to, and which way that was when it came. */
  readonly desired?: number;
  readonly direction?: Direction;
  /** When the request came, or its last step was taken. */
  readonly carriedOnAt?: number;
  /** Why the last request was not honoured. */
  readonly failure?: string;
  readonly failedAt?: number;
  /** When UpdateShardCount was called, as far as it still counts. */
  readonly updates: readonly number[];
}

export type Direction = "out" | "in";

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

/** A step is over within minutes. After an hour without one, a chance GET does not take the next. */
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
  const { stream, request, limits } = input;
  const actual = stream.openShards;
  if (stream.mode !== "PROVISIONED") {
    return failed(input, `The stream's mode is ${stream.mode}: Kinesis itself sets its shards`);
  }
  if (stream.status === "DELETING") return failed(input, "The stream is being deleted");
  if (request === undefined) return stream.status === "ACTIVE" ? carryOn(input) : wait(input);

  const wanted = Math.min(Math.max(request, limits.minShards), limits.maxShards);
  if (wanted < actual && !input.rules.scaleIn) {
    return failed(input, `Scale-in is off: ${request} of ${actual} shards were asked for`);
  }
  if (stream.status !== "ACTIVE") return keepForLater(input, wanted);
  if (wanted !== actual) return step(input, wanted);
  if (request === actual) return successful(input);
  const { minShards, maxShards } = limits;
  return failed(
    input,
    `${request} shards were asked for; the stream has ${actual} and may have ${minShards} to ${maxShards}`,
  );
}

/** The answer to a GET while the stream is ACTIVE: the next step of what was asked for, or how it ended. */
function carryOn(input: DecisionInput): Decision {
  const { state, now } = input;
  const { openShards } = input.stream;
  const { desired, direction, carriedOnAt = 0, failure, failedAt = 0 } = state;
  if (desired !== undefined) {
    // More than was asked for, by somebody else's resharding, is not taken back.
    const reached = direction === "in" ? openShards <= desired : openShards >= desired;
    if (reached) return successful(input);
    if (now - carriedOnAt < REQUEST_VALID_MS) return step(input, desired);
    return failed(
      input,
      `${desired} shards were asked for and not reached within an hour; the stream has ${openShards}`,
    );
  }
  if (failure === undefined || now - failedAt >= FAILURE_VALID_MS) return successful(input);
  return {
    state: { ...state, updates: countingUpdates(state.updates, now) },
    report: { actual: openShards, desired: openShards, status: "Failed", failureReason: failure },
  };
}

/** The answer to a GET while the stream is changing. */
function wait({ state, stream, now }: DecisionInput): Decision {
  return {
    state: { ...state, updates: countingUpdates(state.updates, now) },
    report: { actual: stream.openShards, desired: state.desired ?? stream.openShards, status: "InProgress" },
  };
}

/** The answer to a PATCH while the stream is changing: the request is carried on when it is ACTIVE again. */
function keepForLater({ state, stream, now }: DecisionInput, wanted: number): Decision {
  const actual = stream.openShards;
  // The resharding under way may already bring more, by rounding or by the budget's demand: that is not undone.
  const desired = wanted > actual && state.direction === "out" ? Math.max(wanted, state.desired ?? 0) : wanted;
  return {
    state: {
      desired,
      direction: directionTo(desired, actual),
      carriedOnAt: now,
      updates: countingUpdates(state.updates, now),
    },
    report: { actual, desired, status: "InProgress" },
  };
}

function successful({ state, stream, now }: DecisionInput): Decision {
  const { openShards } = stream;
  return {
    state: { updates: countingUpdates(state.updates, now) },
    report: { actual: openShards, desired: openShards, status: "Successful" },
  };
}

/** The decision that a request is not honoured, and why; also for what Kinesis itself refuses. */
export function failed({ state, stream, request, now }: DecisionInput, failureReason: string): Decision {
  const { openShards } = stream;
  // Asked after again, it is still the same failure.
  const known = request === undefined && state.failure === failureReason;
  return {
    state: {
      failure: failureReason,
      failedAt: known ? (state.failedAt ?? now) : now,
      updates: countingUpdates(state.updates, now),
    },
    report: { actual: openShards, desired: openShards, status: "Failed", failureReason },
  };
}

function step(input: DecisionInput, wanted: number): Decision {
  const { rules, now } = input;
  const actual = input.stream.openShards;
  const updates = countingUpdates(input.state.updates, now);
  const remaining = remainingUpdates(updates, now, rules.updatesPerDay);
  const budget = `${remaining} of ${rules.updatesPerDay} calls of UpdateShardCount are left for today`;
  if (remaining === 0) {
    return failed(input, `${budget}; the next is free at ${new Date(nextFreeUpdate(updates, now)).toISOString()}`);
  }
  if (wanted < actual && remaining <= rules.updatesReservedForScaleOut) {
    return failed(input, `${budget}, and ${rules.updatesReservedForScaleOut} are kept for scale-out`);
  }

  const update = nextShardCount(actual, wanted, input.limits.maxShards, minimumGrowth(remaining, rules.updatesPerDay));
  const withinOneStep = wanted > actual ? wanted <= 2 * actual : wanted >= Math.ceil(actual / 2);
  const desired = withinOneStep ? update : wanted;
  return {
    update,
    state: { desired, direction: directionTo(desired, actual), carriedOnAt: now, updates: [...updates, now] },
    report: { actual, desired, status: "InProgress" },
  };
}

function directionTo(desired: number, actual: number): Direction {
  return desired < actual ? "in" : "out";
}

/**
 * The shard count for one call of UpdateShardCount on the way to `wanted`: at most double, at least half. On the way out
 * it is preferably a multiple of a quarter of the present count, which Kinesis reaches fastest. On the way in it is not
 * rounded: the rest would cost another of the day's calls.
 */
export function nextShardCount(actual: number, wanted: number, maxShards: number, growth = 1): number {
  if (wanted < actual) return Math.max(wanted, Math.ceil(actual / 2));
  const most = Math.min(2 * actual, Math.max(maxShards, wanted));
  const least = Math.min(Math.max(wanted, Math.ceil(actual * growth)), most);
  // The next quarter that is a whole number of shards; it lies less than a quarter away.
  const rounded = (Math.ceil((4 * least) / actual) * actual) / 4;
  return Number.isInteger(rounded) && rounded <= most ? rounded : least;
}
