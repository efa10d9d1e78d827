import { execFile } from "node:child_process";

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command, and kills it when it takes too long.
 * @throws Error with what the command said on standard error, or why it gave no answer.
 */
export function run(command: string, args: readonly string[], timeoutMs: number): Promise<CommandOutput> {
  // The next run tries again. A try by the AWS CLI itself would double a request whose answer was lost.
  const env = { ...process.env, AWS_MAX_ATTEMPTS: "1", AWS_DEFAULT_OUTPUT: "json" };
  // A hundred bytes a connection: the default of 1 MB ends at ten thousand.
  const options = { env, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 2 ** 28 } as const;
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ stdout, stderr });
      let why = stderr.trim().replace(/\s+/g, " ") || error.message;
      if (error.code === "ENOENT") why = `${command} is not on the PATH ${process.env.PATH}`;
      if (error.killed && !error.code) why = `no answer within ${timeoutMs / 1000} s`;
      reject(new Error(why));
    });
  });
}
