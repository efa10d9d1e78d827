import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";

/** What a stub command does when it is called. */
export interface StubAnswer {
  /** Exit status. @default 0 */
  readonly exit?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** A line of bash that the stub runs first, with the call's arguments and `$ROOT`. */
  readonly run?: string;
}

/** How a stub command answers a call. */
export interface StubRule {
  /** Name on the PATH; with a slash, a path in the sandbox's root. */
  readonly command: string;
  /** Arguments that the call has to have, in this order and next to one another. @default - any call */
  readonly with?: readonly string[];
  /** First call, second call, ...; the last answer stays. @default - silent success */
  readonly answers?: readonly StubAnswer[];
}

/** A call of a stub command, with all its arguments. */
export interface StubCall {
  readonly command: string;
  readonly args: readonly string[];
}

type Variables = Readonly<Record<string, string>>;

/** How a script went. */
export interface ScriptRun {
  readonly status: number | null;
  /** Standard output and standard error. */
  readonly output: string;
  readonly calls: readonly StubCall[];
  /** Calls that no rule is for, which fail with status 97, and commands that the sandbox does not have. */
  readonly unanswered: readonly string[];
}

/** Commands of the machine that scripts may run for real: they touch the sandbox only. */
const TOOLS =
  "bash cat chmod cp cut date dirname env flock grep head ls mkdir mktemp mv od rm sed sha256sum sort tail test timeout touch tr true wc".split(
    " ",
  );

const TIMEOUT_MILLISECONDS = 20_000;

/**
 * Runs scripts of a machine in a folder that stands for its root: the variable ROOT, which the scripts put before each
 * path. The PATH has a few harmless tools and stubs, nothing else; each call of a stub is recorded as a line of JSON.
 */
export class ScriptSandbox {
  /** Stands for `/`. */
  readonly root = mkdtempSync(join(tmpdir(), "script-sandbox-"));
  readonly #bin = join(this.root, ".bin");
  readonly #log = join(this.root, ".calls");
  readonly #unanswered = join(this.root, ".unanswered");
  readonly #installed = new Map<string, string>();
  #stubs: readonly string[] = [];

  constructor() {
    mkdirSync(this.#bin);
    for (const tool of TOOLS) this.install(tool, onPath(tool));
  }

  /** Writes a file, such as `/etc/name`, and the folders above it. */
  write(path: string, content: string, mode = 0o644): void {
    const target = this.path(path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** Where a path of the machine is on this one. */
  path(path: string): string {
    return join(this.root, path);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Puts a program of this machine, an absolute path, on the PATH: it runs for real. A stub takes its place for one run. */
  install(command: string, program: string): void {
    this.#installed.set(command, program);
    this.#link(command);
  }

  /**
   * Runs a script, an absolute path on this machine, until it ends.
   * @param rules how stubs answer; where several fit a call, the first. Stubs count the calls of one run.
   * @param environment its variables, beside PATH, ROOT, HOME and LC_ALL
   */
  run(
    script: string,
    rules: readonly StubRule[],
    args: readonly string[] = [],
    environment: Variables = {},
  ): ScriptRun {
    this.#prepare(rules);
    const { status, stdout, stderr, error } = spawnSync("bash", [script, ...args], {
      env: this.#environment(environment),
      encoding: "utf8",
      timeout: TIMEOUT_MILLISECONDS,
    });
    if (error) throw error;
    return this.#result(status, stdout + stderr);
  }

  /** As `run`, while this process goes on: a server in it can answer what the script asks. */
  async runBeside(
    script: string,
    rules: readonly StubRule[],
    args: readonly string[] = [],
    environment: Variables = {},
  ): Promise<ScriptRun> {
    this.#prepare(rules);
    const child = spawn("bash", [script, ...args], {
      env: this.#environment(environment),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MILLISECONDS,
    });
    const status = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return this.#result(await status, stdout + stderr);
  }

  #environment(more: Variables): Record<string, string> {
    return { ...more, PATH: this.#bin, ROOT: this.root, HOME: this.root, LC_ALL: "C" };
  }

  #prepare(rules: readonly StubRule[]): void {
    rmSync(this.#log, { force: true });
    rmSync(this.#unanswered, { force: true });
    for (const stub of this.#stubs) this.#link(stub);
    this.#stubs = [...new Set(rules.map((rule) => rule.command))];
    for (const command of this.#stubs) this.#stub(command, rules);
  }

  #result(status: number | null, output: string): ScriptRun {
    const calls = existsSync(this.#log)
      ? readFileSync(this.#log, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as StubCall)
      : [];
    const missing = [...output.matchAll(/^.*: (\S+: command not found)$/gm)].map(([, one = ""]) => one);
    const unanswered = existsSync(this.#unanswered) ? readFileSync(this.#unanswered, "utf8").trimEnd().split("\n") : [];
    return { status, output, calls, unanswered: [...unanswered, ...missing] };
  }

  #target(command: string): string {
    return command.includes("/") ? this.path(command) : join(this.#bin, command);
  }

  /** What the PATH has where there is no stub. */
  #link(command: string): void {
    rmSync(this.#target(command), { force: true });
    const program = this.#installed.get(command);
    if (program) symlinkSync(program, this.#target(command));
  }

  #stub(command: string, rules: readonly StubRule[]): void {
    const target = this.#target(command);
    const counter = join(this.root, `.count.${command.replaceAll("/", "_")}`);
    const cases = rules
      .map((rule, index) => ({ rule, index }))
      .filter(({ rule }) => rule.command === command)
      .map(({ rule, index }) => {
        const answers = rule.answers?.length ? rule.answers : [{}];
        rmSync(`${counter}.${index}`, { force: true });
        return [
          `if [[ $words == *${quote(inOrder(rule.with ?? []))}* ]]; then`,
          `  count=0; [[ ! -f ${quote(`${counter}.${index}`)} ]] || count=$(<${quote(`${counter}.${index}`)})`,
          `  echo $((count + 1)) >${quote(`${counter}.${index}`)}`,
          `  case $count in`,
          ...answers.map((answer, nth) => `    ${nth === answers.length - 1 ? "*" : nth}) ${reply(answer)} ;;`),
          "  esac",
          "fi",
        ].join("\n");
      });
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    writeFileSync(
      target,
      [
        ...stubHead(command, this.#log),
        ...cases,
        `echo "\${0##*/} $*" >>${quote(this.#unanswered)}`,
        "exit 97",
        "",
      ].join("\n"),
    );
    chmodSync(target, 0o755);
  }
}

/** A call of the AWS CLI, as the permission that it needs. */
export interface AwsCall {
  /** As in a policy: `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** Options by name, `--secret-id` as `secret-id`; a flag's value is "". */
  readonly options: Readonly<Record<string, string>>;
}

/** The calls of the AWS CLI among those of a script. */
export function awsCalls(calls: readonly StubCall[]): AwsCall[] {
  return calls
    .filter(({ command }) => command === "aws")
    .map(({ args: [service, operation = "", ...rest] }) => {
      const options: Record<string, string> = {};
      rest.forEach((word, index) => {
        const value = rest[index + 1];
        if (word.startsWith("--")) options[word.slice(2)] = value === undefined || value.startsWith("--") ? "" : value;
      });
      const name = operation.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
      return { action: `${service}:${name}`, options };
    });
}

const stubHead = (command: string, log: string) => [
  `#!${onPath("bash")}`,
  "words= json=",
  'for word in "$@"; do',
  "  words+=$'\\x1f'$word$'\\x1f'",
  '  word=${word//\\\\/\\\\\\\\} word=${word//\\"/\\\\\\"}',
  "  json+=${json:+,}\\\"${word//$'\\n'/\\\\n}\\\"",
  "done",
  `echo "{\\"command\\":\\"${command}\\",\\"args\\":[$json]}" >>${quote(log)}`,
];

/** Each word stands between two separators, so that none matches a part of another. */
const inOrder = (words: readonly string[]) => words.map((word) => `\x1f${word}\x1f`).join("");

const reply = ({ exit = 0, stdout = "", stderr = "", run = ":" }: StubAnswer) =>
  `${run}; printf %s ${quote(stdout)}; printf %s ${quote(stderr)} >&2; exit ${exit}`;

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function onPath(tool: string): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (existsSync(join(folder, tool))) return join(folder, tool);
  }
  throw new Error(`${tool} is not on the PATH: the scripts of machines are tested with it`);
}
