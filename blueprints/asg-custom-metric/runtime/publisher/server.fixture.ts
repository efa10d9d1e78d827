import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { PublisherConfig } from "./configuration";
import type { Memory } from "./memory";

export type Operation = "describe-auto-scaling-groups" | "execute-policy" | "put-metric-data";

export interface ProgramRun {
  /** Null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly ended: number;
}

/** A value of a metric as CloudWatch has taken it, of the group or of the server in it. */
export interface Published {
  readonly metric: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly server?: string;
}

const CONFIG: PublisherConfig = {
  region: "eu-west-1",
  groupName: "orders",
  policyName: "one-more",
  port: 1,
  threshold: 3,
  rearmBelow: 2,
  cooldownSeconds: 0,
  namespace: "AsgCustomMetric/test",
  metricName: "TcpConnectionNumberOnPort",
  dimensionName: "AutoScalingGroupName",
  dimensionValue: "orders",
  stateFile: "set by the fixture",
};

/**
 * A server as the publisher sees it: a PATH with the real `ss` and an `aws` that keeps what it accepts, instance metadata,
 * and a folder for its state. Each run is the program itself, in a process of its own.
 */
export class ServerFixture {
  /** What instance metadata answers; undefined: it refuses. */
  instanceId: string | undefined = "i-0123456789abcdef0";
  config: PublisherConfig;
  readonly #folder = mkdtempSync(join(tmpdir(), "publisher-"));
  readonly #metadata = createServer(({ method, url, headers }, response) => {
    const isToken = method === "PUT" && url === "/latest/api/token" && headers["x-aws-ec2-metadata-token-ttl-seconds"];
    const isId = url === "/latest/meta-data/instance-id" && headers["x-aws-ec2-metadata-token"] === "TOKEN";
    if (isToken && this.instanceId) response.end("TOKEN");
    else if (isId && this.instanceId) response.end(this.instanceId);
    else response.writeHead(401).end();
  });

  /** @param program the program's text */
  constructor(program: string) {
    this.config = { ...CONFIG, stateFile: this.path("state/publisher.json") };
    mkdirSync(this.path("bin"));
    writeFileSync(this.path("publisher.js"), program);
    writeFileSync(this.path("desired"), "2");
    this.largest = 5;
    const aws = [
      "#!/bin/bash",
      `cd '${this.#folder}'`,
      '[[ $2 == describe* ]] || echo "$*" >>calls',
      "[[ ! -f $2.before ]] || . ./$2.before",
      `[[ $2 != describe* ]] || { echo '{"AutoScalingGroups":[{"DesiredCapacity":'$(<desired)'}]}' && exit; }`,
      "desired=$(<desired)",
      "[[ $2 != execute-policy || $desired == $(<largest) ]] || echo $((desired + 1)) >desired",
      'echo "$4" >>$2.accepted',
      "[[ ! -f $2.after ]] || . ./$2.after",
    ];
    writeFileSync(this.path("bin/aws"), `${aws.join("\n")}\n`, { mode: 0o755 });
    this.command("ss", onPath("ss"));
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Makes a file the server's command of that name; undefined: the server does not have it. */
  command(name: string, file: string | undefined): void {
    rmSync(this.path(`bin/${name}`), { force: true });
    if (file) symlinkSync(file, this.path(`bin/${name}`));
  }

  /** Has AWS refuse an operation from now on. */
  refuse(operation: Operation, code: string): void {
    const message = `An error occurred (${code}) when calling the operation: refused`;
    writeFileSync(this.path(`${operation}.before`), `printf '\\n${message}\\n' >&2; exit 254\n`);
  }

  /** A line of bash that the call runs when AWS has accepted it, before the program hears of it. */
  whenAccepted(operation: Operation, line: string): void {
    writeFileSync(this.path(`${operation}.after`), `${line}\n`);
  }

  /** Has AWS accept an operation again. */
  accept(operation: Operation): void {
    for (const when of ["before", "after"]) rmSync(this.path(`${operation}.${when}`), { force: true });
  }

  /** How large the group may be; it begins with two servers. */
  set largest(size: number) {
    writeFileSync(this.path("largest"), String(size));
  }

  get desired(): number {
    return Number(readFileSync(this.path("desired"), "utf8"));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#metadata.listen(0, "127.0.0.1", resolve));
  }

  remove(): void {
    this.#metadata.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Runs the program once. @param nodeOptions for Node.js */
  async run(...nodeOptions: string[]): Promise<ProgramRun> {
    return this.runWith(JSON.stringify(this.config), ...nodeOptions);
  }

  /** The same with a configuration of whatever text; undefined: there is none. */
  async runWith(config: string | undefined, ...nodeOptions: string[]): Promise<ProgramRun> {
    if (config !== undefined) writeFileSync(this.path("config.json"), config);
    const { port } = this.#metadata.address() as AddressInfo;
    const began = Date.now();
    const child = spawn(process.execPath, [...nodeOptions, this.path("publisher.js"), this.path("config.json")], {
      env: { PATH: this.path("bin"), AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (stderr += chunk));
    const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { status, stdout, stderr, began, ended: Date.now() };
  }

  /** All calls of the AWS CLI, refused ones too. */
  get calls(): string[] {
    return this.#lines("calls");
  }

  /** The inputs of the calls that AWS accepted. */
  accepted(operation: Operation): unknown[] {
    return this.#lines(`${operation}.accepted`).map((line) => JSON.parse(line));
  }

  /** All that CloudWatch took, in the order in which it came. */
  get published(): Published[] {
    return this.accepted("put-metric-data").flatMap((input) =>
      (input as { MetricData: MetricDatum[] }).MetricData.map(({ MetricName, Value, Timestamp, Dimensions }) => ({
        metric: MetricName,
        value: Value,
        time: Date.parse(Timestamp),
        server: Dimensions.find(({ Name }) => Name === "InstanceId")?.Value,
      })),
    );
  }

  /** The values of the group's metric, in the order in which they came. */
  values(metric: "TcpConnectionNumberOnPort" | "ScaleOutRequests"): number[] {
    return this.published.filter((one) => one.metric === metric && !one.server).map(({ value }) => value);
  }

  get memory(): Memory {
    return JSON.parse(readFileSync(this.config.stateFile, "utf8"));
  }
  set memory(memory: object) {
    this.writeState(JSON.stringify(memory));
  }

  writeState(text: string): void {
    mkdirSync(dirname(this.config.stateFile), { recursive: true });
    writeFileSync(this.config.stateFile, text);
  }

  #lines(name: string): string[] {
    if (!existsSync(this.path(name))) return [];
    return readFileSync(this.path(name), "utf8").trimEnd().split("\n");
  }
}

interface MetricDatum {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

function onPath(command: string): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const file = folders.map((folder) => join(folder, command)).find((one) => existsSync(one));
  if (!file) throw new Error(`${command} is not on the PATH: the publisher is tested with it (package iproute2)`);
  return file;
}
