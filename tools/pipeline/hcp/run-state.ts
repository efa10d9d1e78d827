import type { Outcome } from "../result";

/** What counts of a run of HCP Terraform. developer.hashicorp.com/terraform/cloud-docs/api-docs/run */
export interface Run {
  readonly id: string;
  readonly status: string;
  readonly isConfirmable: boolean;
  readonly planId: string | undefined;
}

export type RunState =
  /** It goes on by itself. */
  | "running"
  /** It waits for a confirmation. */
  | "confirmable"
  /** Terraform changes resources: it is not to be disturbed. */
  | "applying"
  | { readonly ended: Outcome };

// The states from developer.hashicorp.com/terraform/cloud-docs/api-docs/run#run-states, and those that only HashiCorp's
// own client names: github.com/hashicorp/go-tfe, run.go.
const ENDS: Readonly<Record<string, Outcome>> = {
  planned_and_finished: "planned",
  planned_and_saved: "needs-confirmation",
  applied: "applied",
  errored: "errored",
  policy_soft_failed: "policy-failed",
  policy_override: "needs-override",
  post_plan_awaiting_decision: "needs-override",
  canceled: "canceled",
  force_canceled: "canceled",
  discarded: "discarded",
};

const APPLYING = new Set([
  "confirmed",
  "queuing_apply",
  "apply_queued",
  "pre_apply_running",
  "pre_apply_completed",
  "applying",
]);

/** A state that is not known here is one that goes on: the time limit ends it. */
export function stateOf({ status, isConfirmable }: Pick<Run, "status" | "isConfirmable">): RunState {
  const end = ENDS[status];
  if (end) return { ended: end };
  if (APPLYING.has(status)) return "applying";
  return isConfirmable ? "confirmable" : "running";
}

/**
 * How a run ended, by its plan's state too. A run that failed though its plan finished, and was never applied, was stopped
 * in between: by a mandatory policy or a run task.
 */
export function outcomeOf(ended: Outcome, wasConfirmed: boolean, planStatus: string | undefined): Outcome {
  return ended === "errored" && !wasConfirmed && planStatus === "finished" ? "policy-failed" : ended;
}
