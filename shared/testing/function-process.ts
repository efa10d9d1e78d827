import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

interface Answer {
  readonly id?: number;
  readonly ready?: boolean;
  readonly result?: unknown;
  readonly error?: string;
}

export interface FunctionProcessOptions {
  readonly functionName: string;
  /** Folder with the function's code, unpacked. */
  readonly codeFolder: string;
  /** As Lambda names it: `index.handler`. */
  readonly handler: string;
  /** All variables that the code sees. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Node.js to run it. @default - the one that runs this */
  readonly node?: string;
}

/** A function's code in a process of its own, as Lambda would run it: loaded once, then one event after the other. */
export class FunctionProcess {
  /** What the code wrote to standard output and standard error. */
  readonly logLines: string[] = [];
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #child?: ChildProcess;
  #ready?: Promise<void>;
  #nextId = 1;

  constructor(private readonly options: FunctionProcessOptions) {}

  /**
   * Runs the handler with the event.
   * @param remainingMs milliseconds that the handler is told are left. @default - the timeout
   * @throws Error with the handler's error, or when the timeout is over.
   */
  async invoke(event: unknown, remainingMs = this.options.timeoutSeconds * 1000): Promise<unknown> {
    const child = await this.#started();
    const id = this.#nextId++;
    const { functionName, timeoutSeconds } = this.options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${functionName}: timed out after ${timeoutSeconds} s, as Lambda would have it`));
      }, timeoutSeconds * 1000);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      child.send({ id, event, remainingMs });
    });
  }

  close(): void {
    this.#child?.kill();
  }

  async #started(): Promise<ChildProcess> {
    this.#child ??= this.#start();
    await this.#ready;
    return this.#child;
  }

  #start(): ChildProcess {
    const { codeFolder, handler, environment, node = process.execPath, functionName } = this.options;
    const child = fork(join(__dirname, "function-runner.cjs"), [codeFolder, handler], {
      execPath: node,
      execArgv: [],
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const collect = (text: string) => this.logLines.push(...text.split("\n").filter((line) => line !== ""));
    child.stdout?.setEncoding("utf8").on("data", collect);
    child.stderr?.setEncoding("utf8").on("data", collect);
    this.#ready = new Promise((resolve, reject) => {
      child.on("message", (answer: Answer) => {
        if (answer.ready) resolve();
        else this.#settle(answer);
      });
      child.once("exit", (code) => {
        const last = this.logLines.slice(-5).join(" ").slice(-500);
        const error = new Error(`${functionName}: its process ended with code ${code}: ${last}`);
        reject(error);
        for (const one of this.#waiting.values()) one.reject(error);
        this.#waiting.clear();
      });
    });
    // A process that ends on purpose, later on, is nobody's error.
    this.#ready.catch(() => {});
    return child;
  }

  #settle({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id ?? 0);
    this.#waiting.delete(id ?? 0);
    if (error !== undefined) waiting?.reject(new Error(`${this.options.functionName}: ${error}`));
    else waiting?.resolve(result);
  }
}
