import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";

/** How a command ended. */
export interface Outcome {
  /** The exit code; undefined when the command could not be started or was killed. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** After that long the command is killed. @default 15,000 */
  readonly timeoutMilliseconds?: number;
  /** Kills the command when it is aborted. */
  readonly signal?: AbortSignal;
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command to its end and never throws: one that cannot be started has no code and the reason in `stderr`. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      signal: options.signal,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: string[] = [];
    const stderr: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      stdout.push(line);
      options.onLine?.(line);
    });
    createInterface({ input: child.stderr }).on("line", (line) => stderr.push(line));
    // Not spawn's own: of a command that cannot be started it would go on, and keep the process waiting.
    const timer = setTimeout(() => child.kill(), options.timeoutMilliseconds ?? 15_000);
    const end = (code: number | undefined) => {
      clearTimeout(timer);
      resolve({ code, stdout: stdout.join("\n"), stderr: stderr.join("\n") });
    };
    child.on("error", (error) => {
      stderr.push(error.message);
      // A command that was started is waited for, also when it is killed.
      if (child.pid === undefined) end(undefined);
    });
    child.on("close", (code) => end(code ?? undefined));
  });
}

/**
 * The absolute path of an executable: searched on `PATH`, or the given path when it is absolute.
 * Undefined when there is none.
 */
export function findExecutable(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = isAbsolute(name) ? [""] : (env.PATH ?? env.Path ?? "").split(delimiter).filter(isAbsolute);
  const endings = process.platform === "win32" ? [".exe", ""] : [""];
  return folders
    .flatMap((folder) => endings.map((ending) => (folder ? join(folder, name + ending) : name + ending)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
