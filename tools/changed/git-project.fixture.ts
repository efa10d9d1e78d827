import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ProjectCopy } from "../../shared/testing/project-copy";
import type { ProjectChange } from "./project-change";

const tools = resolve(__dirname, "..");

/** A copy of the project with the tools in a git repository of its own, on which the real command runs. */
export class GitProject {
  readonly copy: ProjectCopy;
  /** Where the command makes its temporary folders. */
  readonly #temporary: string;

  constructor(blueprints: readonly string[]) {
    this.copy = new ProjectCopy(blueprints);
    cpSync(tools, join(this.copy.root, "tools"), { recursive: true });
    this.#temporary = mkdtempSync(join(tmpdir(), "changed-test-"));
    this.copy.write(".gitignore", "node_modules/\n");
    this.git("init", "--quiet");
    this.commit("The beginning");
  }

  commit(subject: string): void {
    this.git("add", "--all");
    this.git("-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", subject);
  }

  git(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd: this.copy.root, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${stderr}`);
    return stdout;
  }

  /** Replaces a text in a file. @throws Error when it is not there exactly once */
  edit(file: string, from: string, to: string): void {
    const text = readFileSync(join(this.copy.root, file), "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} does not have exactly one ${from}`);
    this.copy.write(file, text.replace(from, to));
  }

  /** Takes back all that is not committed. */
  reset(): void {
    this.git("reset", "--quiet", "--hard");
    this.git("clean", "--quiet", "-d", "--force");
  }

  run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, this.#command(args), {
      cwd: this.copy.root,
      encoding: "utf8",
      env: { ...this.#environment(), ...environment },
    });
  }

  start(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, this.#command(args), {
      cwd: this.copy.root,
      env: this.#environment(),
      stdio: "ignore",
    });
  }

  /** What the command finds, compared with a base. */
  changed(base: string): ProjectChange & { plan: string[]; removed: string[]; untouched: string[] } {
    const { status, stdout, stderr } = this.run(["--base", base, "--format", "json"]);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  /** Temporary folders that are there, each with what is in it. */
  leftovers(): string[][] {
    return readdirSync(this.#temporary)
      .filter((name) => name.startsWith("changed-"))
      .map((name) => readdirSync(join(this.#temporary, name)));
  }

  delete(): void {
    this.copy.delete();
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  #command(args: readonly string[]): string[] {
    return ["--require", "tsx/cjs", "tools/changed.ts", ...args];
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, TMPDIR: this.#temporary };
  }
}
