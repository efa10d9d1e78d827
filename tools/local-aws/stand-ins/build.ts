import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Project } from "@aws-sdk/client-codebuild";
import { installAwsCli } from "../../../shared/testing/aws-cli";
import type { ClientConfig } from "../../../shared/testing/scenario";
import { readBuildspec, readExports, scriptOf } from "./buildspec";
import { installDocker } from "./docker";

/** Characters of a failed build's output that are shown. */
const TAIL = 6000;
/** What a build waits for, between two looks, comes at once here. */
const QUICK_SLEEP = "#!/bin/sh\nexec /bin/sleep 0.25\n";

export interface BuildOptions {
  readonly project: Project;
  readonly clientConfig: ClientConfig;
  /** Variables of the action, which go before the project's. */
  readonly variables: Readonly<Record<string, string>>;
  /** The source's files, by path. */
  readonly source: Readonly<Record<string, Uint8Array>>;
  /** Undefined where the source has no versions. */
  readonly sourceVersion?: string;
  readonly initiator: string;
  /** Folder to work in. */
  readonly temporary: string;
  /** Folder of the images that are pushed. */
  readonly images: string;
  /** Node.js that the commands find. */
  readonly node: string;
  readonly signal?: AbortSignal;
}

export interface BuildResult {
  readonly variables: Readonly<Record<string, string>>;
  readonly logLines: readonly string[];
}

/**
 * One build, as CodeBuild would run it: the project's commands, in the unpacked source, with the project's and the
 * action's variables and nothing of the user's but the PATH. Before it come stand-ins for the AWS CLI and Docker, and a
 * `sleep` that is always a quarter of a second. Calls to AWS carry the name of the project's role as access key.
 * @throws Error with what the commands printed, when one fails or the time is over
 */
export async function runBuild(options: BuildOptions): Promise<BuildResult> {
  const { project, clientConfig, temporary, initiator } = options;
  const spec = readBuildspec(project.source?.buildspec ?? "");
  mkdirSync(temporary, { recursive: true });
  const folder = mkdtempSync(join(temporary, "build-"));
  try {
    const [bin, source, home] = ["bin", "source", "home"].map((name) => join(folder, name)) as [string, string, string];
    const id = `${project.name}:${folder.split("-").at(-1)}`;
    for (const made of [bin, source, home]) mkdirSync(made);
    for (const [path, content] of Object.entries(options.source)) {
      mkdirSync(dirname(join(source, path)), { recursive: true });
      writeFileSync(join(source, path), content);
    }
    const { endpoint, region } = clientConfig;
    installAwsCli(bin, { endpoint, region });
    installDocker(bin, {
      endpoint,
      region,
      local: join(folder, "docker"),
      pushed: options.images,
      platform: project.environment?.type?.startsWith("ARM") ? "linux/arm64" : "linux/amd64",
    });
    writeFileSync(join(bin, "sleep"), QUICK_SLEEP, { mode: 0o755 });
    const [script, exports] = [join(folder, "script"), join(folder, "exports")];
    writeFileSync(script, scriptOf(spec, exports));
    const { status, output } = await run(spec.shell, script, source, {
      seconds: (project.timeoutInMinutes ?? 60) * 60,
      signal: options.signal,
      environment: {
        PATH: [bin, dirname(options.node), process.env.PATH].join(delimiter),
        HOME: home,
        LC_ALL: "C.UTF-8",
        ...spec.variables,
        ...projectVariables(project),
        ...options.variables,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: roleNameOf(project),
        AWS_SECRET_ACCESS_KEY: "local",
        CODEBUILD_BUILD_ID: id,
        CODEBUILD_BUILD_ARN: `${project.arn?.replace(/:project\/.*/, "")}:build/${id}`,
        CODEBUILD_INITIATOR: initiator,
        CODEBUILD_SRC_DIR: source,
        ...(options.sourceVersion !== undefined && { CODEBUILD_RESOLVED_SOURCE_VERSION: options.sourceVersion }),
      },
    });
    if (status !== 0) throw new Error(`${project.name}: ${status}. What its commands printed:\n${output.slice(-TAIL)}`);
    return {
      variables: existsSync(exports) ? readExports(readFileSync(exports, "utf8")) : {},
      logLines: output.split("\n").filter((line) => line !== ""),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function roleNameOf({ serviceRole = "" }: Project): string {
  return serviceRole.split("/").at(-1) ?? "";
}

function projectVariables({ name, environment }: Project): Record<string, string> {
  const variables = environment?.environmentVariables ?? [];
  const secret = variables.find(({ type = "PLAINTEXT" }) => type !== "PLAINTEXT");
  if (secret) throw new Error(`${name}: this stand-in does not look up ${secret.name}, which is ${secret.type}`);
  return Object.fromEntries(variables.map(({ name: key = "", value = "" }) => [key, value]));
}

interface RunOptions {
  readonly environment: Record<string, string>;
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** Runs a script, with all that it starts in a group of its own. */
function run(
  shell: string,
  script: string,
  cwd: string,
  { environment, seconds, signal }: RunOptions,
): Promise<{ status: number | string; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, [script], { cwd, env: environment, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let why: string | undefined;
    const end = (reason: string) => {
      why = reason;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(() => end(`it took longer than the project's ${seconds / 60} minutes`), seconds * 1000);
    const aborted = () => end("it was ended");
    if (signal?.aborted) aborted();
    signal?.addEventListener("abort", aborted);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    child.once("error", reject);
    child.once("close", (code, by) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      resolve({ status: why ?? (code === 0 ? 0 : `a command failed with status ${code ?? by}`), output });
    });
  });
}
