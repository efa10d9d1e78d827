import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Task } from "../../../shared/testing/scenario";

export interface TaskProcessOptions {
  readonly id: string;
  readonly taskDefinitionArn: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** All variables that the program sees. */
  readonly environment: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL. */
  readonly stopTimeoutSeconds: number;
  readonly isProtected: () => boolean;
}

/** The container of a task, as a process of this machine. */
export class TaskProcess implements Task {
  readonly id: string;
  readonly taskDefinitionArn: string;
  readonly logLines: string[] = [];
  readonly ended: Promise<number | null>;
  #exitCode?: number | null;
  #stopping = false;

  private constructor(
    private readonly options: TaskProcessOptions,
    private readonly child: ChildProcess,
  ) {
    this.id = options.id;
    this.taskDefinitionArn = options.taskDefinitionArn;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as Readable }).on("line", (line) => this.logLines.push(line));
    }
    // When both streams are read to their end: the last lines are there.
    this.ended = new Promise((resolve) => {
      child.once("exit", (code) => {
        this.#exitCode = code;
      });
      child.once("close", (code) => resolve(code));
    });
  }

  /** @throws Error when the program cannot be started */
  static async start(options: TaskProcessOptions): Promise<TaskProcess> {
    const [program = "", ...args] = options.command;
    const child = spawn(program, args, {
      cwd: options.workingDirectory,
      env: { ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await once(child, "spawn");
    return new TaskProcess(options, child);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get protected(): boolean {
    return this.options.isProtected();
  }

  get exitCode(): number | null | undefined {
    return this.#exitCode;
  }

  get stopping(): boolean {
    return this.#stopping || this.#exitCode !== undefined;
  }

  /** Tells it to end, and ends it when its time is over, as ECS stops a task. */
  async stop(): Promise<void> {
    if (!this.stopping) {
      this.#stopping = true;
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.child.kill("SIGKILL"), this.options.stopTimeoutSeconds * 1000);
      this.ended.then(() => clearTimeout(timer));
    }
    await this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}
