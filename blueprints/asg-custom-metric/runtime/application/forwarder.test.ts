import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { backOffMs } from "./back-off";
import { Forwarder } from "./forwarder";
import { Journal } from "./journal";
import { JournalReader } from "./journal-reader";
import { LineSplitter } from "./line-splitter";
import { Log } from "./log";
import { formatJournaledOrder, sequenceOf } from "./wire";

let folder: string;
let server: Server | undefined;
let sockets: Socket[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forwarder-"));
  writeFileSync(join(folder, "token"), "a secret");
  sockets = [];
});
afterEach(() => {
  server?.close();
  for (const socket of sockets) socket.destroy();
  rmSync(folder, { recursive: true });
});

async function journalOf(orders: number): Promise<void> {
  const journal = await Journal.create(folder);
  const order = { time: "now", client: "c", id: "a", side: "BUY", symbol: "ABC", quantity: 1, price: 1 } as const;
  await journal.append(orders, (sequence) => formatJournaledOrder({ ...order, sequence }));
  await journal.close();
}

interface Arrival {
  /** Of each line; undefined for the greeting. */
  readonly sequences: readonly (number | undefined)[];
  /** Counted from 1. */
  readonly connection: number;
}

/** Starts a stand-in for a matching engine. @returns Its port. */
async function engineThat(answers: (arrival: Arrival) => string): Promise<number> {
  server = createServer((socket) => {
    const connection = sockets.push(socket);
    const lines = new LineSplitter(4096);
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("data", (chunk: string) => {
      const sequences = [...lines.take(chunk)].map((line) => sequenceOf(String(line)));
      socket.write(answers({ sequences, connection }));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

function forwarderTo(port: number, onAcknowledged: (sequence: number) => void, replySeconds = 10): Forwarder {
  const downstream = { host: "127.0.0.1", port, tls: false, tokenFile: join(folder, "token"), replySeconds };
  const sender = { path: folder, sender: "s", acknowledged: 0 };
  return new Forwarder(downstream, sender, new Log(join(folder, "log")), onAcknowledged);
}

const never = () => new AbortController().signal;

test("an engine that goes silent is left, and another connection goes on after what it had; little is on its way at once", async () => {
  const orders = 20_000;
  await journalOf(orders);
  /** Sequences that came over each connection. */
  const received: number[][] = [];
  const port = await engineThat(({ sequences, connection }) => {
    received[connection - 1] ??= [];
    const mine = received[connection - 1] as number[];
    if (sequences.includes(undefined)) return `{"welcome":${connection === 1 ? 0 : 5000}}\n`;
    mine.push(...(sequences as number[]));
    return connection === 1 ? "" : `{"acknowledged":${mine.at(-1)}}\n`;
  });
  const acknowledged: number[] = [];
  const forwarder = forwarderTo(port, (sequence) => acknowledged.push(sequence), 1);
  forwarder.finish();

  expect(await forwarder.run(never())).toBe(true);
  expect(received).toHaveLength(2);
  expect(received[0]?.length).toBeLessThan(6000);
  expect(received[1]).toEqual(Array.from({ length: orders - 5000 }, (_, index) => 5001 + index));
  expect(acknowledged.at(-1)).toBe(orders);
});

test("the last acknowledgement counts, also when it comes while the journal is looked at for more", async () => {
  await journalOf(1);
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = () => setTimeout(resolve, 50);
  });
  const port = await engineThat(({ sequences: [sequence] }) => {
    if (sequence === undefined) return '{"welcome":0}\n';
    answer();
    return `{"acknowledged":${sequence}}\n`;
  });
  const next = JournalReader.prototype.next;
  jest.spyOn(JournalReader.prototype, "next").mockImplementation(async function (this: JournalReader, upTo) {
    const more = await next.call(this, upTo);
    if (more.text === "") await answered;
    return more;
  });
  const acknowledged: number[] = [];
  const forwarder = forwarderTo(port, (sequence) => acknowledged.push(sequence));
  forwarder.finish();

  expect(await forwarder.run(never())).toBe(true);
  expect(acknowledged).toEqual([1]);
});

test.each([
  ["an engine", async () => 1],
  ["orders", () => engineThat(() => '{"welcome":0}\n')],
])("a forwarder that is stopped ends at once, also while it waits for %s", async (_, port) => {
  await journalOf(0);
  const stop = new AbortController();
  const running = forwarderTo(await port(), () => {}).run(stop.signal);
  setTimeout(() => stop.abort(), 20);
  expect(await running).toBe(false);
});

test("attempts come after 50 ms at least, further apart with each that fails, up to 5 s, and not in step", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const wait = backOffMs(failures, random);
      expect(wait).toBeGreaterThanOrEqual(50);
      expect(wait).toBeLessThanOrEqual(5000);
      expect(backOffMs(failures + 1, random)).toBeGreaterThanOrEqual(wait);
    }),
  );
  expect([backOffMs(1, 0), backOffMs(1, 1), backOffMs(3, 1), backOffMs(20, 1)]).toEqual([50, 100, 400, 5000]);
});
