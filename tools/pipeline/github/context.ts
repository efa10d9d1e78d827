import { readFileSync } from "node:fs";
import * as z from "zod";
import { ToolchainError } from "../../toolchain/error";

/** Where the command runs, by the variables of a runner. docs.github.com/en/actions/reference/variables-reference */
export interface GitHubContext {
  readonly apiUrl: string;
  /** Such as `owner/repository`. */
  readonly repository: string;
  readonly token: string;
  /** The workflow's run, for people. */
  readonly runUrl: string;
}

/** @throws ToolchainError that names every variable that is missing */
export function gitHubContext(env: NodeJS.ProcessEnv): GitHubContext {
  const needed = ["GITHUB_REPOSITORY", "GITHUB_TOKEN"] as const;
  const missing = needed.filter((name) => !env[name]);
  if (missing.length > 0)
    throw new ToolchainError(
      `This needs ${missing.join(" and ")} in the environment. A step of a workflow sets GITHUB_TOKEN by ` +
        '"env: GITHUB_TOKEN: $\u007b{ github.token }}", the runner sets the others.',
    );
  const repository = String(env.GITHUB_REPOSITORY);
  const server = env.GITHUB_SERVER_URL ?? "https://github.com";
  return {
    apiUrl: env.GITHUB_API_URL ?? "https://api.github.com",
    repository,
    token: String(env.GITHUB_TOKEN),
    runUrl: `${server}/${repository}/actions/runs/${env.GITHUB_RUN_ID ?? ""}`,
  };
}

const pullRequestEvent = z.object({
  pull_request: z.object({ number: z.int(), head: z.object({ sha: z.string() }) }),
});

/** @throws ToolchainError when the run is not one of a pull request */
export function pullRequest(env: NodeJS.ProcessEnv): { readonly number: number; readonly commit: string } {
  const path = env.GITHUB_EVENT_PATH;
  const event = pullRequestEvent.safeParse(path ? JSON.parse(readFileSync(path, "utf8")) : undefined);
  if (!event.success)
    throw new ToolchainError(
      "This runs on pull requests only: GITHUB_EVENT_PATH names no file with a pull request's event.",
    );
  const { number, head } = event.data.pull_request;
  return { number, commit: head.sha };
}
