import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { until } from "../../../../shared/testing/until";
import { Client } from "./application.fixture";
import { ClientConnection, type ClientEvents } from "./client-connection";

const server = createServer({ allowHalfOpen: true });
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

/** A client, and the server's end of its connection. */
async function connected(order: ClientEvents["order"]): Promise<{ client: Client; socket: Socket }> {
  const client = new Client((server.address() as AddressInfo).port);
  const [socket] = (await once(server, "connection")) as [Socket];
  new ClientConnection(socket, { order, rejected: () => {}, closed: () => {} });
  return { client, socket };
}

const numbers = (many: number) => Array.from({ length: many }, (_, index) => String(index));

test("a client that sends faster than its orders are journaled is not read until they are", async () => {
  const waiting: (() => void)[] = [];
  let journaled = false;
  const { client, socket } = await connected(({ id }, from) => {
    const answer = () => {
      from.acknowledge(id, 1);
      from.flush();
    };
    if (journaled) setImmediate(answer);
    else waiting.push(answer);
  });
  client.order(...numbers(20_000));
  await until(() => socket.isPaused(), "pause");
  const taken = waiting.length;
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(waiting).toHaveLength(taken);
  expect(taken).toBeLessThan(5000);
  journaled = true;
  for (const answer of waiting) answer();
  await client.answered(20_000);
  expect(client.acknowledged).toEqual(numbers(20_000));
  client.socket.destroy();
});

test("the answers for a client that does not read them do not gather in memory", async () => {
  let most = 0;
  const { client, socket } = await connected(({ id }, from) => {
    from.acknowledge(id, 1);
    from.flush();
    most = Math.max(most, socket.writableLength);
  });
  client.socket.pause();
  // More than the system's buffers of the connection hold.
  const orders = "x BUY ABC 1 1\n".repeat(10_000);
  for (let times = 0; times < 200; times++) client.socket.write(orders);
  await until(() => socket.isPaused(), "pause");

  expect(most).toBeLessThan(1024 * 1024);
  client.socket.destroy();
});

test("a client that closes its side after its orders gets their answers first", async () => {
  const { client } = await connected(({ id }, from) => {
    setTimeout(() => {
      from.acknowledge(id, 1);
      from.flush();
    }, 10);
  });
  client.order("a", "b");
  client.socket.end();
  await client.closed;
  expect(client.acknowledged).toEqual(["a", "b"]);
});
