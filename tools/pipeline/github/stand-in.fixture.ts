import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer, Call } from "../hcp/stand-in.fixture";

interface StoredPost {
  readonly id: number;
  readonly number: number;
  body: string;
  title?: string;
  state: string;
  labels: string[];
  readonly user: { readonly login: string };
}

/** A stand-in for GitHub's REST API with one repository, on a loopback port. Lists have pages of two. */
export class GitHubStandIn {
  readonly calls: Call[] = [];
  readonly comments: StoredPost[] = [];
  readonly issues: StoredPost[] = [];
  readonly labels: string[] = [];
  /** Runs of the workflow that deploys, the newest first. */
  deployments: { head_sha: string; conclusion: string }[] = [];
  readonly #first = new Map<string, Answer[]>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const body = Buffer.concat(chunks);
      this.calls.push({ method, path: url, token: headers.authorization, body });
      const address = new URL(url, this.#url);
      const first = this.#first.get(`${method} ${address.pathname}`)?.shift();
      const answer = first ?? this.#answer(method, address, body.length > 0 ? JSON.parse(body.toString("utf8")) : {});
      response.writeHead(answer.status, answer.headers);
      response.end(JSON.stringify(answer.body ?? {}));
    });
  });

  /** @returns the environment of a runner that works for this repository */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: this.#url,
      GITHUB_SERVER_URL: "https://github.test",
      GITHUB_REPOSITORY: "acme/blueprints",
      GITHUB_RUN_ID: "42",
      GITHUB_TOKEN: "github-token",
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  first(call: string, ...answers: Answer[]): this {
    this.#first.set(call, answers);
    return this;
  }

  /** A comment that is there already. */
  addComment(body: string, login: string): void {
    this.comments.push(this.#post({ body }, login));
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #post({ body, title, labels = [] }: { body: string; title?: string; labels?: string[] }, login: string): StoredPost {
    const id = 100 + this.comments.length + this.issues.length;
    return { id, number: id, body, title, labels, state: "open", user: { login } };
  }

  #answer(method: string, address: URL, body: { body: string; labels?: string[]; name?: string }): Answer {
    const path = address.pathname.replace("/repos/acme/blueprints", "");
    const [, comment] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const [, issue] = /^\/issues\/(\d+)$/.exec(path) ?? [];
    if (method === "PATCH" && comment) return change(this.comments, comment, body);
    if (method === "PATCH" && issue) return change(this.issues, issue, body);
    switch (`${method} ${path}`) {
      case "GET /issues/17/comments":
        return this.#page(address, this.comments);
      case "POST /issues/17/comments":
        this.comments.push(this.#post(body, "github-actions[bot]"));
        return { status: 201 };
      case "GET /issues": {
        const label = address.searchParams.get("labels") ?? "";
        return this.#page(
          address,
          this.issues.filter(({ state, labels }) => state === "open" && labels.includes(label)),
        );
      }
      case "POST /issues":
        this.issues.push(this.#post(body, "github-actions[bot]"));
        return { status: 201 };
      case "POST /labels":
        if (this.labels.includes(body.name ?? "")) return { status: 422, body: { message: "Validation Failed" } };
        this.labels.push(body.name ?? "");
        return { status: 201 };
      case "GET /actions/workflows/deploy.yml/runs":
        return { status: 200, body: { workflow_runs: this.deployments } };
      default:
        return { status: 404, body: { message: "Not Found" } };
    }
  }

  #page(address: URL, all: readonly unknown[]): Answer {
    const page = Number(address.searchParams.get("page") ?? "1");
    const next = new URL(address);
    next.searchParams.set("page", String(page + 1));
    const headers: Record<string, string> = page * 2 < all.length ? { link: `<${next}>; rel="next"` } : {};
    return { status: 200, headers, body: all.slice((page - 1) * 2, page * 2) };
  }
}

function change(posts: StoredPost[], id: string, content: object): Answer {
  const post = posts.find((one) => one.number === Number(id));
  if (!post) return { status: 404, body: { message: "Not Found" } };
  Object.assign(post, content);
  return { status: 200 };
}
