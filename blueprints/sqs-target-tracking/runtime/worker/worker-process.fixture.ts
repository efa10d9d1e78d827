// The worker as it is deployed, in processes of its own: for tests.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { imageSource } from "../../../../shared/containers/image-source";
import { scratchFolder } from "../../../../shared/testing/scratch-folder";
import { until } from "../../../../shared/testing/until";
import { WorkerAws } from "./aws.fixture";

interface Line {
  readonly level: string;
  readonly message: string;
  readonly [key: string]: unknown;
}

export class WorkerProcess {
  readonly process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";

  constructor(file: string, environment: Record<string, string>) {
    this.process = spawn(process.execPath, ["--enable-source-maps", file], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
    this.#ended = once(this.process, "close");
  }

  /** @throws Error when a line is not JSON */
  get lines(): Line[] {
    return this.#output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  said(message: string): Line[] {
    return this.lines.filter((line) => line.message === message);
  }

  /** @returns the exit code */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.process.kill(signal);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    await this.#ended;
    return this.process.exitCode;
  }
}

/** Workers of one queue. */
export class Workers {
  readonly #folder = scratchFolder("worker");
  readonly #all: WorkerProcess[] = [];
  #aws: Readonly<Record<string, string>> = {};

  /** Builds the worker, which is pointed at that AWS. */
  prepare(aws: Readonly<Record<string, string>>): void {
    this.#aws = aws;
    const source = imageSource({
      entry: join(__dirname, "sample-worker.fixture.ts"),
      dockerfile: join(__dirname, "Dockerfile"),
    });
    const files = unzipSync(readFileSync(source.file));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.#folder, name), content);
  }

  start(environment: Record<string, string> = {}): WorkerProcess {
    const one = new WorkerProcess(join(this.#folder, "worker.js"), {
      ...this.#aws,
      QUEUE_URL: `${this.#aws.AWS_ENDPOINT_URL}/123456789012/work`,
      QUEUE_NAME: "work",
      QUEUE_TYPE: "standard",
      VISIBILITY_TIMEOUT_SECONDS: "2",
      MESSAGES_AT_ONCE: "10",
      METRIC_NAMESPACE: "SqsTargetTracking/test",
      EXPECTED_SECONDS: "1",
      // The tests may run on a Node.js that is older than the image's.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...environment,
    });
    this.#all.push(one);
    return one;
  }

  /** The value of ECS_AGENT_URI for those that an ECS agent belongs to. */
  get agentUri(): string {
    return `${this.#aws.AWS_ENDPOINT_URL}/agent`;
  }

  /** Ends those that a test has left. */
  async killAll(): Promise<void> {
    await Promise.all(this.#all.splice(0).map((one) => one.end("SIGKILL")));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** An AWS and workers for the tests of a file: started before them, put in order after each. */
export function workersAndAws() {
  const aws = new WorkerAws();
  const workers = new Workers();
  beforeAll(async () => workers.prepare(await aws.start()));
  afterEach(async () => {
    await workers.killAll();
    aws.reset();
  });
  afterAll(async () => {
    await aws.stop();
    workers.remove();
  });
  return {
    aws,
    workers,
    /** Sends messages that take so many seconds. @returns their ids */
    send: (count: number, duration: number) =>
      Array.from({ length: count }, (_, id) => aws.queue.send(JSON.stringify({ id, duration }))),
    empty: () => until(() => aws.queue.left.length === 0, "the queue is empty"),
  };
}
