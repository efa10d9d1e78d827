import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { backOffMs } from "./back-off";
import { Forwarder } from "./forwarder";
import { Journal } from "./journal";
import { LineSplitter } from "./line-splitter";
import { Log } from "./log";
import { formatJournaledOrder, sequenceOf } from "./wire";

const folder = mkdtempSync(join(tmpdir(), "forwarder-"));
writeFileSync(join(folder, "token"), "a secret");
afterAll(() => rmSync(folder, { recursive: true }));

test("an engine that goes silent is left, and another connection goes on after what it had; little is on its way at once", async () => {
  const orders = 20_000;
  const journal = await Journal.create(folder);
  const order = { time: "now", client: "c", id: "a", side: "BUY", symbol: "ABC", quantity: 1, price: 1 } as const;
  await journal.append(orders, (sequence) => formatJournaledOrder({ ...order, sequence }));
  await journal.close();

  /** Sequences that came over each connection. */
  const received: number[][] = [];
  const engine = createServer((socket) => {
    const mine: number[] = [];
    const number = received.push(mine);
    const lines = new LineSplitter(4096);
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("data", (chunk: string) => {
      for (const line of lines.take(chunk)) {
        const sequence = sequenceOf(String(line));
        if (sequence === undefined) socket.write(`{"welcome":${number === 1 ? 0 : 5000}}\n`);
        else mine.push(sequence);
      }
      if (number === 2 && mine.length > 0) socket.write(`{"acknowledged":${mine.at(-1)}}\n`);
    });
  });
  await once(engine.listen(0, "127.0.0.1"), "listening");
  const { port } = engine.address() as AddressInfo;
  const acknowledged: number[] = [];
  const downstream = { host: "127.0.0.1", port, tls: false, tokenFile: join(folder, "token"), replySeconds: 0.3 };
  const sender = { path: folder, sender: "s", acknowledged: 0 };
  const log = new Log(join(folder, "log"));
  const forwarder = new Forwarder(downstream, sender, log, (sequence) => acknowledged.push(sequence));
  forwarder.finish();

  expect(await forwarder.run(new AbortController().signal)).toBe(true);
  expect(received).toHaveLength(2);
  expect(received[0]?.length).toBeLessThan(6000);
  expect(received[1]).toEqual(Array.from({ length: orders - 5000 }, (_, index) => 5001 + index));
  expect(acknowledged.at(-1)).toBe(orders);
  engine.close();
});

test("a forwarder that is stopped ends at once, whether it waits for an engine or for orders", async () => {
  const stop = new AbortController();
  const downstream = { host: "127.0.0.1", port: 1, tls: false, tokenFile: join(folder, "token"), replySeconds: 1 };
  const log = join(folder, "stopped.log");
  const forwarder = new Forwarder(downstream, { path: folder, sender: "s", acknowledged: 0 }, new Log(log), () => {});
  const running = forwarder.run(stop.signal);
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
