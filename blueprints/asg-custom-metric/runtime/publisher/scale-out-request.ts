/** When a server asks its group for one more. */
export interface ScaleOutRule {
  /** Connections from which on the server has a breach: connections >= threshold. 1 at least. */
  readonly threshold: number;
  /** Connections below which a breach is over: connections < rearmBelow. 1..threshold */
  readonly rearmBelow: number;
  /** Seconds after an accepted request in which the server does not ask again. 0 at least. */
  readonly cooldownSeconds: number;
}

export interface Measurement {
  /** Established connections; undefined when they could not be counted. */
  readonly connections: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a server remembers of its requests between two runs. Times are milliseconds since the epoch. */
export type RequestState =
  | { readonly phase: "armed" }
  /** Asked for, and not accepted by AWS as far as the server knows. `withoutEffect`: the group did not grow by it. */
  | { readonly phase: "pending"; readonly withoutEffect?: true }
  /** `fallen`: connections were below rearmBelow since. */
  | { readonly phase: "accepted"; readonly acceptedAt: number; readonly fallen: boolean };

export interface ScaleOutDecision {
  /** To be on disk before AWS is asked. */
  readonly state: RequestState;
  /** Ask AWS now, for one server more. */
  readonly ask: boolean;
}

export const ARMED: RequestState = { phase: "armed" };

/**
 * Decides whether a server asks its group for one more. Pure: the same input gives the same decision.
 *
 * A breach begins with connections >= threshold and is over when, after AWS has accepted its request, connections are
 * < rearmBelow. It asks for exactly one server: the request is repeated in each run until AWS has accepted it, even if
 * connections have fallen meanwhile. Only a request that had no effect, because the group is at its largest, lapses with
 * the breach: nobody needs that server any more when there is room. A breach that begins during the cooldown and is still
 * there afterwards asks then.
 * A run that could not count repeats what is pending, and changes nothing else.
 */
export function decide(
  state: RequestState,
  { connections, now }: Measurement,
  { threshold, rearmBelow, cooldownSeconds }: ScaleOutRule,
): ScaleOutDecision {
  const isBelow = connections !== undefined && connections < rearmBelow;
  const reached = connections !== undefined && connections >= threshold;
  let next = state;
  if (next.phase === "accepted") {
    // A clock that was set back starts the cooldown anew: waiting for the old time could take years.
    const acceptedAt = Math.min(next.acceptedAt, now);
    const fallen = next.fallen || isBelow;
    const rearmed = fallen && now - acceptedAt >= cooldownSeconds * 1000;
    next = rearmed ? ARMED : { phase: "accepted", acceptedAt, fallen };
  }
  if (next.phase === "pending" && next.withoutEffect && isBelow) next = ARMED;
  if (next.phase === "armed" && reached) next = { phase: "pending" };
  return { state: next, ask: next.phase === "pending" };
}

/** The state after AWS has taken the request and the group has stayed as it was. */
export const WITHOUT_EFFECT: RequestState = { phase: "pending", withoutEffect: true };

/** The state after AWS has accepted the request. */
export function accepted(now: number): RequestState {
  return { phase: "accepted", acceptedAt: now, fallen: false };
}
