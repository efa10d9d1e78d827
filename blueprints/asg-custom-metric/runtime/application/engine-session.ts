import type { Socket } from "node:net";
import type { SentOrder } from "./engine-journal";
import { LineSplitter, TOO_LONG } from "./line-splitter";
import { formatMessage, type Hello, MAX_WIRE_LINE, parseHello, parseJournaledOrder } from "./wire";

/** Who has not said who it is by then is not an order server. */
const HELLO_TIMEOUT_MS = 10_000;

export interface SessionEvents {
  hello(hello: Hello, session: EngineSession): void;
  order(order: SentOrder, session: EngineSession): void;
  refused(reason: string, session: EngineSession): void;
  closed(reason: string, session: EngineSession): void;
}

/** A connection from an order server: who it is, and which of its orders have arrived and have been taken. */
export class EngineSession {
  readonly client: string;
  readonly #socket: Socket;
  readonly #events: SessionEvents;
  #greeted = false;
  #received = 0;
  #sender = "";
  #reason = "The connection was closed";
  /** The last sequence that was taken. */
  taken = 0;

  constructor(socket: Socket, events: SessionEvents) {
    this.client = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#socket = socket;
    this.#events = events;
    socket.setEncoding("latin1").setTimeout(HELLO_TIMEOUT_MS);
    socket.on("timeout", () => this.refuse("no greeting"));
    socket.on("error", (error) => {
      this.#reason = error.message;
    });
    socket.on("close", () => events.closed(this.#reason, this));
    const lines = new LineSplitter(MAX_WIRE_LINE);
    socket.on("data", (chunk: string) => {
      for (const line of lines.take(chunk)) if (!socket.writableEnded && !socket.destroyed) this.#take(line);
    });
  }

  /** Empty until it is welcomed. */
  get sender(): string {
    return this.#sender;
  }

  /** Lets the sender go on after the sequence `last`. */
  welcome(sender: string, last: number): void {
    this.#sender = sender;
    this.#received = last;
    this.taken = last;
    this.#socket.setTimeout(0);
    this.#socket.write(formatMessage({ welcome: last }));
  }

  acknowledge(): void {
    if (this.#socket.writable) this.#socket.write(formatMessage({ acknowledged: this.taken }));
  }

  /** Says why, and closes. */
  refuse(reason: string): void {
    this.#events.refused(reason, this);
    if (this.#socket.writable) this.#socket.end(formatMessage({ refused: reason }), () => this.close(reason));
  }

  close(reason: string): void {
    this.#reason = reason;
    this.#socket.destroy();
  }

  #take(line: string | typeof TOO_LONG): void {
    try {
      if (line === TOO_LONG) throw new Error("a line is too long");
      if (!this.#greeted) {
        this.#events.hello(parseHello(line), this);
        this.#greeted = true;
        return;
      }
      if (this.#sender === "") throw new Error("an order came before the welcome");
      const order = parseJournaledOrder(line);
      if (order.sequence <= this.#received) return;
      if (order.sequence > this.#received + 1) {
        throw new Error(`order ${order.sequence} came after ${this.#received}: orders are missing between them`);
      }
      this.#received = order.sequence;
      this.#events.order({ ...order, sender: this.#sender }, this);
    } catch (error) {
      this.refuse((error as Error).message);
    }
  }
}
