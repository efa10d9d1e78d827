import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "../toolchain/error";
import { type Outcome, run } from "../toolchain/run";

/** A commit, as git knows it. */
export interface Revision {
  /** As it was asked for: `origin/main`. */
  readonly ref: string;
  /** The whole hash. */
  readonly commit: string;
  readonly subject: string;
  /** Commits that it has and HEAD has not: what they did looks undone in HEAD. */
  readonly ahead: number;
}

/** What the working tree stands on. */
export interface WorkingTree {
  readonly commit: string;
  readonly isCommitted: boolean;
}

/** The project's files in git: those of a base revision, and the state of the working tree. Changes nothing in either. */
export class Repository {
  private constructor(
    private readonly root: string,
    /** The project's folder in the repository: empty, or `infrastructure/`. */
    private readonly prefix: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * @param root the project's folder
   * @throws ToolchainError without git, and where there is no repository
   */
  static async at(root: string, signal?: AbortSignal): Promise<Repository> {
    const { code, stdout, stderr } = await git(root, ["rev-parse", "--show-prefix"], { signal });
    if (code === undefined) throw new ToolchainError(`git cannot be run (${stderr}): install it, and put it on PATH.`);
    if (code !== 0) throw new ToolchainError(`${root} is no git repository that can be compared with: ${stderr}`);
    return new Repository(root, stdout, signal);
  }

  /** @throws ToolchainError when there is no such revision */
  async revision(ref: string): Promise<Revision> {
    const { code, stdout: commit } = await this.#git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
    if (code !== 0) {
      throw new ToolchainError(
        `--base ${ref}: git knows no such revision here. Fetch it first, such as by git fetch origin; ` +
          "in GitHub Actions, actions/checkout fetches others than the newest with fetch-depth: 0.",
      );
    }
    const [subject, ahead] = await Promise.all([
      this.#git("log", "-1", "--format=%s", commit),
      this.#git("rev-list", "--count", `HEAD..${commit}`),
    ]);
    return { ref, commit, subject: subject.stdout, ahead: Number(ahead.stdout) };
  }

  async workingTree(): Promise<WorkingTree> {
    const [head, status] = await Promise.all([
      this.#git("rev-parse", "HEAD"),
      // Without the lock git does not write what it found out into the user's index.
      this.#git("--no-optional-locks", "status", "--porcelain", "--", "."),
    ]);
    return { commit: head.stdout, isCommitted: status.stdout === "" };
  }

  /**
   * Writes the project's files of a revision into a new folder, by an index of its own.
   * @throws ToolchainError when the project's folder is not in the revision
   */
  async takeOut({ ref, commit }: Revision, folder: string): Promise<void> {
    mkdirSync(folder);
    const { stdout: gitFolder } = await this.#git("rev-parse", "--absolute-git-dir");
    const environment = { ...process.env, GIT_INDEX_FILE: join(folder, "..", "index") };
    const separate = ["-c", "core.splitIndex=false", "-c", "core.fsmonitor=false"];
    const apart = (...args: string[]) =>
      git(folder, [...separate, `--git-dir=${gitFolder}`, `--work-tree=${folder}`, ...args], {
        env: environment,
        signal: this.signal,
      });
    const read = await apart("read-tree", `${commit}:${this.prefix}`);
    if (read.code !== 0) throw new ToolchainError(`--base ${ref} has no folder ${this.prefix}: ${read.stderr}`);
    const written = await apart("checkout-index", "--all", "--quiet");
    if (written.code !== 0) throw new ToolchainError(`--base ${ref} cannot be taken out: ${written.stderr}`);
  }

  #git(...args: string[]): Promise<Outcome> {
    return git(this.root, args, { signal: this.signal });
  }
}

function git(
  cwd: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<Outcome> {
  return run("git", args, { cwd, timeoutMilliseconds: 120_000, ...options });
}
