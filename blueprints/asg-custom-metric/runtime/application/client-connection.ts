import type { Socket } from "node:net";
import { LineSplitter, TOO_LONG } from "./line-splitter";
import {
  formatAck,
  formatReject,
  isRejection,
  MAX_ORDER_LINE,
  type Order,
  parseOrder,
  type Rejection,
} from "./protocol";

/** Orders of one client that may wait for the journal; it is not read further until there are fewer. */
const MAX_UNANSWERED = 64;
/** Lines in a row that are no orders, after which a client is taken for something else, and its connection is closed. */
const MAX_REJECTED_IN_A_ROW = 20;

/** How long a client has to read the last answers and to close its side. */
const LINGER_MS = 30_000;

export interface ClientEvents {
  order(order: Order, from: ClientConnection): void;
  rejected(rejection: Rejection, from: ClientConnection): void;
  /** By this server, for that reason. */
  closed(reason: string, from: ClientConnection): void;
}

/**
 * A client's connection. It holds little, whatever the client does: one that sends faster than the journal takes it, or
 * does not read its answers, is not read until it has; TCP keep-alive ends one that is gone.
 */
export class ClientConnection {
  /** Address and port. */
  readonly name: string;
  readonly #socket: Socket;
  readonly #events: ClientEvents;
  readonly #lines = new LineSplitter(MAX_ORDER_LINE);
  #answers = "";
  #unanswered = 0;
  #rejectedInARow = 0;
  #ending = false;

  constructor(socket: Socket, events: ClientEvents) {
    this.name = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#socket = socket;
    this.#events = events;
    socket.setEncoding("latin1");
    // A reset is no news: the connection closes, and what was taken stays taken.
    socket.on("error", () => {});
    socket.on("data", (chunk: string) => this.#read(chunk));
    socket.on("drain", () => this.#throttle());
    socket.on("end", () => this.end());
  }

  /** Answers an order; sent with `flush`, together with others. */
  acknowledge(id: string, sequence: number): void {
    this.#answers += formatAck(id, sequence);
    this.#unanswered--;
  }

  flush(): void {
    if (this.#answers !== "" && this.#socket.writable) this.#socket.write(this.#answers, "latin1");
    this.#answers = "";
    this.#throttle();
    if (!this.#ending || this.#unanswered > 0 || this.#socket.writableEnded) return;
    this.#socket.end();
    // Who goes on sending all the same is cut off.
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  /** Reads nothing more, and closes when everything that was read is answered. */
  end(): void {
    this.#ending = true;
    this.flush();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    for (const line of this.#lines.take(chunk)) {
      if (this.#ending) break;
      const parsed = line === TOO_LONG ? { id: "-", reason: "line is too long" } : parseOrder(line);
      if (isRejection(parsed)) {
        this.#reject(parsed);
      } else {
        this.#rejectedInARow = 0;
        this.#unanswered++;
        this.#events.order(parsed, this);
      }
    }
    this.flush();
  }

  #reject(rejection: Rejection): void {
    this.#answers += formatReject(rejection);
    this.#events.rejected(rejection, this);
    if (++this.#rejectedInARow < MAX_REJECTED_IN_A_ROW) return;
    this.#events.closed(`${MAX_REJECTED_IN_A_ROW} lines in a row were no orders`, this);
    this.#ending = true;
  }

  #throttle(): void {
    if (this.#ending || (this.#unanswered < MAX_UNANSWERED && !this.#socket.writableNeedDrain)) this.#socket.resume();
    else this.#socket.pause();
  }
}
