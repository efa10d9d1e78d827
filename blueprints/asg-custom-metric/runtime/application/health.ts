import { createServer } from "node:net";
import { listen, portOf } from "./listen";

/** A write that takes longer holds up every client, and has the load balancer send new ones elsewhere. */
const STALL_MS = 5000;

/**
 * What the load balancer asks: a TCP port that is open while the server can do its work, and closed when a write has been
 * under way for too long, such as while the file system is away.
 */
export class Health {
  readonly #server = createServer((socket) => socket.on("error", () => {}).end());
  readonly #stallMs: number;
  #port: number | undefined;
  #stalled = 0;

  constructor(stallMs = STALL_MS) {
    this.#stallMs = stallMs;
  }

  /** The port that is listened on; undefined before that, and after the end. */
  get port(): number | undefined {
    return this.#port;
  }

  /** @throws Error when the port cannot be listened on. */
  async open(port: number): Promise<void> {
    await listen(this.#server, port, "HEALTH_CHECK_PORT");
    this.#port = portOf(this.#server);
    // Somebody took the port while it was closed: the server stays unhealthy, which is what it is.
    this.#server.on("error", (error) => console.error(`HEALTH_CHECK_PORT: ${error.message}`));
  }

  /** Waits for a write; the port is closed while it takes too long. */
  async watch<T>(write: Promise<T>): Promise<T> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (this.#stalled++ === 0) this.#server.close();
    }, this.#stallMs);
    try {
      return await write;
    } finally {
      clearTimeout(timer);
      if (late && --this.#stalled === 0 && this.#port !== undefined) this.#server.listen(this.#port);
    }
  }

  /** For good. */
  close(): void {
    this.#port = undefined;
    this.#server.close();
  }
}
