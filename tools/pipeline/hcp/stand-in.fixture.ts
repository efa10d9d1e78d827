import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One state of a run after the other: each look at the run sees the next, and the last one stays. */
type States = readonly { readonly status: string; readonly confirmable?: boolean }[];

/** A stand-in for HCP Terraform with one workspace, by HTTPS as the real one, on a loopback port. */
export class HcpStandIn {
  readonly calls: Call[] = [];
  /** What a run goes through. */
  states: States = [{ status: "planning" }, { status: "planned_and_finished" }];
  /** What it goes through once it is confirmed. */
  afterConfirmation: States = [{ status: "applying" }, { status: "applied" }];
  workspace: Record<string, unknown> = { "execution-mode": "remote", locked: false };
  plan: Record<string, unknown> = {
    status: "finished",
    "has-changes": true,
    "resource-additions": 2,
    "resource-changes": 1,
    "resource-destructions": 0,
    "resource-imports": 0,
  };
  log = "\u0002Terraform v1.11.4\nPlan: 2 to add, 1 to change, 0 to destroy.\n\u0003";
  applyLog = "\u0002Error: creating stream: limit exceeded\n\u0003";
  /** Answers that come before the usual one, by `METHOD /path`; each is used once. */
  readonly #first = new Map<string, Answer[]>();
  readonly #folder = mkdtempSync(join(tmpdir(), "hcp-"));
  #server: Server | undefined;
  #looked = 0;

  /** @param stack whose workspace there is */
  constructor(private readonly stack = "tiny") {}

  /** @returns the environment that has the command take this for HCP Terraform */
  async start(): Promise<Record<string, string>> {
    const [key, certificate] = [join(this.#folder, "key.pem"), join(this.#folder, "certificate.pem")];
    const subject = ["-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1"];
    const options = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      ...subject,
    ];
    execFileSync("openssl", [...options, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url: path = "", headers } = request;
        this.calls.push({ method, path, token: headers.authorization, body: Buffer.concat(chunks) });
        const answer = this.#answer(method, path);
        response.writeHead(answer.status, answer.headers);
        response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      NODE_EXTRA_CA_CERTS: certificate,
      BLUEPRINT_BACKEND: JSON.stringify(this.backend),
      TF_API_TOKEN: "hcp-token",
    };
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get backend() {
    const hostname = `127.0.0.1:${(this.#server?.address() as AddressInfo | undefined)?.port}`;
    return { type: "cloud", organization: "acme", project: "Scaling", workspacePrefix: "blue-", hostname };
  }

  /** Answers the next calls with these instead. */
  first(call: string, ...answers: Answer[]): this {
    this.#first.set(call, answers);
    return this;
  }

  of(method: string, path: string): Call[] {
    return this.calls.filter((call) => call.method === method && call.path === path);
  }

  json(method: string, path: string): Record<string, never>[] {
    return this.of(method, path).map(({ body }) => JSON.parse(body.toString("utf8")));
  }

  #answer(method: string, path: string): Answer {
    const call = `${method} ${path}`;
    const first = this.#first.get(call)?.shift();
    if (first) return first;
    const base = `https://${this.backend.hostname}`;
    const ok = (id: string, type: string, attributes: object, relationships = {}): Answer => ({
      status: method === "POST" ? 201 : 200,
      body: { data: { id, type, attributes, relationships } },
    });
    switch (call) {
      case `GET /api/v2/organizations/acme/workspaces/blue-${this.stack}`:
        return ok("ws-1", "workspaces", this.workspace);
      case "POST /api/v2/workspaces/ws-1/configuration-versions":
        return ok("cv-1", "configuration-versions", {
          status: "pending",
          "upload-url": `${base}/upload/secret-upload`,
        });
      case "PUT /upload/secret-upload":
        return { status: 200, body: "" };
      case "GET /api/v2/configuration-versions/cv-1":
        return ok("cv-1", "configuration-versions", { status: "uploaded" });
      case "POST /api/v2/runs":
        return this.#run({ status: "pending" });
      case "GET /api/v2/runs/run-1": {
        const state = this.states[Math.min(this.#looked, this.states.length - 1)];
        this.#looked += 1;
        return this.#run(state ?? { status: "pending" });
      }
      case "GET /api/v2/plans/plan-1":
        return ok("plan-1", "plans", { ...this.plan, "log-read-url": `${base}/log/secret-plan-log` });
      case "GET /api/v2/runs/run-1/apply":
        return ok("apply-1", "applies", { "log-read-url": `${base}/log/secret-apply-log` });
      case "GET /log/secret-plan-log":
        return { status: 200, body: this.log };
      case "GET /log/secret-apply-log":
        return { status: 200, body: this.applyLog };
      case "POST /api/v2/runs/run-1/actions/apply":
        this.states = this.afterConfirmation;
        this.#looked = 0;
        return { status: 202, body: "" };
      case "POST /api/v2/runs/run-1/actions/cancel":
      case "POST /api/v2/runs/run-1/actions/discard":
        return { status: 202, body: "" };
      default:
        return { status: 404, body: { errors: [{ status: "404", title: "not found" }] } };
    }
  }

  #run({ status, confirmable = false }: States[number]): Answer {
    const attributes = { status, actions: { "is-confirmable": confirmable } };
    const relationships = { plan: { data: { id: "plan-1", type: "plans" } } };
    return { status: 200, body: { data: { id: "run-1", type: "runs", attributes, relationships } } };
  }
}
