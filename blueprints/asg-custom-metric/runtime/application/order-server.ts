import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { ClientConnection } from "./client-connection";
import type { OrderServerSettings } from "./configuration";
import { type Downstream, Forwarder } from "./forwarder";
import { GroupCommit } from "./group-commit";
import { Health } from "./health";
import { holdsOrders, Journal } from "./journal";
import { listen, portOf } from "./listen";
import type { Log } from "./log";
import { claimOrphan, claimPredecessors } from "./orphans";
import type { Order } from "./protocol";
import { StateFolder, TakenOver } from "./state-folder";
import { readToken } from "./token";
import { formatJournaledOrder, type JournaledOrder } from "./wire";

interface Taken {
  readonly order: Order;
  readonly from: ClientConnection;
}

/**
 * Takes orders over connections that stay open for days, and forwards them to the matching engines.
 *
 * An order is acknowledged when it is in the journal, on the file system that all servers share, and the server still
 * owns the journal. It then reaches a matching engine whatever happens to this process, its machine or the engine: the
 * process that is started next, or another server, forwards what is left. An order that was sent and not acknowledged may
 * or may not have been taken; client order ids are not compared, so a client that sends it again may have it twice.
 */
export class OrderServer {
  readonly #settings: OrderServerSettings;
  readonly #downstream: Downstream;
  readonly #log: Log;
  readonly #folder: StateFolder;
  readonly #journal: Journal;
  readonly #forwarder: Forwarder;
  readonly #health = new Health();
  readonly #server: Server;
  readonly #clients = new Set<ClientConnection>();
  readonly #commits = new GroupCommit<Taken>(
    (orders) => this.#health.watch(this.#commit(orders)),
    (error) => this.#fail(error),
  );
  /** Begins the end. */
  readonly #stopping = new AbortController();
  /** Ends the forwarding, with what is done by then. */
  readonly #givingUp = new AbortController();
  readonly #forwarding: Promise<unknown>;
  #committed = 0;
  #end!: () => void;
  #fail!: (error: Error) => void;
  /** Resolves when the server has stopped; rejects when it cannot go on and has to be started anew. */
  readonly ended = new Promise<void>((resolve, reject) => {
    this.#end = resolve;
    this.#fail = reject;
  });

  private constructor(
    settings: OrderServerSettings,
    log: Log,
    folder: StateFolder,
    journal: Journal,
    predecessors: readonly StateFolder[],
  ) {
    this.#settings = settings;
    this.#downstream = {
      host: settings.DOWNSTREAM_HOST,
      port: settings.DOWNSTREAM_PORT,
      tls: settings.DOWNSTREAM_TLS,
      tokenFile: settings.TOKEN_FILE,
      replySeconds: settings.REPLY_SECONDS,
    };
    this.#log = log;
    this.#folder = folder;
    this.#journal = journal;
    this.#forwarder = new Forwarder(this.#downstream, folder, log, (sequence) => {
      folder.acknowledged = sequence;
      journal.acknowledge(sequence).catch(this.#fail);
    });
    this.#server = createServer(
      // Without a delay of its own, the system's: with one, Node.js gives a silent client up after ten seconds.
      { allowHalfOpen: true, noDelay: true, keepAlive: true },
      (socket) => this.#serve(socket),
    );
    for (const one of [folder, ...predecessors]) this.#keepBeating(one);
    // One after the other: what clients sent before the restart comes before what they send now.
    const own = this.#forwardRest(predecessors).then(() => this.#forwarder.run(this.#givingUp.signal));
    this.#forwarding = Promise.all([own, this.#adoptOrphans()]);
    this.#forwarding.catch(this.#fail);
  }

  /** @throws Error when a port, the token or the state folder cannot be used. */
  static async start(settings: OrderServerSettings, log: Log): Promise<OrderServer> {
    await readToken(settings.TOKEN_FILE);
    const predecessors = await claimPredecessors(settings.STATE_FOLDER);
    const folder = await StateFolder.create(settings.STATE_FOLDER);
    const journal = await Journal.create(folder.path);
    const server = new OrderServer(settings, log, folder, journal, predecessors);
    await listen(server.#server, settings.PORT, "PORT");
    await server.#health.open(settings.HEALTH_CHECK_PORT);
    log.write("listening", { port: portOf(server.#server), healthCheckPort: server.#health.port });
    return server;
  }

  /**
   * Stops in an order in which nobody is turned away who need not be: first the health check, then new connections, then,
   * after a while, those that are open; then the rest is forwarded. Orders that are left are given up for other servers.
   */
  stop(): void {
    if (!this.#stopping.signal.aborted) this.#drain().catch(this.#fail);
  }

  async #drain(): Promise<void> {
    this.#log.write("draining");
    this.#health.close();
    this.#stopping.abort();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await within(this.#settings.DRAIN_SECONDS, closed);
    for (const client of this.#clients) client.end();
    await this.#commits.settled();
    this.#forwarder.finish(this.#committed);
    await within(this.#settings.FORWARD_SECONDS, this.#forwarding);
    this.#givingUp.abort();
    await this.#forwarding;
    for (const client of this.#clients) client.destroy();
    await this.#journal.close();
    if (this.#folder.acknowledged >= this.#committed) await this.#folder.remove();
    else await this.#folder.release();
    this.#log.write("stopped");
    this.#end();
  }

  /** Ends all at once, for a process that failed: no client is told that an order was taken. */
  abort(): void {
    this.#health.close();
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }

  #serve(socket: Socket): void {
    const client = new ClientConnection(socket, {
      order: (order, from) => this.#commits.add({ order, from }),
      rejected: (rejection, { name }) => this.#log.write("rejected", { client: name, ...rejection }),
      closed: (reason, { name }) => this.#log.write("connection-closed", { client: name, reason }),
    });
    this.#clients.add(client);
    socket.on("close", () => this.#clients.delete(client));
  }

  async #commit(taken: readonly Taken[]): Promise<void> {
    const time = new Date().toISOString();
    const orders: JournaledOrder[] = [];
    await this.#journal.append(taken.length, (sequence, index) => {
      const { order, from } = taken[index] as Taken;
      orders.push({ sequence, time, client: from.name, ...order });
      return formatJournaledOrder(orders.at(-1) as JournaledOrder);
    });
    // After the disk has it, before anybody is told: see StateFolder.
    await this.#folder.assertOwned();
    for (const [index, order] of orders.entries()) {
      this.#log.write("order", order);
      taken[index]?.from.acknowledge(order.id, order.sequence);
    }
    for (const client of new Set(taken.map((one) => one.from))) client.flush();
    this.#committed += taken.length;
    this.#forwarder.committed(this.#committed);
  }

  #keepBeating(folder: StateFolder): void {
    folder.keepBeating(this.#settings.HEARTBEAT_SECONDS, () => this.#health.watch(folder.beat()), this.#fail);
  }

  /** Forwards what was left by others, as those. */
  async #forwardRest(folders: readonly StateFolder[]): Promise<void> {
    for (const folder of folders) {
      if (!(await holdsOrders(folder.path))) {
        await folder.remove();
        continue;
      }
      this.#log.write("adopted", { sender: folder.sender });
      const forwarder = new Forwarder(this.#downstream, folder, this.#log, (sequence) => {
        folder.acknowledged = sequence;
      });
      forwarder.finish();
      if (await forwarder.run(this.#givingUp.signal)) {
        await folder.remove();
        this.#log.write("adoption-finished", { sender: folder.sender });
      } else {
        await folder.release();
      }
    }
  }

  async #adoptOrphans(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const orphan = await claimOrphan(this.#folder, this.#settings.ORPHAN_SECONDS);
        if (orphan) {
          this.#keepBeating(orphan);
          await this.#forwardRest([orphan]);
          continue;
        }
      } catch (error) {
        if (error instanceof TakenOver) this.#fail(error);
        this.#log.write("adoption-failed", { reason: (error as Error).message });
      }
      await delay(this.#settings.ADOPTION_SECONDS * 1000, undefined, { signal }).catch(() => {});
    }
  }
}

/** Waits for the work, but not longer. */
async function within(seconds: number, work: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  await Promise.race([work, delay(seconds * 1000, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
}
