import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A listener with clients on this machine, which stay connected. */
export class ApplicationFixture {
  readonly #listener = createServer({ allowHalfOpen: true });
  readonly #ends = new Map<number | undefined, Socket>();
  readonly #clients: Socket[] = [];
  readonly #all: Socket[] = [];

  constructor() {
    this.#listener.on("connection", (end) => {
      this.#ends.set(end.remotePort, end.resume());
      this.#all.push(end);
    });
  }

  async listen(): Promise<number> {
    await once(this.#listener.listen(0), "listening");
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Has clients come or go until so many are there. */
  async clients(count: number, host = "127.0.0.1"): Promise<void> {
    while (this.#clients.length > count) {
      const end = await this.sayGoodbye();
      await once(end.end(), "close");
    }
    const { port } = this.#listener.address() as AddressInfo;
    const coming = Array.from({ length: count - this.#clients.length }, () => connect({ port, host }));
    await Promise.all(coming.map((client) => once(client, "connect")));
    this.#clients.push(...coming);
    this.#all.push(...coming);
    while (this.#ends.size < this.#clients.length) await once(this.#listener, "connection");
  }

  /** One client closes its end. @returns the application's end, which is still open */
  async sayGoodbye(): Promise<Socket> {
    const client = this.#clients.pop();
    const end = this.#ends.get(client?.localPort) as Socket;
    this.#ends.delete(client?.localPort);
    client?.end();
    await once(end, "end");
    return end;
  }

  close(): void {
    for (const socket of this.#all) socket.destroy();
    this.#listener.close();
  }
}
