import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ProjectCopy } from "../../shared/testing/project-copy";
import { bareEnvironment, type CommandEnd, projectRoot } from "../pipeline/command.fixture";
import { type Step, workflowFiles } from "./workflow-files";

/** What the expressions of a step stand for, by their text. */
type Expressions = Readonly<Record<string, string>>;

/**
 * Runs the steps of the workflows as a runner does: the script out of the YAML, by bash, in a checkout, with the variables
 * that a runner sets. `npm run changed` is answered by `changed`, all else is real.
 */
export class StepRunner {
  readonly #copy = new ProjectCopy(["kinesis-scaler"]);
  readonly #scratch = mkdtempSync(join(tmpdir(), "runner-"));
  readonly #files = workflowFiles(projectRoot);
  /** What `npm run changed -- --format json` prints. */
  changed = { plan: ["kinesis-scaler"], removed: [] as string[] };
  /** Of the last step. */
  outputs: Record<string, string> = {};
  summary = "";

  constructor(private readonly environment: Readonly<Record<string, string>>) {
    cpSync(join(projectRoot, "tools"), join(this.#copy.root, "tools"), { recursive: true });
    this.#git("init", "--quiet", "--initial-branch=main");
    this.addCommit();
    this.#git("update-ref", "refs/remotes/origin/main", "HEAD");
    this.#shimNpm();
  }

  get commit(): string {
    return this.#git("rev-parse", "HEAD").trim();
  }

  /** @returns the new commit, which is checked out */
  addCommit(): string {
    this.#git("-c", "user.name=test", "-c", "user.email=test@test", "commit", "--quiet", "--allow-empty", "-m", "one");
    return this.commit;
  }

  /** The commit that the workflow runs for. @default the one of the environment */
  runsFor: string | undefined;

  delete(): void {
    this.#copy.delete();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  /** @param name the step's, of a job of a workflow, or of an action when the job is `action` */
  async run(file: string, job: string, name: string, expressions: Expressions = {}): Promise<CommandEnd> {
    const step = this.#files.find(({ path }) => path.endsWith(file))?.jobs[job]?.steps.find((one) => one.name === name);
    if (step?.run === undefined) throw new Error(`${file} has no step "${name}" in ${job} that runs a script`);
    const [script, output, summary] = ["step.sh", "output", "summary"].map((one) => join(this.#scratch, one));
    for (const [path, text] of [
      [script, step.run],
      [output, ""],
      [summary, ""],
    ])
      writeFileSync(path ?? "", text ?? "");
    const end = await this.#bash(script ?? "", {
      ...stepEnvironment(step, expressions),
      GITHUB_OUTPUT: output ?? "",
      GITHUB_STEP_SUMMARY: summary ?? "",
    });
    this.summary = readFileSync(summary ?? "", "utf8");
    const lines = readFileSync(output ?? "", "utf8")
      .split("\n")
      .filter(Boolean);
    this.outputs = Object.fromEntries(lines.map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]));
    return end;
  }

  /** Such as changed.json, which a step wrote. */
  read(file: string): string {
    return readFileSync(join(this.#copy.root, file), "utf8");
  }

  #bash(script: string, environment: Record<string, string>): Promise<CommandEnd> {
    writeFileSync(join(this.#scratch, "changed.json"), JSON.stringify(this.changed));
    return new Promise((resolve) => {
      const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
        cwd: this.#copy.root,
        env: {
          ...bareEnvironment(),
          ...this.environment,
          ...environment,
          ...(this.runsFor && { GITHUB_SHA: this.runsFor }),
          CI: "true",
          CHECKPOINT_DISABLE: "1",
          PATH: [join(this.#scratch, "bin"), process.env.PATH].join(delimiter),
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        stdout += chunk;
      });
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        stderr += chunk;
      });
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }

  #git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.#copy.root, encoding: "utf8" });
  }

  #shimNpm(): void {
    const npm = execFileSync("bash", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
    mkdirSync(join(this.#scratch, "bin"));
    const shim = join(this.#scratch, "bin/npm");
    writeFileSync(
      shim,
      `#!/bin/bash
case "$*" in
  "run --silent changed -- --base "*" --format json"*)
    echo "$*" > '${this.#scratch}/asked'
    cat '${this.#scratch}/changed.json'
    if [[ $* == *" --summary $GITHUB_STEP_SUMMARY" ]]; then echo "stacks are touched" >> "$GITHUB_STEP_SUMMARY"; fi ;;
  *) exec '${npm}' "$@" ;;
esac
`,
    );
    chmodSync(shim, 0o755);
  }

  /** How `npm run changed` was called last. */
  get asked(): string {
    return readFileSync(join(this.#scratch, "asked"), "utf8").trim();
  }
}

function stepEnvironment({ env = {} }: Step, expressions: Expressions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      String(value).replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => {
        const known = expressions[expression];
        if (known === undefined) throw new Error(`the test does not say what ${expression} is`);
        return known;
      }),
    ]),
  );
}
