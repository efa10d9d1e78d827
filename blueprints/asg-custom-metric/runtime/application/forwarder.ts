import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { backOffMs } from "./back-off";
import { JournalReader } from "./journal-reader";
import { LineSplitter, TOO_LONG } from "./line-splitter";
import type { Log } from "./log";
import { Signal } from "./signal";
import { readToken } from "./token";
import { formatMessage, MAX_WIRE_LINE, parseReply } from "./wire";

export interface Downstream {
  readonly host: string;
  readonly port: number;
  /** Whether to speak TLS, to a certificate for `host` that Node.js or NODE_EXTRA_CA_CERTS knows the authority of. */
  readonly tls: boolean;
  /** Read at each connection, so that a new token needs no restart. */
  readonly tokenFile: string;
  /** How long to wait for an answer before the connection is given up. */
  readonly replySeconds: number;
}

/** Orders on their way at once: enough for a round trip, and little to send again. */
const WINDOW = 4096;

/**
 * Sends one sender's journal to the matching engines, in order, over one connection at a time, and connects again when it
 * is lost. An engine says with which sequence to go on, and drops what it has: every order arrives, once in effect.
 */
export class Forwarder {
  readonly #downstream: Downstream;
  readonly #folder: string;
  readonly #sender: string;
  readonly #log: Log;
  readonly #onAcknowledged: (sequence: number) => void;
  readonly #wake = new Signal();
  #upTo = 0;
  #finishing = false;
  #acknowledged: number;

  /** @param folder Where the journal is. */
  constructor(
    downstream: Downstream,
    { path, sender, acknowledged }: { readonly path: string; readonly sender: string; readonly acknowledged: number },
    log: Log,
    onAcknowledged: (sequence: number) => void,
  ) {
    this.#downstream = downstream;
    this.#folder = path;
    this.#sender = sender;
    this.#acknowledged = acknowledged;
    this.#log = log;
    this.#onAcknowledged = onAcknowledged;
  }

  /** Orders up to this sequence are on the disk, and may be sent. */
  committed(sequence: number): void {
    this.#upTo = sequence;
    this.#wake.raise();
  }

  /**
   * No order comes after those up to this sequence: `run` ends when they are acknowledged.
   * @param upTo Default: all that the journal holds.
   */
  finish(upTo = Number.POSITIVE_INFINITY): void {
    this.#finishing = true;
    this.committed(upTo);
  }

  /**
   * @param stop Ends it at once; the rest stays in the journal.
   * @returns Whether everything is acknowledged; not so when it was stopped.
   */
  async run(stop: AbortSignal): Promise<boolean> {
    const wake = () => this.#wake.raise();
    stop.addEventListener("abort", wake);
    try {
      for (let failures = 0; !stop.aborted; ) {
        if (this.#finishing && this.#acknowledged >= this.#upTo) return true;
        const before = this.#acknowledged;
        try {
          return await this.#session(stop);
        } catch (error) {
          failures = this.#acknowledged > before ? 1 : failures + 1;
          this.#log.write("downstream-lost", { sender: this.#sender, reason: (error as Error).message });
        }
        await delay(backOffMs(failures), undefined, { signal: stop }).catch(() => {});
      }
      return false;
    } finally {
      stop.removeEventListener("abort", wake);
    }
  }

  /** One connection, until all is acknowledged or it is stopped. */
  async #session(stop: AbortSignal): Promise<boolean> {
    const { host, port, tls, tokenFile, replySeconds } = this.#downstream;
    const token = await readToken(tokenFile);
    // What is sent before the handshake is over waits for it.
    const socket = tls
      ? connectTls({ host, port, servername: host }).setNoDelay(true)
      : connect({ host, port, noDelay: true });
    const connection = new Connection(socket, replySeconds, this.#wake);
    let reader: JournalReader | undefined;
    try {
      connection.send(formatMessage({ token, sender: this.#sender, acknowledged: this.#acknowledged }));
      for (;;) {
        if (stop.aborted) return false;
        connection.assertOpen();
        const { reply } = connection;
        if (reply !== undefined && reply > this.#acknowledged) {
          this.#acknowledged = reply;
          this.#onAcknowledged(reply);
        }
        if (reply !== undefined && !reader) {
          this.#log.write("downstream-connected", { sender: this.#sender, acknowledged: reply });
          reader = new JournalReader(this.#folder, reply);
          connection.sent = reply;
        }
        if (reader && connection.mayCarry(WINDOW)) {
          const { text, last } = await reader.next(this.#upTo);
          if (text !== "") {
            connection.send(text, last);
            continue;
          }
          if (this.#finishing && reply === connection.sent) {
            if (await reader.isCut()) this.#log.write("journal-cut", { sender: this.#sender, after: last });
            return true;
          }
        }
        await this.#wake.wait();
      }
    } finally {
      connection.destroy();
      await reader?.close();
    }
  }
}

/** A connection to an engine: what it last replied, and whether it is still good. */
class Connection {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #failure: Error | undefined;
  /** The last sequence that the engine has said to have. */
  reply: number | undefined;
  /** The last sequence that was sent, or that the engine had before. */
  sent = 0;

  constructor(socket: Socket, replySeconds: number, wake: Signal) {
    this.#socket = socket;
    this.#timeoutMs = replySeconds * 1000;
    const fail = (error: Error) => {
      this.#failure ??= error;
      socket.destroy();
      wake.raise();
    };
    socket.setEncoding("latin1").setKeepAlive(true).setTimeout(this.#timeoutMs);
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("The matching engine closed the connection")));
    socket.on("timeout", () => fail(new Error(`No answer from the matching engine for ${replySeconds} s`)));
    socket.on("drain", () => wake.raise());
    const lines = new LineSplitter(MAX_WIRE_LINE);
    socket.on("data", (chunk: string) => {
      try {
        for (const line of lines.take(chunk)) this.#take(line);
        wake.raise();
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  assertOpen(): void {
    if (this.#failure) throw this.#failure;
  }

  mayCarry(window: number): boolean {
    return !this.#socket.writableNeedDrain && this.sent - (this.reply ?? 0) < window;
  }

  /** @param last The last sequence in the text. */
  send(text: string, last = this.sent): void {
    this.sent = last;
    this.#socket.setTimeout(this.#timeoutMs);
    this.#socket.write(text, "latin1");
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(line: string | typeof TOO_LONG): void {
    if (line === TOO_LONG) throw new Error("The matching engine sent a line that is too long");
    const reply = parseReply(line);
    if ("refused" in reply) throw new Error(`The matching engine refused: ${reply.refused}`);
    this.reply = "welcome" in reply ? reply.welcome : reply.acknowledged;
    this.#socket.setTimeout(this.reply >= this.sent ? 0 : this.#timeoutMs);
  }
}
