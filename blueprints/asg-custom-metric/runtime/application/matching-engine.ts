import { createServer, type Server, type Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import type { MatchingEngineSettings } from "./configuration";
import { EngineJournal, type SentOrder } from "./engine-journal";
import { EngineSession } from "./engine-session";
import { GroupCommit } from "./group-commit";
import { Health } from "./health";
import { listen, portOf } from "./listen";
import type { Log } from "./log";
import { OrderBook } from "./order-book";
import { Overtaken, SenderRegister } from "./sender-register";
import { isSameToken, readToken } from "./token";
import type { Hello } from "./wire";

interface Received {
  readonly order: SentOrder;
  readonly session: EngineSession;
}

/**
 * Takes orders from order servers, each order once, and matches them.
 *
 * Each engine has a book of its own, which it makes again from its journal when it is started again. So with several
 * engines behind one load balancer, orders meet only if they came to the same engine, and what rests in the book of an
 * engine whose machine is gone rests in its journal: an exchange would send each symbol to one engine, and give that a
 * standby.
 */
export class MatchingEngine {
  readonly #settings: MatchingEngineSettings;
  readonly #log: Log;
  readonly #journal: EngineJournal;
  readonly #register: SenderRegister;
  readonly #books = new Map<string, OrderBook<SentOrder>>();
  readonly #health = new Health();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Map<string, EngineSession>();
  readonly #commits = new GroupCommit<Received>(
    (orders) => this.#health.watch(this.#commit(orders)),
    (error) => this.#fail(error),
  );
  /** Senders are welcomed one after the other. */
  #welcomes: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #end!: () => void;
  #fail!: (error: Error) => void;
  /** Resolves when the engine has stopped; rejects when it cannot go on and has to be started anew. */
  readonly ended = new Promise<void>((resolve, reject) => {
    this.#end = resolve;
    this.#fail = reject;
  });

  private constructor(settings: MatchingEngineSettings, log: Log, journal: EngineJournal) {
    const { STATE_FOLDER } = settings;
    this.#settings = settings;
    this.#log = log;
    this.#journal = journal;
    this.#register = new SenderRegister(join(dirname(STATE_FOLDER), "senders"), basename(STATE_FOLDER));
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#serve(socket));
  }

  /** @throws Error when a port, the token or the state folder cannot be used. */
  static async start(settings: MatchingEngineSettings, log: Log): Promise<MatchingEngine> {
    await readToken(settings.TOKEN_FILE);
    const engine = new MatchingEngine(settings, log, await EngineJournal.open(settings.STATE_FOLDER));
    let orders = 0;
    for await (const order of engine.#journal.replay((sender) => engine.#register.reached(sender))) {
      engine.#bookOf(order.symbol).submit(order);
      orders++;
    }
    log.write("replayed", { orders });
    await listen(engine.#server, settings.PORT, "PORT");
    await engine.#health.open(settings.HEALTH_CHECK_PORT);
    log.write("listening", { port: portOf(engine.#server), healthCheckPort: engine.#health.port });
    return engine;
  }

  /** Takes what has arrived, and closes all connections: order servers keep the rest, and go to another engine. */
  stop(): void {
    if (!this.#stopping) this.#drain().catch(this.#fail);
  }

  async #drain(): Promise<void> {
    this.#stopping = true;
    this.#log.write("draining");
    this.#health.close();
    this.#server.close();
    await this.#commits.settled();
    for (const socket of this.#sockets) socket.destroySoon();
    await this.#commits.settled();
    await this.#journal.close();
    this.#log.write("stopped");
    this.#end();
  }

  /** Ends all at once, for a process that failed. */
  abort(): void {
    this.#health.close();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    new EngineSession(socket, {
      hello: (hello, session) => {
        this.#welcomes = this.#welcomes.then(() => this.#welcome(hello, session)).catch(this.#fail);
      },
      order: (order, session) => this.#commits.add({ order, session }),
      refused: (reason, { client }) => this.#log.write("refused", { client, reason }),
      closed: (reason, session) => {
        if (session.sender === "") return;
        this.#log.write("sender-lost", { sender: session.sender, reason });
        if (this.#sessions.get(session.sender) === session) this.#sessions.delete(session.sender);
      },
    });
  }

  async #welcome({ token, sender, acknowledged }: Hello, session: EngineSession): Promise<void> {
    // Read each time, so that a new token needs no restart.
    if (!isSameToken(token, await readToken(this.#settings.TOKEN_FILE))) return session.refuse("wrong token");
    // A sender has one connection: what came over its last one is taken first, or not at all.
    this.#sessions.get(sender)?.close("The sender has connected again");
    await this.#commits.settled();
    try {
      const last = await this.#health.watch(
        this.#register.open(sender, acknowledged, (taken) => this.#journal.markWelcomed(sender, taken)),
      );
      this.#sessions.set(sender, session);
      session.welcome(sender, last);
      this.#log.write("sender-connected", { sender, last });
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      session.refuse(error.message);
    }
  }

  /** Journal, then register, then book: an order is acknowledged when all three have it. */
  async #commit(received: readonly Received[]): Promise<void> {
    await this.#journal.append(received.map(({ order }) => order));
    const bySession = new Map<EngineSession, SentOrder[]>();
    for (const { order, session } of received) {
      const orders = bySession.get(session);
      if (orders) orders.push(order);
      else bySession.set(session, [order]);
    }
    const results = await Promise.all(
      [...bySession].map(async ([session, orders]) =>
        (await this.#advance(session, orders)) ? [{ session, orders }] : [],
      ),
    );
    const taken = results.flat();
    await this.#journal.markTaken(taken.map(({ session }) => ({ sender: session.sender, takenUpTo: session.taken })));
    for (const { session, orders } of taken) {
      for (const order of orders) this.#match(order);
      session.acknowledge();
    }
  }

  /** Whether the orders are this engine's to take. */
  async #advance(session: EngineSession, orders: readonly SentOrder[]): Promise<boolean> {
    const last = (orders.at(-1) as SentOrder).sequence;
    try {
      await this.#register.advance(session.sender, session.taken, last);
      session.taken = last;
      return true;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      session.close(error.message);
      return false;
    }
  }

  #match(order: SentOrder): void {
    const { sender, sequence, id, symbol } = order;
    this.#log.write("taken", { sender, sequence, id });
    for (const { quantity, price, buyer, seller } of this.#bookOf(symbol).submit(order)) {
      this.#log.write("fill", { symbol, quantity, price, buyer: nameOf(buyer), seller: nameOf(seller) });
    }
  }

  #bookOf(symbol: string): OrderBook<SentOrder> {
    const book = this.#books.get(symbol) ?? new OrderBook<SentOrder>();
    this.#books.set(symbol, book);
    return book;
  }
}

const nameOf = ({ sender, sequence, id }: SentOrder) => ({ sender, sequence, id });
