import { spawn } from "node:child_process";
import { type Heard, hear } from "../../toolchain/hear";
import type { Stop } from "../stop";

export interface Ended extends Heard {
  /** The exit code; undefined when it was killed or could not be started. */
  readonly code: number | undefined;
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
    const heard = hear(child, onOutput);
    const interrupt = () => void child.kill("SIGINT");
    signal.addEventListener("abort", interrupt, { once: true });
    const end = (code: number | undefined, failure = "") => {
      signal.removeEventListener("abort", interrupt);
      resolve({ code, stdout: heard.stdout, said: heard.said + failure });
    };
    child.once("error", ({ message }) => end(undefined, message));
    child.once("close", (code) => end(code ?? undefined));
    if (signal.aborted) interrupt();
  });
}

/** Providers and provisioners are other people's code: they get no token that is not theirs. */
function environment(): NodeJS.ProcessEnv {
  const { GITHUB_TOKEN, TF_API_TOKEN, ...rest } = process.env;
  return { ...rest, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}
