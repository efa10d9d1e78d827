import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { installAwsCli } from "../../../shared/testing/aws-cli";
import type { Boot } from "../../../shared/testing/boot";
import type { ClientConfig } from "../../../shared/testing/scenario";
import { Tiers } from "../runtime/application/application.fixture";

const MOST_RUNS = 3;

/** Clients with open connections. */
export interface Clients {
  /** Has them wait for their last answers, and go. @throws Error when an answer was missing */
  leave(): Promise<void>;
}

/**
 * What servers download and get with their user data, run on this machine: the application on free ports, and the
 * publisher as one server or the other.
 */
export class Programs {
  readonly #folder = mkdtempSync(join(tmpdir(), "asg-custom-metric-"));
  readonly #application = this.#path("application.js");
  readonly #tiers: Tiers;
  readonly #bin = this.#path("bin");
  #instanceId = "";
  readonly #metadata = createServer(({ method }, response) =>
    response.end(method === "PUT" ? "token" : this.#instanceId),
  );

  private constructor(
    private readonly boot: Boot,
    application: string,
    config: ClientConfig,
    /** Connections at which the publisher asks. */
    private readonly threshold: number,
  ) {
    writeFileSync(this.#application, application);
    this.#tiers = new Tiers(this.#path("shared-state"), this.#application);
    writeFileSync(this.#path("publisher.js"), boot.file("/opt/tcp-server/publisher.js"));
    const { endpoint, region, credentials } = config;
    installAwsCli(this.#bin, { endpoint, region, credentials });
  }

  /** With the application that the server's settings name, as the bucket has it. */
  static async of(boot: Boot, config: ClientConfig, threshold: number): Promise<Programs> {
    const names = ["APPLICATION_BUCKET", "APPLICATION_KEY"];
    const [Bucket, Key] = boot.settings("/etc/tcp-server/settings", names);
    // The bucket's name in the path: the local AWS has no name for each bucket.
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return new Programs(boot, (await Body?.transformToString()) ?? "", config, threshold);
  }

  /** Starts a matching engine, and an order server that sends to it. @returns the order server's port */
  async startServers(): Promise<number> {
    const enginePort = await this.#tiers.engine("i-1").port();
    return this.#tiers.orderServer("i-1", enginePort).port();
  }

  /** Has so many clients connect to the port and send orders. @returns when all are connected */
  async startClients(port: number, connections: number): Promise<Clients> {
    const options = { host: "127.0.0.1", port, connections, "orders-per-second": 500, seconds: 3600 };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, [this.#application, "load", ...flags], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = once(child, "exit");
    const lines: string[] = [];
    const printed = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    await once(printed, "line");
    return {
      leave: async () => {
        child.kill("SIGINT");
        const [code] = await exit;
        if (code !== 0) throw new Error(`the clients missed answers:\n${lines.join("\n")}`);
      },
    };
  }

  /**
   * Runs the publisher as the server of that id whose application listens on the port; again, as its timer would, when it
   * was not answered in time: this process, which answers it, may be busy.
   */
  async publish(instanceId: string, port: number): Promise<void> {
    this.#instanceId = instanceId;
    if (!this.#metadata.listening) await once(this.#metadata.listen(0, "127.0.0.1"), "listening");
    const config = JSON.parse(this.boot.file("/etc/tcp-server/publisher.json"));
    const shown = {
      ...config,
      port,
      threshold: this.threshold,
      rearmBelow: Math.min(config.rearmBelow, this.threshold),
      stateFile: this.#path(instanceId, "publisher.json"),
    };
    writeFileSync(this.#path("publisher.json"), JSON.stringify(shown));
    for (let run = 1; ; run++) {
      const errors = await this.#runPublisher();
      if (errors === undefined) return;
      if (run === MOST_RUNS || !errors.includes("no instance metadata"))
        throw new Error(`the publisher failed: ${errors}`);
    }
  }

  /** @returns what it said of its failure */
  async #runPublisher(): Promise<string | undefined> {
    const child = spawn(process.execPath, [this.#path("publisher.js"), this.#path("publisher.json")], {
      env: {
        PATH: `${this.#bin}${delimiter}${process.env.PATH}`,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${(this.#metadata.address() as AddressInfo).port}`,
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    const [code] = await once(child, "close");
    return code === 0 ? undefined : errors;
  }

  async close(): Promise<void> {
    await this.#tiers.end();
    this.#metadata.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(...parts: string[]): string {
    return join(this.#folder, ...parts);
  }
}
