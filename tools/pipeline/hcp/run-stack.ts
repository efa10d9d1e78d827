import { setTimeout as delay } from "node:timers/promises";
import { backOff } from "../../../shared/runtime/back-off";
import { ToolchainError } from "../../toolchain/error";
import { NO_CHANGES, type Outcome, type Result } from "../result";
import type { Stop } from "../stop";
import type { HcpClient, Plan, Workspace } from "./client";
import { isComplete, logText } from "./log-text";
import { pack } from "./pack";
import { outcomeOf, type Run, type RunState, stateOf } from "./run-state";

/** Far below the 30 requests a second that a user has, also with many stacks at once. */
const POLL = { first: 500, longest: 10_000 };
/** A log ends some seconds after its plan. */
const LOG_TRIES = 6;

export interface RunStackOptions {
  readonly client: HcpClient;
  readonly stack: string;
  readonly folder: string;
  readonly verb: "plan" | "apply";
  /** What people see in HCP Terraform's list of runs. */
  readonly message: string;
  readonly stop: Stop;
  readonly report: (line: string) => void;
}

/** Plans or applies a stack in HCP Terraform. */
export async function runStack(options: RunStackOptions): Promise<Result> {
  const { client, stack, folder, verb, message, stop, report } = options;
  const workspace = await client.workspaceOf(stack);
  const planOnly = verb === "plan";
  const version = await client.createConfigurationVersion(
    workspace,
    await pack(folder),
    { speculative: planOnly },
    () => pauseOrGiveUp(stop),
  );
  const created = await client.createRun(workspace, version, { message, planOnly });
  const url = client.urlOf(created, workspace);
  report(`${stack}: ${url}`);

  try {
    return { ...(await resultOf(created, workspace, options)), url };
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    const detail = `${error.message} The run may go on in HCP Terraform: look there.`;
    return { stack, verb, outcome: "errored", ...NO_CHANGES, text: "", detail, url };
  }
}

async function resultOf(created: Run, workspace: Workspace, options: RunStackOptions): Promise<Result> {
  const { client, stack, verb } = options;
  const { run, outcome, wasConfirmed, detail } = await follow(created, workspace, options);
  const plan = run.planId === undefined ? undefined : await client.plan(run.planId);
  const ended = outcomeOf(outcome, wasConfirmed, plan?.status);
  const applyLog = wasConfirmed && ended === "errored" ? await client.applyLogUrl(run.id) : undefined;
  const text = logText(await wholeLog(client, applyLog ?? plan?.logUrl));
  return {
    stack,
    verb,
    outcome: verb === "apply" && ended === "planned" ? "applied" : ended,
    ...countsOf(plan),
    text,
    detail: detail ?? explain(ended),
  };
}

interface Followed {
  readonly run: Run;
  readonly outcome: Outcome;
  readonly wasConfirmed: boolean;
  readonly detail?: string;
}

async function follow(created: Run, workspace: Workspace, options: RunStackOptions): Promise<Followed> {
  const { client, verb, stop, report, stack } = options;
  let run = created;
  let wasConfirmed = false;
  for (let looks = 1; ; looks += 1) {
    const state = stateOf(run);
    if (typeof state === "object") return { run, outcome: state.ended, wasConfirmed };
    if (state === "confirmable" && verb === "plan") return { run, outcome: "needs-confirmation", wasConfirmed };
    if (stop.reason) return await giveUp(run, state, workspace, stop.reason, wasConfirmed, options);
    if (state === "confirmable" && !wasConfirmed) {
      await client.confirm(run, options.message);
      wasConfirmed = true;
    }
    await pause(looks, stop);
    const next = await client.run(run.id);
    if (next.status !== run.status) {
      report(`${stack}: ${next.status}`);
      looks = 0;
    }
    run = next;
  }
}

/** A run that nobody waits for is ended, unless it changes resources: half an apply is worse than one nobody watches. */
async function giveUp(
  run: Run,
  state: RunState,
  workspace: Workspace,
  reason: NonNullable<Stop["reason"]>,
  wasConfirmed: boolean,
  { client }: RunStackOptions,
): Promise<Followed> {
  if (state === "applying" || wasConfirmed)
    return {
      run,
      outcome: reason,
      wasConfirmed,
      detail: "It was being applied and goes on in HCP Terraform: look there how it ends.",
    };
  await client.end(run, reason === "timed-out" ? "It did not end in time." : "The job that started it was cancelled.");
  const lock = workspace.isLocked ? "The workspace is locked. " : "";
  const waited =
    run.status === "pending"
      ? `${lock}The run never began: another run of the workspace comes first, or it is locked. `
      : "";
  return { run, outcome: reason, wasConfirmed, detail: `${waited}It was at "${run.status}" and is cancelled now.` };
}

function explain(outcome: Outcome): string | undefined {
  switch (outcome) {
    case "policy-failed":
      return "A policy or a run task of the organization stopped the run after its plan. The run says which.";
    case "needs-override":
      return "A policy failed that may be overridden. Whoever may do so overrides and confirms it in HCP Terraform, or discards the run, which holds up the workspace until then.";
    case "needs-confirmation":
      return "Confirm or discard it in HCP Terraform.";
    case "discarded":
      return "Somebody discarded it in HCP Terraform.";
    case "canceled":
      return "Somebody cancelled it in HCP Terraform.";
    default:
      return undefined;
  }
}

function countsOf(plan: Plan | undefined) {
  if (!plan) return NO_CHANGES;
  const { hasChanges, added, changed, destroyed, imported } = plan;
  return { hasChanges, added, changed, destroyed, imported };
}

async function wholeLog(client: HcpClient, url: string | undefined): Promise<string> {
  let log = "";
  for (let attempt = 1; url !== undefined && attempt <= LOG_TRIES && !isComplete(log); attempt += 1) {
    if (attempt > 1) await delay(backOff(attempt, POLL));
    log = await client.log(url);
  }
  return log;
}

async function pauseOrGiveUp(stop: Stop): Promise<void> {
  await pause(1, stop);
  if (stop.reason)
    throw new ToolchainError("HCP Terraform had not unpacked what was uploaded when the command had to end.");
}

/** Ends early, and not with an error, when there is a reason to stop. */
async function pause(looks: number, { signal }: Stop): Promise<void> {
  await delay(backOff(looks, POLL), undefined, { signal }).catch(() => {});
}
