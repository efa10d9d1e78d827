import { spawn } from "node:child_process";
import type { Stop } from "../stop";

export interface Ended {
  /** The exit code; undefined when it was killed or could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Both streams, as a person would have seen them. */
  readonly said: string;
}

/**
 * Runs Terraform to its end. Told to stop, it is interrupted once, upon which it finishes what it is changing, writes the
 * state and releases its lock; it is never killed.
 * @param onOutput called with what it says as it comes
 */
export function terraform(
  binary: string,
  args: readonly string[],
  cwd: string,
  { signal }: Stop,
  onOutput: (text: string) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(binary, args, { cwd, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let said = "";
    const take = (chunk: string) => {
      said += chunk;
      onOutput(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      take(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", take);
    const interrupt = () => void child.kill("SIGINT");
    signal.addEventListener("abort", interrupt, { once: true });
    const end = (code: number | undefined) => {
      signal.removeEventListener("abort", interrupt);
      resolve({ code, stdout, said });
    };
    child.once("error", (error) => {
      said += error.message;
      end(undefined);
    });
    child.once("close", (code) => end(code ?? undefined));
    if (signal.aborted) interrupt();
  });
}

/** Providers and provisioners are other people's code: they get no token that is not theirs. */
function environment(): NodeJS.ProcessEnv {
  const { GITHUB_TOKEN, TF_API_TOKEN, ...rest } = process.env;
  return { ...rest, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}
