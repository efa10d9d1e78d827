/** Why a wait ended before what was waited for. */
export type StopReason = "timed-out" | "canceled";

/** Ends what the command waits for: after a time, or when the process is told to stop. */
export interface Stop {
  readonly signal: AbortSignal;
  readonly reason: StopReason | undefined;
  /** Lets the process end: neither clock nor signals are heeded any more. */
  release(): void;
}

/**
 * A runner of GitHub's that cancels a job sends SIGINT, and SIGTERM seven and a half seconds later: the first is enough.
 * Source: https://docs.github.com/en/actions/reference/workflow-cancellation-reference
 */
export function stopAfter(minutes: number): Stop {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort("timed-out"), minutes * 60_000);
  const onSignal = () => controller.abort("canceled");
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    get reason() {
      return controller.signal.aborted ? (controller.signal.reason as StopReason) : undefined;
    },
    release() {
      clearTimeout(timer);
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    },
  };
}
