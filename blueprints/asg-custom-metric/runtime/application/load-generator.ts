import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createHistogram } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { LineSplitter, TOO_LONG } from "./line-splitter";
import type { LoadOptions } from "./load-options";
import { formatOrder, MAX_ORDER_LINE, parseAnswer } from "./protocol";

/** What came of the orders and connections so far. */
export interface LoadResult {
  readonly sent: number;
  readonly acknowledged: number;
  readonly rejected: number;
  /** Orders without an answer. */
  readonly missing: number;
  /** Connections that could not be opened, or were closed by the server. */
  readonly lostConnections: number;
  /** From sending an order to its acknowledgement, in milliseconds; 0 without one. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Connections that are opened at once. */
const OPENING = 100;
const CONNECT_TIMEOUT_MS = 10_000;
const TICK_MS = 10;

interface Connector {
  /** The event of a socket that can be used. */
  readonly opened: "connect" | "secureConnect";
  readonly connect: () => Socket;
}

/** Clients of the order servers: opens connections, keeps them open and sends orders over all of them in turn. */
export class LoadGenerator {
  readonly #options: LoadOptions;
  readonly #print: (line: string) => void;
  readonly #open: Socket[] = [];
  /** When an order without an answer was sent. */
  readonly #waiting = new Map<string, number>();
  readonly #latency = createHistogram();
  readonly #stopping = new AbortController();
  /** Order ids of two runs differ. */
  readonly #run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
  #sent = 0;
  #acknowledged = 0;
  #rejected = 0;
  #lost = 0;
  #ending = false;

  constructor(options: LoadOptions, print: (line: string) => void) {
    this.#options = options;
    this.#print = print;
  }

  /** @throws Error when the file of the certificate authority cannot be read. */
  async run(): Promise<LoadResult> {
    const { connections, seconds, answerSeconds } = this.#options;
    await this.#openAll();
    this.#print(`${this.#open.length} of ${connections} connections are open`);
    const report = setInterval(() => this.#report(), 1000);
    const began = performance.now();
    while (!this.#stopping.signal.aborted && this.#open.length > 0) {
      const elapsed = Math.min(seconds, (performance.now() - began) / 1000);
      this.#sendUpTo(Math.floor(elapsed * this.#options.ordersPerSecond));
      if (elapsed === seconds) break;
      await delay(TICK_MS, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
    const patience = performance.now() + answerSeconds * 1000;
    while (this.#waiting.size > 0 && this.#open.length > 0 && performance.now() < patience) await delay(TICK_MS);
    clearInterval(report);
    this.#ending = true;
    for (const socket of this.#open) socket.destroy();
    const result = this.#result();
    this.#print(
      `${result.sent} orders sent, ${result.acknowledged} acknowledged, ${result.rejected} rejected, ` +
        `${result.missing} without an answer, ${result.lostConnections} connections lost; ` +
        `p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms`,
    );
    return result;
  }

  /** Sends no more, waits for the last answers and ends. */
  stop(): void {
    this.#stopping.abort();
  }

  async #openAll(): Promise<void> {
    const connectOne = this.#connector();
    let begun = 0;
    const openNext = async () => {
      while (begun < this.#options.connections && !this.#stopping.signal.aborted) {
        begun++;
        await this.#openOne(connectOne);
      }
    };
    await Promise.all(Array.from({ length: OPENING }, openNext));
  }

  #connector(): Connector {
    const { host, port, tls, ca, servername } = this.#options;
    if (!tls) return { opened: "connect", connect: () => connect({ host, port, noDelay: true, keepAlive: true }) };
    const secure = { host, port, ca: ca === undefined ? undefined : readFileSync(ca), servername: servername ?? host };
    return {
      opened: "secureConnect",
      connect: () => connectTls(secure).setNoDelay(true).setKeepAlive(true),
    };
  }

  async #openOne({ opened, connect }: Connector): Promise<void> {
    const socket = connect();
    try {
      await once(socket, opened, { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    } catch (error) {
      socket.on("error", () => {}).destroy();
      this.#lose((error as Error).message);
      return;
    }
    this.#open.push(socket);
    const lines = new LineSplitter(MAX_ORDER_LINE);
    let reason = "the server closed it";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      for (const line of lines.take(chunk)) this.#take(line === TOO_LONG ? "" : line);
    });
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("close", () => {
      if (this.#ending) return;
      this.#open.splice(this.#open.indexOf(socket), 1);
      this.#lose(reason);
    });
  }

  #lose(reason: string): void {
    if (this.#lost++ === 0) this.#print(`A connection is lost: ${reason}`);
  }

  #sendUpTo(due: number): void {
    for (; this.#sent < due; this.#sent++) {
      const number = this.#sent;
      const socket = this.#open[number % this.#open.length];
      const id = `${this.#run}-${number}`;
      this.#waiting.set(id, performance.now());
      // Buyers and sellers around one price: some orders meet, some rest.
      const price = 100 + (number % 21) / 100;
      const order = { id, side: number % 2 === 0 ? "BUY" : "SELL", symbol: "DEMO", quantity: 100, price } as const;
      socket?.write(formatOrder(order), "latin1");
    }
  }

  #take(line: string): void {
    const answer = parseAnswer(line);
    const sentAt = this.#waiting.get(answer?.id ?? "");
    if (!answer?.accepted || sentAt === undefined) {
      this.#rejected++;
      if (this.#rejected === 1) this.#print(`Not an acknowledgement of an order: ${line}`);
      this.#waiting.delete(answer?.id ?? "");
      return;
    }
    this.#waiting.delete(answer.id);
    this.#acknowledged++;
    this.#latency.record(Math.max(1, Math.round((performance.now() - sentAt) * 1000)));
  }

  #result(): LoadResult {
    const percentileMs = (percent: number) => (this.#acknowledged === 0 ? 0 : this.#latency.percentile(percent) / 1000);
    return {
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      rejected: this.#rejected,
      missing: this.#waiting.size,
      lostConnections: this.#lost,
      p50Ms: percentileMs(50),
      p99Ms: percentileMs(99),
    };
  }

  #report(): void {
    const { sent, acknowledged, rejected, missing, p50Ms, p99Ms } = this.#result();
    this.#print(
      `${this.#open.length} connections, ${sent} orders sent, ${acknowledged} acknowledged, ${rejected} rejected, ` +
        `${missing} waiting, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    );
  }
}

/** Whether every order was acknowledged and every connection stayed open. */
export function isGood({ missing, rejected, lostConnections }: LoadResult): boolean {
  return missing === 0 && rejected === 0 && lostConnections === 0;
}
