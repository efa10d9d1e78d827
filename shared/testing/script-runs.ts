import { statSync } from "node:fs";
import { awsCalls, type ScriptRun, type ScriptSandbox } from "./script-sandbox";

/** The arguments of each call of a command, in order. */
export function argsOf(run: ScriptRun, command: string): readonly (readonly string[])[] {
  return run.calls.filter((call) => call.command === command).map(({ args }) => args);
}

/** How long a script slept, in seconds, time after time. */
export function pausesOf(run: ScriptRun): number[] {
  return argsOf(run, "sleep").map(([seconds]) => Number(seconds));
}

/** What the Auto Scaling group was told of the machine's launch: CONTINUE, ABANDON. */
export function toldTheGroup(run: ScriptRun): (string | undefined)[] {
  return awsCalls(run.calls)
    .filter(({ action }) => action === "autoscaling:CompleteLifecycleAction")
    .map(({ options }) => options["lifecycle-action-result"]);
}

/** Permissions of a file in the sandbox, in octal. */
export function modeOf(sandbox: ScriptSandbox, path: string): string {
  return (statSync(sandbox.path(path)).mode & 0o777).toString(8);
}
