import type { ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";

/** What a process has said so far. */
export interface Heard {
  readonly stdout: string;
  /** Both streams, as a person would have seen them. */
  readonly said: string;
}

/**
 * Collects what a process says.
 * @param onOutput called with what it says as it comes
 */
export function hear(child: ChildProcessByStdio<null, Readable, Readable>, onOutput: (text: string) => void): Heard {
  const heard = { stdout: "", said: "" };
  const take = (chunk: string) => {
    heard.said += chunk;
    onOutput(chunk);
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    heard.stdout += chunk;
    take(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", take);
  return heard;
}
