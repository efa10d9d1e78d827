import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { ApplicationFixture } from "./application.fixture";
import { countConnections } from "./connections";

let application: ApplicationFixture;
let port: number;
let closing: (() => void)[];
beforeEach(async () => {
  application = new ApplicationFixture();
  closing = [() => application.close()];
  port = await application.listen();
});
afterEach(() => {
  for (const close of closing) close();
});

describe("connections", () => {
  test("count by IPv4 and IPv6 alike", async () => {
    const hasIpv6 = Object.values(networkInterfaces()).some((one) => one?.some(({ address }) => address === "::1"));
    await application.clients(2, "127.0.0.1");
    await application.clients(5, hasIpv6 ? "::1" : "127.0.0.2");
    expect(await countConnections(port)).toBe(5);
  });

  test("count where they were accepted: another listener's, and a client's own end, do not", async () => {
    const other = new ApplicationFixture();
    const otherPort = await other.listen();
    await other.clients(4);
    await application.clients(3);
    closing.push(() => other.close());
    expect([await countConnections(port), await countConnections(otherPort)]).toEqual([3, 4]);
  });

  test("to the same port of another server do not count", async () => {
    // The far end is not established before it has data: all that is established here is the end of the client.
    const defer = "server.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)";
    const listen = `import socket; server = socket.create_server(("127.0.0.1", 0)); ${defer}; server.listen()`;
    const farEnd = spawn("python3", ["-c", `${listen}; print(server.getsockname()[1], flush=True); input()`]);
    closing.push(() => farEnd.kill());
    const [farPort] = await once(farEnd.stdout, "data");
    const client = connect({ port: Number(farPort), host: "127.0.0.1" });
    closing.push(() => client.destroy());
    await once(client, "connect");
    expect(await countConnections(Number(farPort))).toBe(0);
  });

  test("do not count once the client has closed its end, nor while the kernel still remembers them", async () => {
    await application.clients(3);
    const halfClosed = await application.sayGoodbye();
    expect(await countConnections(port)).toBe(2);
    halfClosed.destroy();
    await application.clients(1);
    expect(await countConnections(port)).toBe(1);
  });

  test("are none where nothing listens", async () => {
    application.close();
    expect(await countConnections(port)).toBe(0);
  });
});

describe("an ss that gives no answer is an error, not a zero", () => {
  const folder = mkdtempSync(join(tmpdir(), "ss-"));
  const { PATH } = process.env;
  beforeEach(() => {
    process.env.PATH = `${folder}:${PATH}`;
  });
  afterEach(() => {
    process.env.PATH = PATH;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["fails", "echo 'no netlink' >&2; exit 1"],
    ["ends well, but says why it prints nothing", "echo 'no netlink' >&2"],
  ])("where it %s", async (_what, line) => {
    writeFileSync(join(folder, "ss"), `#!/bin/bash\n${line}\n`, { mode: 0o755 });
    await expect(countConnections(port)).rejects.toThrow(/^no netlink$/);
  });

  test("and what it says beside an answer changes nothing", async () => {
    writeFileSync(join(folder, "ss"), "#!/bin/bash\necho 'a warning' >&2; echo 0 0 a b\n", { mode: 0o755 });
    expect(await countConnections(port)).toBe(1);
  });
});
