import { setTimeout as delay } from "node:timers/promises";
import { ToolchainError } from "../../toolchain/error";
import type { DeploymentRun } from "../deployed";
import { type HttpAnswer, type HttpRequest, send } from "../http";
import type { GitHubContext } from "./context";

/** Who writes with a workflow's own token. Nobody else's comment is taken for one of ours: it would be changed at will. */
const OURSELVES = "github-actions[bot]";

/** GitHub asks for a second between two changes. docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
const PAUSE_MILLISECONDS = 1000;

/** A comment, or an issue: what has a body. */
export interface Post {
  readonly id: number;
  readonly body: string;
}

interface RawPost {
  readonly id: number;
  readonly number?: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly pull_request?: object;
}

/** The calls of GitHub's REST API that the command needs. docs.github.com/en/rest */
export class GitHubClient {
  #lastChange = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: GitHubContext) {}

  /** Those that a workflow wrote. docs.github.com/en/rest/issues/comments */
  async comments(pullRequest: number): Promise<Post[]> {
    const all = await this.#pages(`/issues/${pullRequest}/comments?per_page=100`, "pull-requests: write");
    return all.filter(isOurs).map(({ id, body }) => ({ id, body: body ?? "" }));
  }

  async createComment(pullRequest: number, body: string): Promise<void> {
    await this.#call("POST", `/issues/${pullRequest}/comments`, "pull-requests: write", { body });
  }

  async updateComment(id: number, body: string): Promise<void> {
    await this.#call("PATCH", `/issues/comments/${id}`, "pull-requests: write", { body });
  }

  /** Open ones with the label that a workflow wrote; `id` is the issue's number. docs.github.com/en/rest/issues/issues */
  async openIssues(label: string): Promise<Post[]> {
    const all = await this.#pages(`/issues?state=open&labels=${label}&per_page=100`, "issues: write");
    return all
      .filter((issue) => isOurs(issue) && issue.pull_request === undefined)
      .map(({ number = 0, body }) => ({ id: number, body: body ?? "" }));
  }

  async createIssue(issue: {
    readonly title: string;
    readonly body: string;
    readonly labels: string[];
  }): Promise<void> {
    await this.#call("POST", "/issues", "issues: write", issue);
  }

  async updateIssue(number: number, change: { title?: string; body?: string; state?: "closed" }): Promise<void> {
    await this.#call("PATCH", `/issues/${number}`, "issues: write", change);
  }

  /** A label that is there already (422) is as good. */
  async ensureLabel(name: string, description: string): Promise<void> {
    await this.#call("POST", "/labels", "issues: write", { name, description }, [422]);
  }

  /** A workflow's last hundred runs for pushes to a branch that are over, the newest first. docs.github.com/en/rest/actions/workflow-runs */
  async endedRuns(workflow: string, branch: string): Promise<DeploymentRun[]> {
    const query = `status=completed&event=push&branch=${encodeURIComponent(branch)}&per_page=100`;
    const answer = await this.#call("GET", `/actions/workflows/${workflow}/runs?${query}`, "actions: read");
    const { workflow_runs } = JSON.parse(answer.text) as { workflow_runs: { head_sha: string; conclusion: string }[] };
    return workflow_runs.map(({ head_sha, conclusion }) => ({ commit: head_sha, conclusion }));
  }

  async #pages(path: string, permission: string): Promise<RawPost[]> {
    const all: RawPost[] = [];
    for (let page: string | undefined = path; page !== undefined; ) {
      const answer: HttpAnswer = await this.#call("GET", page, permission);
      all.push(...(JSON.parse(answer.text) as RawPost[]));
      page = nextPage(answer.headers.get("link"));
    }
    return all;
  }

  /** @param path below the repository, or the address of a further page, which GitHub gives as a whole */
  async #call(
    method: HttpRequest["method"],
    path: string,
    permission: string,
    body?: object,
    allowed: readonly number[] = [],
  ): Promise<HttpAnswer> {
    const { apiUrl, repository, token } = this.context;
    const url = path.startsWith("/") ? `${apiUrl}/repos/${repository}${path}` : path;
    if (!url.startsWith(`${apiUrl}/`)) throw new ToolchainError(`GitHub named a page that is not its own: ${url}`);
    if (method !== "GET") await this.#takeTurn();
    const what = `GitHub, ${method} ${url.slice(apiUrl.length).split("?")[0]}`;
    const answer = await send({
      method,
      url,
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "Content-Type": "application/json",
        "User-Agent": repository,
      },
      body: body && JSON.stringify(body),
      what,
    });
    if (answer.status < 300 || allowed.includes(answer.status)) return answer;
    throw new ToolchainError(
      `${what}: ${answer.status}, ${messageOf(answer.text)}.${howToMend(answer.status, permission)}`,
    );
  }

  async #takeTurn(): Promise<void> {
    await delay(Math.max(0, this.#lastChange + PAUSE_MILLISECONDS - performance.now()));
    this.#lastChange = performance.now();
  }
}

const isOurs = ({ user }: RawPost): boolean => user?.login === OURSELVES;

/** docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export function nextPage(link: string | null): string | undefined {
  return /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? "";
  } catch {
    return text.slice(0, 200);
  }
}

function howToMend(status: number, permission: string): string {
  switch (status) {
    case 401:
      return " GITHUB_TOKEN is no valid token.";
    case 403:
    case 404:
      return ` The job needs "permissions: ${permission}"; a pull request from a fork, or of Dependabot, has no more than read.`;
    default:
      return "";
  }
}
