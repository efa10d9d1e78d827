import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { until } from "../../../../shared/testing/until";
import { LineSplitter } from "./line-splitter";

export interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** The bundled application as a process of its own. */
export class Application {
  readonly process: ChildProcess;
  readonly #logFile: string;
  errors = "";

  constructor(program: string, command: string, environment: Record<string, string>) {
    this.#logFile = environment.LOG_FILE as string;
    this.process = spawn(process.execPath, [program, command], {
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
  }

  events(name: string): Event[] {
    if (!existsSync(this.#logFile)) return [];
    const lines = readFileSync(this.#logFile, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Event).filter(({ event }) => event === name);
  }

  /** @returns The port. */
  async port(field: "port" | "healthCheckPort" = "port"): Promise<number> {
    const [listening] = await until(() => this.#living() && atLeast(1, this.events("listening")), "listening");
    return listening?.[field] as number;
  }

  /** @returns The exit code. */
  async ended(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "exit");
    return this.process.exitCode;
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended();
  }

  #living(): true {
    if (this.process.exitCode !== null) throw new Error(this.errors);
    return true;
  }
}

const atLeast = <T>(count: number, items: T[]) => items.length >= count && items;

/** Both tiers below one folder, which stands for the shared file system. */
export class Tiers {
  readonly folder: string;
  readonly #program: string;
  readonly #all: Application[] = [];

  constructor(folder: string, program: string) {
    this.folder = folder;
    this.#program = program;
    mkdirSync(folder);
    writeFileSync(join(folder, "token"), "a secret\n");
  }

  engine(name: string, environment: Record<string, string> = {}): Application {
    return this.#start("matching-engine", name, environment);
  }

  orderServer(name: string, downstreamPort: number, environment: Record<string, string> = {}): Application {
    const downstream = { DOWNSTREAM_HOST: "127.0.0.1", DOWNSTREAM_PORT: String(downstreamPort) };
    return this.#start("order-server", name, { ...downstream, ...environment });
  }

  /** What is in the folder that order servers share. */
  stateFolders(): string[] {
    return readdirSync(join(this.folder, "order-server")).sort();
  }

  /** As if an order server had not touched its heartbeat for an hour. */
  letMinutesPass(name: string): void {
    const then = Date.now() / 1000 - 3600;
    utimesSync(join(this.folder, "order-server", name, "heartbeat"), then, then);
  }

  /**
   * The orders that the engines have taken, as their journals and their register have it: those that stand before a mark,
   * and those without one, which a killed engine left, up to what the register says that it has reached.
   * @returns Of each sender, client order ids in the order of the sequences.
   */
  taken(): Map<string, string[]> {
    const ids = new Map<string, [number, string][]>();
    const take = (sender: string, orders: readonly [number, string][], upTo: number) => {
      const taken = orders.filter(([one]) => one <= upTo);
      if (taken.length > 0) ids.set(sender, [...(ids.get(sender) ?? []), ...taken]);
    };
    const folder = join(this.folder, "matching-engine");
    for (const engine of readdirSync(folder).filter((name) => name !== "senders")) {
      const unmarked = new Map<string, [number, string][]>();
      for (const file of readdirSync(join(folder, engine)).sort()) {
        const lines = readFileSync(join(folder, engine, file), "utf8")
          .split("\n")
          .slice(0, -1);
        for (const { sender, sequence, id, takenUpTo } of lines.map((line) => JSON.parse(line))) {
          const orders = unmarked.get(sender) ?? [];
          if (sequence !== undefined) {
            unmarked.set(sender, orders);
            orders.push([sequence, id]);
            continue;
          }
          unmarked.delete(sender);
          take(sender, orders, takenUpTo ?? 0);
        }
      }
      for (const [sender, orders] of unmarked) take(sender, orders, this.#reached(sender, engine));
    }
    const inOrder = (orders: [number, string][]) => orders.sort(([one], [other]) => one - other).map(([, id]) => id);
    return new Map([...ids].map(([sender, orders]) => [sender, inOrder(orders)]));
  }

  /** Read from the files' names, not by the code that is tested. */
  #reached(sender: string, engine: string): number {
    const folder = join(this.folder, "matching-engine", "senders", sender);
    const marks = existsSync(folder) ? readdirSync(folder).map((name) => name.split("~")) : [];
    return Math.max(0, ...marks.filter(([, , of]) => of === engine).map(([, last]) => Number(last)));
  }

  async end(): Promise<void> {
    for (const one of this.#all) one.process.kill("SIGCONT");
    await Promise.all(this.#all.map((one) => one.kill()));
  }

  #start(role: string, name: string, environment: Record<string, string>): Application {
    const one = new Application(this.#program, role, {
      PORT: "0",
      HEALTH_CHECK_PORT: "0",
      LOG_FILE: join(this.folder, `${role}-${name}-${this.#all.length}.log`),
      STATE_FOLDER: join(this.folder, role, name),
      TOKEN_FILE: join(this.folder, "token"),
      ...environment,
    });
    this.#all.push(one);
    return one;
  }
}

/** Files of a key and of a certificate that signs itself. */
export function certificateFor(name: string, folder: string): { readonly key: string; readonly ca: string } {
  const [key, ca] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  execFileSync("openssl", [...request, ...subject, "-keyout", key, "-out", ca], { stdio: "ignore" });
  return { key, ca };
}

/** A client of an order server. */
export class Client {
  readonly socket: Socket;
  readonly answers: string[] = [];
  readonly closed: Promise<unknown>;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1" }).setEncoding("latin1");
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    const lines = new LineSplitter(1000);
    this.socket.on("data", (chunk: string) => {
      for (const line of lines.take(chunk)) this.answers.push(String(line));
    });
  }

  order(...ids: string[]): void {
    this.socket.write(ids.map((id) => `${id} BUY ABC 10 1.25\n`).join(""));
  }

  /** Client order ids that were acknowledged, in the order of the answers. */
  get acknowledged(): string[] {
    return this.answers.filter((answer) => answer.startsWith("ACK ")).map((answer) => answer.split(" ")[1] as string);
  }

  async answered(count: number): Promise<void> {
    await until(() => this.answers.length >= count, `${count} answers, got ${this.answers.length}`);
  }
}
