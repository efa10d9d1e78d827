import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { program } from "../../../../shared/compute/program";
import { until } from "../../../../shared/testing/until";
import { Client, certificateFor, Tiers } from "./application.fixture";
import { formatJournaledOrder } from "./wire";

const folder = mkdtempSync(join(tmpdir(), "orders-"));
const application = join(folder, "application.js");
writeFileSync(application, program(join(__dirname, "main.ts")));

let tiers: Tiers;
let count = 0;
beforeEach(() => {
  tiers = new Tiers(join(folder, String(count++)), application);
});
afterEach(() => tiers.end());
afterAll(() => rmSync(folder, { recursive: true }));

const ids = (prefix: string, many: number) => Array.from({ length: many }, (_, index) => `${prefix}.${index}`);
const allTaken = () => [...tiers.taken().values()].flat();
const refused = (port: number) =>
  once(connect(port, "127.0.0.1"), "connect").then(
    () => false,
    () => true,
  );

/** Sends orders, one after another, until it is told to stop, over a new connection whenever the last one is lost. */
function persistentClient(prefix: string, port: () => number) {
  const sent: string[] = [];
  const acknowledged: string[] = [];
  let client = new Client(port());
  const timer = setInterval(() => {
    if (client.socket.destroyed) {
      acknowledged.push(...client.acknowledged);
      client = new Client(port());
    }
    sent.push(`${prefix}.${sent.length}`);
    client.order(sent.at(-1) as string);
  }, 5);
  return {
    count: () => acknowledged.length + client.acknowledged.length,
    async stop() {
      clearInterval(timer);
      client.socket.end();
      await client.closed;
      return { sent, acknowledged: [...acknowledged, ...client.acknowledged] };
    },
  };
}

test("a thousand connections at once: every order is acknowledged, and reaches the engine once and in order", async () => {
  const engine = tiers.engine("e");
  const server = tiers.orderServer("o", await engine.port());
  const port = await server.port();

  const clients = Array.from({ length: 1000 }, () => new Client(port));
  clients.forEach((client, index) => {
    client.order(...ids(String(index), 5));
  });
  await until(() => clients.every(({ answers }) => answers.length === 5), "answers");
  clients.forEach((client, index) => {
    expect(client.acknowledged).toEqual(ids(String(index), 5));
  });

  await until(() => allTaken().length >= 5000, "orders at the engine");
  const acknowledged = clients.flatMap(({ answers }) => answers.map((answer) => answer.split(" ")));
  acknowledged.sort(([, , one], [, , other]) => Number(one) - Number(other));
  expect([...tiers.taken().values()]).toEqual([acknowledged.map(([, id]) => id)]);
  expect(server.events("order")).toHaveLength(5000);
  expect(server.events("order")[0]).toMatchObject({
    sequence: 1,
    side: "BUY",
    symbol: "ABC",
    quantity: 10,
    price: 1.25,
  });
});

test("an engine that is killed, started again and replaced by another one loses nothing and takes nothing twice", async () => {
  let engine = tiers.engine("first");
  const port = await engine.port();
  const server = tiers.orderServer("o", port);
  const serverPort = await server.port();
  const client = persistentClient("a", () => serverPort);
  for (const next of ["first", "second", "first"]) {
    const before = allTaken().length;
    await until(() => allTaken().length > before + 20, "orders at the engine");
    await engine.kill();
    const acknowledged = client.count();
    await until(() => client.count() > acknowledged + 5, "acknowledgements while the engine is away");
    engine = tiers.engine(next, { PORT: String(port) });
    await engine.port();
  }
  const { sent, acknowledged } = await client.stop();

  expect(acknowledged).toEqual(sent);
  await until(() => allTaken().length >= sent.length, "orders at the engines");
  expect([...tiers.taken().values()]).toEqual([sent]);
});

test("an order server that is killed goes on where it was: what it acknowledged reaches the engine once", async () => {
  const engine = tiers.engine("e");
  let server = tiers.orderServer("o", await engine.port());
  let port = await server.port();
  const client = persistentClient("a", () => port);
  for (let times = 0; times < 2; times++) {
    const before = client.count();
    // So that there is a rest.
    engine.process.kill("SIGSTOP");
    await until(() => client.count() > before + 10, "acknowledgements");
    await server.kill();
    engine.process.kill("SIGCONT");
    server = tiers.orderServer("o", await engine.port());
    port = await server.port();
  }
  const before = client.count();
  await until(() => client.count() > before, "acknowledgements");
  const { sent, acknowledged } = await client.stop();

  await until(() => acknowledged.every((id) => allTaken().includes(id)), "acknowledged orders at the engine");
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(allTaken()).toEqual(sent.filter((id) => new Set(allTaken()).has(id)));
  await until(() => tiers.stateFolders().length === 1, "former folders to be removed");
});

test("what clients sent before a restart reaches the engine before what they send after it", async () => {
  const engine = tiers.engine("e");
  const first = tiers.orderServer("o", await engine.port());
  engine.process.kill("SIGSTOP");
  const many = ids("before", 10_000);
  const before = new Client(await first.port());
  before.order(...many);
  await before.answered(many.length);
  await first.kill();
  const second = tiers.orderServer("o", await engine.port());
  const after = new Client(await second.port());
  after.order("after");
  await after.answered(1);
  engine.process.kill("SIGCONT");

  await until(() => allTaken().length > many.length, "orders at the engine");
  expect(engine.events("taken").map(({ id }) => id)).toEqual([...many, "after"]);
});

test("what a server that is gone has left, one of the others forwards", async () => {
  const times = { ADOPTION_SECONDS: "0.1" };
  const first = tiers.orderServer("gone", 1, times);
  const client = new Client(await first.port());
  client.order(...ids("a", 50));
  await client.answered(50);
  const engine = tiers.engine("e");
  const others = [1, 2].map((number) => [number, engine.port()] as const);
  const servers = await Promise.all(others.map(async ([n, port]) => tiers.orderServer(`o${n}`, await port, times)));
  await Promise.all(servers.map((server) => server.port()));
  await first.kill();
  expect(servers.flatMap((server) => server.events("adopted"))).toEqual([]);
  tiers.letMinutesPass("gone");

  await until(() => servers.some((server) => server.events("adoption-finished").length > 0), "adoption");
  expect(allTaken()).toEqual(ids("a", 50));
  expect(servers.flatMap((server) => server.events("adopted"))).toHaveLength(1);
  expect(tiers.stateFolders()).toEqual(["o1", "o2"]);
});

test("an owner that comes back after its orders were taken over acknowledges nothing more, says why, and ends", async () => {
  const engine = tiers.engine("e");
  const frozen = tiers.orderServer("frozen", 1);
  const client = new Client(await frozen.port());
  client.order("before");
  await client.answered(1);
  const other = tiers.orderServer("other", await engine.port(), { ADOPTION_SECONDS: "0.1" });
  await other.port();
  frozen.process.kill("SIGSTOP");
  client.order("after");
  tiers.letMinutesPass("frozen");
  await until(() => other.events("adoption-finished").length > 0, "adoption");
  frozen.process.kill("SIGCONT");

  expect(await frozen.ended()).toBe(1);
  expect(frozen.errors).toContain("was taken over by another server");
  expect(frozen.errors.trim().split("\n")).toHaveLength(1);
  await client.closed;
  expect(client.acknowledged).toEqual(["before"]);
  expect(allTaken()).toEqual(["before"]);
});

test("on SIGTERM the load balancer is told first, open connections are served, the rest is forwarded, and nothing is left", async () => {
  const engine = tiers.engine("e");
  const server = tiers.orderServer("o", await engine.port(), { DRAIN_SECONDS: "20" });
  const [port, health] = [await server.port(), await server.port("healthCheckPort")];
  expect(await refused(health)).toBe(false);
  const client = new Client(port);
  client.order("before");
  await client.answered(1);
  server.process.kill("SIGTERM");
  await until(() => server.events("draining").length > 0, "draining");

  expect([await refused(health), await refused(port)]).toEqual([true, true]);
  // So that there is a rest.
  engine.process.kill("SIGSTOP");
  client.order("after");
  await client.answered(2);
  client.socket.end();
  await client.closed;
  engine.process.kill("SIGCONT");
  expect(await server.ended()).toBe(0);
  expect(client.acknowledged).toEqual(["before", "after"]);
  expect(allTaken()).toEqual(["before", "after"]);
  expect(tiers.stateFolders()).toEqual([]);
});

test("a server that stops while the engines are away closes its connections in time and gives its orders to others at once", async () => {
  const server = tiers.orderServer("o", 1, { DRAIN_SECONDS: "0.1", FORWARD_SECONDS: "0.1" });
  const client = new Client(await server.port());
  client.order("left");
  await client.answered(1);
  server.process.kill("SIGTERM");
  expect(await server.ended()).toBe(0);
  await client.closed;

  const engine = tiers.engine("e");
  const other = tiers.orderServer("other", await engine.port());
  await until(() => other.events("adoption-finished").length > 0, "adoption");
  expect(allTaken()).toEqual(["left"]);
});

test("a wrong token is refused and logged, and no order is lost by it", async () => {
  const engine = tiers.engine("e");
  const wrong = join(tiers.folder, "wrong");
  writeFileSync(wrong, "another secret");
  const server = tiers.orderServer("o", await engine.port(), { TOKEN_FILE: wrong });
  const client = new Client(await server.port());
  client.order("a");
  await client.answered(1);

  const [refusal] = await until(() => engine.events("refused").length > 0 && engine.events("refused"), "refusal");
  expect(refusal?.reason).toBe("wrong token");
  const [lost] = await until(
    () => server.events("downstream-lost").length > 0 && server.events("downstream-lost"),
    "loss",
  );
  expect(lost?.reason).toBe("The matching engine refused: wrong token");
  expect(allTaken()).toEqual([]);
  writeFileSync(wrong, "a secret");
  await until(() => allTaken().length === 1, "the order, with the right token");
});

test("an engine takes no order twice, none after a gap, and says to its sender where to go on", async () => {
  const port = await tiers.engine("e").port();
  const order = { time: "now", client: "c", id: "a", side: "BUY", symbol: "ABC", quantity: 1, price: 1 } as const;
  const say = async (...lines: string[]) => {
    const sender = new Client(port);
    sender.socket.write(`{"token":"a secret","sender":"s","acknowledged":0}\n`);
    await sender.answered(1);
    sender.socket.write(lines.join(""));
    await sender.answered(2);
    return sender.answers;
  };
  const [one, two, four] = [1, 2, 4].map((sequence) => formatJournaledOrder({ ...order, sequence, id: `${sequence}` }));

  expect(await say(one as string, two as string)).toEqual(['{"welcome":0}', '{"acknowledged":2}']);
  expect(await say(one as string, four as string)).toEqual([
    '{"welcome":2}',
    '{"refused":"order 4 came after 2: orders are missing between them"}',
  ]);
  expect(await say("GET / HTTP/1.1\n")).toEqual([
    '{"welcome":2}',
    '{"refused":"expected an order, got a line that is no JSON"}',
  ]);
  expect(allTaken()).toEqual(["1", "2"]);
});

test("clients that do not read, send half a line or send garbage hold up nobody else", async () => {
  const engine = tiers.engine("e");
  const server = tiers.orderServer("o", await engine.port());
  const port = await server.port();
  const deaf = new Client(port);
  deaf.socket.pause();
  deaf.order(...ids("deaf", 20_000));
  const slow = new Client(port);
  slow.socket.write("slow BUY A");
  const garbage = new Client(port);
  garbage.socket.write("GET / HTTP/1.1\r\n\r\n");
  garbage.socket.write("x".repeat(100_000));
  const good = new Client(port);
  good.order("good");
  await good.answered(1);

  expect(good.answers).toEqual([expect.stringMatching(/^ACK good \d+$/)]);
  await garbage.closed;
  expect(garbage.answers).toHaveLength(20);
  expect(garbage.answers[0]).toBe("REJECT GET expected <client order id> BUY|SELL <symbol> <quantity> <price>");
  expect(server.events("connection-closed")).toHaveLength(1);
  slow.socket.write("BC 5 1\nslow2 BUY ABC 0 1\n");
  await slow.answered(2);
  expect(slow.acknowledged).toEqual(["slow"]);
  expect(slow.answers).toContain("REJECT slow2 quantity must be a whole number from 1 to 999999999");
  deaf.socket.resume();
  await deaf.answered(20_000);
  expect(deaf.acknowledged).toEqual(ids("deaf", 20_000));
});

test("a client that is silent is asked whether it lives when the system says, and given up when the system says", async () => {
  const server = tiers.orderServer("o", 1);
  const port = await server.port();
  const client = new Client(port);
  await once(client.socket, "connect");
  // What Node.js sets itself ends after a minute at most, and gives a client up ten seconds later.
  const idleSeconds = Number(readFileSync("/proc/sys/net/ipv4/tcp_keepalive_time", "utf8"));
  const timers = () => execFileSync("ss", ["-Htno", "state", "established", `sport = :${port}`], { encoding: "utf8" });
  const [, value, unit] = await until(
    () => /timer:\(keepalive,(\d+)(min|sec)/.exec(timers()) ?? undefined,
    "a keep-alive timer",
  );
  const seconds = Number(value) * (unit === "min" ? 60 : 1);
  expect(seconds).toBeGreaterThan(idleSeconds - 70);
  expect(seconds).toBeLessThanOrEqual(idleSeconds);
});

test("engines behind TLS are spoken to in TLS, and only where the certificate is theirs", async () => {
  const { key, ca } = certificateFor("localhost", tiers.folder);
  const engine = tiers.engine("e");
  const enginePort = await engine.port();
  // As the load balancer does: TLS ends here.
  const entry = createTlsServer({ key: readFileSync(key), cert: readFileSync(ca) }, (socket) => {
    const behind = connect(enginePort, "127.0.0.1");
    socket
      .on("error", () => {})
      .pipe(behind)
      .on("error", () => {})
      .pipe(socket);
  });
  entry.on("tlsClientError", () => {});
  await once(entry.listen(0, "127.0.0.1"), "listening");
  const { port } = entry.address() as AddressInfo;
  const tls = { DOWNSTREAM_TLS: "true", DOWNSTREAM_HOST: "localhost" };
  const suspicious = tiers.orderServer("o", port, tls);
  const [lost] = await until(
    () => suspicious.events("downstream-lost").length > 0 && suspicious.events("downstream-lost"),
    "a refusal",
  );
  expect(lost?.reason).toMatch(/self-signed certificate/);

  const trusting = tiers.orderServer("p", port, { ...tls, NODE_EXTRA_CA_CERTS: ca });
  new Client(await trusting.port()).order("a", "b");
  await until(() => allTaken().length === 2, "orders at the engine");
  entry.close();
});

test("orders that meet are filled, by an engine that was started again too", async () => {
  let engine = tiers.engine("e");
  const port = await engine.port();
  const server = tiers.orderServer("o", port);
  const client = new Client(await server.port());
  client.socket.write("rests SELL ABC 10 1.25\n");
  await until(() => allTaken().length === 1, "the first order");
  await engine.kill();
  engine = tiers.engine("e", { PORT: String(port) });
  client.socket.write("comes BUY ABC 4 1.5\n");

  const [fill] = await until(() => engine.events("fill").length > 0 && engine.events("fill"), "a fill");
  expect(fill).toMatchObject({
    symbol: "ABC",
    quantity: 4,
    price: 1.25,
    buyer: { id: "comes" },
    seller: { id: "rests" },
  });
  engine.process.kill("SIGTERM");
  expect(await engine.ended()).toBe(0);
});

test("a setting that is wrong and a port that is taken are said in one line, with exit code 1", async () => {
  const mistaken = tiers.orderServer("o", 1, { PORT: "x", DOWNSTREAM_HOST: "", ORPHAN_SECONDS: "10" });
  expect(await mistaken.ended()).toBe(1);
  expect(mistaken.errors).toBe(
    "Environment variables are missing or wrong: PORT: must be a number; DOWNSTREAM_HOST: must not be empty; " +
      "ORPHAN_SECONDS: must be three times HEARTBEAT_SECONDS at least. Deploy the stack again.\n",
  );
  const engine = tiers.engine("e");
  const port = await engine.port();
  const second = tiers.engine("f", { PORT: String(port) });
  expect(await second.ended()).toBe(1);
  expect(second.errors).toMatch(/^PORT: port \d+ cannot be listened on: listen EADDRINUSE.*\n$/);
});
