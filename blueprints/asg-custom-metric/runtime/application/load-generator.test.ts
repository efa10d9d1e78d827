import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { program } from "../../../../shared/compute/program";
import { certificateFor } from "./application.fixture";
import { LineSplitter } from "./line-splitter";

const folder = mkdtempSync(join(tmpdir(), "load-"));
const application = join(folder, "application.js");
writeFileSync(application, program(join(__dirname, "main.ts")));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const id = (line: string) => line.split(" ")[0];
/** Answers each line of each connection. */
function answering(answer: (line: string, number: number, socket: Socket) => string) {
  let number = 0;
  return (socket: Socket) => {
    const lines = new LineSplitter(1000);
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("data", (chunk: string) => {
      for (const line of lines.take(chunk)) socket.write(answer(String(line), ++number, socket));
    });
  };
}

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return String((server.address() as AddressInfo).port);
}

async function load(...args: string[]) {
  const child = spawn(process.execPath, [application, "load", "--host", "127.0.0.1", ...args]);
  const one = { code: 0, output: "", errors: "" };
  child.stdout.on("data", (text) => {
    one.output += text;
  });
  child.stderr.on("data", (text) => {
    one.errors += text;
  });
  [one.code] = await once(child, "close");
  return one;
}
const short = ["--connections", "10", "--orders-per-second", "200", "--seconds", "1", "--answer-seconds", "1"];
const last = (output: string) => output.trimEnd().split("\n").at(-1);

describe("the load generator", () => {
  test.concurrent("keeps its connections open, sends at the rate, and is content when every order is acknowledged", async () => {
    const sockets = new Set<Socket>();
    const answer = answering((line, number) => `ACK ${id(line)} ${number}\n`);
    const port = await listening(createServer((socket) => answer(sockets.add(socket) && socket)));
    const { code, output } = await load("--port", port, ...short, "--seconds", "2");

    expect(last(output)).toMatch(
      /^400 orders sent, 400 acknowledged, 0 rejected, 0 without an answer, 0 connections lost; p50 \d+\.\d ms, p99 /,
    );
    expect(output).toMatch(/^10 of 10 connections are open\n10 connections, \d+ orders sent, \d+ acknowledged, /);
    expect(code).toBe(0);
    expect(sockets.size).toBe(10);
  });

  test.concurrent.each([
    ["an answer is missing", (line: string, n: number) => (n === 50 ? "" : `ACK ${id(line)} ${n}\n`), /1 without an/],
    ["one is rejected", (line: string, n: number) => `${n === 50 ? "REJECT" : "ACK"} ${id(line)} ${n}\n`, /1 rejected/],
    [
      "an order is acknowledged twice",
      (line: string, n: number) => `ACK ${id(line)} ${n}\n`.repeat(n === 50 ? 2 : 1),
      /1 rejected/,
    ],
    [
      "a connection is lost",
      (line: string, n: number, socket: Socket) => {
        if (n === 50) socket.end();
        return `ACK ${id(line)} ${n}\n`;
      },
      /1 connections lost/,
    ],
  ])("fails when %s", async (_, answer, summary) => {
    const { code, output } = await load("--port", await listening(createServer(answering(answer))), ...short);
    expect(last(output)).toMatch(summary);
    expect(code).toBe(1);
  });

  test.concurrent("opens connections with TLS, and believes only the authority and name that it is given", async () => {
    const { key, ca } = certificateFor("orders.example", folder);
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(ca) }, (socket) =>
      answering((line, number) => `ACK ${id(line)} ${number}\n`)(socket),
    );
    const port = await listening(server);
    const runs = [
      ["--ca", ca, "--servername", "orders.example"],
      ["--ca", ca],
      ["--servername", "orders.example"],
    ];
    const [good, otherName, unknown] = await Promise.all(
      runs.map((run) => load("--port", port, "--tls", ...run, ...short)),
    );

    expect([good?.code, otherName?.code, unknown?.code]).toEqual([0, 1, 1]);
    expect(otherName?.output).toContain("does not match certificate");
    expect(unknown?.output).toContain("A connection is lost: self-signed certificate");
  });

  test.concurrent("says what is wrong with its options, all at once, and how it is used", async () => {
    const { code, errors } = await load("--connections", "0", "--seconds", "1m");
    expect(errors).toContain(
      "--port is missing\n--connections must be a whole number, 1..50000\n--seconds must be a whole number, 1..604800\nUsage: node",
    );
    expect((await load("--port", "1", "--ca", "file")).errors).toMatch(/^--tls is what --ca and --servername are for/);
    expect(code).toBe(1);
    expect((await load("--what")).errors).toMatch(/^Unknown option '--what'.*\nUsage: node application\.js <command>/);
  });
});

test("a command that there is not is said in one line, with the usage, and exit code 1", async () => {
  for (const [args, message] of [
    [["serve"], "There is no command serve.\nUsage"],
    [[], "A command is missing.\nUsage"],
    [["order-server", "--port", "1"], "Unknown option '--port'"],
  ] as const) {
    const child = spawn(process.execPath, [application, ...args], { env: {} });
    const errors = once(child.stderr, "data");
    expect(await once(child, "exit")).toEqual([1, null]);
    expect(String((await errors)[0])).toContain(message);
  }
});
