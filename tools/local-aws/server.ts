import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join, relative } from "node:path";
import { ToolchainError } from "../toolchain/error";
import { type LocalFolders, localEnvironment } from "./environment";

export const DEFAULT_PORT = 5155;
const EXTENSIONS = join(__dirname, "moto_extensions.py");
/** It takes two seconds, and much longer where seven start at once on a machine that is busy. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

export interface LocalAwsOptions {
  /** The project's root. */
  readonly root: string;
  /** Python with moto. Needed to start only. */
  readonly python?: string;
  /** Name of the folder below .local/ that it keeps everything in. @default "aws" */
  readonly name?: string;
  /** Port on loopback; 0 for any free one. @default 5155, or LOCAL_AWS_PORT */
  readonly port?: number;
  readonly report?: (line: string) => void;
}

interface ProcessRecord {
  readonly pid: number;
  readonly port: number;
}

export type LocalAwsStatus =
  | { readonly state: "up"; readonly pid: number; readonly url: string }
  | { readonly state: "down"; readonly stalePid?: number };

/** moto_server with our extensions on a loopback port: one process, its pid, log and states in a folder of its own. */
export class LocalAws {
  readonly folders: LocalFolders;
  readonly requestLog: string;
  readonly #options: LocalAwsOptions;
  readonly #recordFile: string;
  readonly #log: string;

  constructor(options: LocalAwsOptions) {
    this.#options = options;
    const home = join(options.root, ".local", options.name ?? "aws");
    this.folders = {
      home,
      output: join(home, "cdktf.out"),
      stateDirectory: relative(options.root, join(home, "terraform-state")),
    };
    this.requestLog = join(home, "requests.jsonl");
    this.#recordFile = join(home, "process.json");
    this.#log = join(home, "moto.log");
  }

  status(): LocalAwsStatus {
    const record = this.#record();
    if (!record) return { state: "down" };
    return isOurs(record)
      ? { state: "up", pid: record.pid, url: urlOf(record.port) }
      : { state: "down", stalePid: record.pid };
  }

  /** Where it answers. @throws ToolchainError when it is not up. */
  get url(): string {
    const status = this.status();
    if (status.state === "up") return status.url;
    throw new ToolchainError("The local AWS is not up. Start it: npm run local -- up");
  }

  /** The environment for everything that shall talk to it. */
  environment(): Record<string, string> {
    return localEnvironment(this.url, this.folders);
  }

  /**
   * Starts it and waits until it answers; does nothing when it is up. It begins empty, so the states of what an earlier
   * one held are removed.
   * @throws ToolchainError when the port is taken by something else, or moto does not start.
   */
  async up(): Promise<{ readonly url: string; readonly started: boolean }> {
    const before = this.status();
    if (before.state === "up") return { url: before.url, started: false };
    if (before.stalePid !== undefined) {
      this.#options.report?.(`The local AWS of process ${before.stalePid} is gone; starting a new one.`);
    }
    const port = await this.#choosePort();
    rmSync(this.folders.home, { recursive: true, force: true });
    mkdirSync(this.folders.home, { recursive: true });
    const log = openSync(this.#log, "w");
    const child = spawn(this.#options.python ?? "python3", [EXTENSIONS, "-H", "127.0.0.1", "-p", String(port)], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, MOTO_REQUEST_LOG: this.requestLog, PYTHONUNBUFFERED: "1" },
    });
    closeSync(log);
    child.unref();
    let ended: string | undefined;
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", (code) => {
      ended = `it ended with code ${code}`;
    });
    if (child.pid !== undefined)
      writeFileSync(this.#recordFile, JSON.stringify({ pid: child.pid, port } satisfies ProcessRecord));

    const began = Date.now();
    while (Date.now() - began < START_TIMEOUT_MS) {
      if (ended !== undefined) break;
      if (await answers(port)) return { url: urlOf(port), started: true };
      await sleep(100);
    }
    const tail = readFileSync(this.#log, "utf8").trim().split("\n").slice(-8).join("\n");
    await this.down();
    throw new ToolchainError(
      `The local AWS did not start: ${ended ?? `no answer on port ${port} after ${START_TIMEOUT_MS / 1000} s`}. Its log says:\n${tail}`,
    );
  }

  /** Stops it and forgets all that it held. Touches no process that it did not start. */
  async down(): Promise<"stopped" | "was not up"> {
    const record = this.#record();
    const ours = record !== undefined && isOurs(record);
    if (ours) {
      process.kill(record.pid, "SIGTERM");
      const began = Date.now();
      while (isOurs(record)) {
        if (Date.now() - began > STOP_TIMEOUT_MS) process.kill(record.pid, "SIGKILL");
        await sleep(50);
      }
    }
    rmSync(this.folders.home, { recursive: true, force: true });
    return ours ? "stopped" : "was not up";
  }

  #record(): ProcessRecord | undefined {
    if (!existsSync(this.#recordFile)) return undefined;
    try {
      const { pid, port } = JSON.parse(readFileSync(this.#recordFile, "utf8"));
      return Number.isInteger(pid) && Number.isInteger(port) ? { pid, port } : undefined;
    } catch {
      return undefined; // Cut off while it was written: as good as none.
    }
  }

  async #choosePort(): Promise<number> {
    const wanted = this.#options.port ?? portFromEnvironment();
    const free = await tryListen(wanted);
    if (free !== undefined) return free;
    throw new ToolchainError(
      `Port ${wanted} on 127.0.0.1 is taken by another program, which was not started by this project and is left alone. ` +
        `Stop it, or choose another port: LOCAL_AWS_PORT=${wanted + 1} npm run local -- up`,
    );
  }
}

function portFromEnvironment(): number {
  const given = process.env.LOCAL_AWS_PORT;
  if (given === undefined || given === "") return DEFAULT_PORT;
  const port = Number(given);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new ToolchainError(`LOCAL_AWS_PORT must be a port number, 1..65535, got ${given}`);
}

/** Whether the process still runs and is the one that was started: a pid alone may have been given to another. */
function isOurs({ pid, port }: ProcessRecord): boolean {
  const command = commandOf(pid);
  return command.includes("moto_extensions.py") && command.includes(`-p ${port}`);
}

function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync("/proc/self/cmdline")) return existsSync(file) ? readFileSync(file, "utf8").split("\0").join(" ") : "";
  return spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
}

async function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function urlOf(port: number): string {
  // Not localhost: the SDKs use path-style S3 addresses for an IP address only.
  return `http://127.0.0.1:${port}`;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
