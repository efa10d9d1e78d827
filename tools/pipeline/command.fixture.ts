import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const projectRoot = resolve(__dirname, "../..");

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the machine's own that the command would heed. */
export function bareEnvironment(): Record<string, string> {
  const { PATH = "", HOME = "", TF_CLI_CONFIG_FILE, TERRAFORM_BINARY_NAME } = process.env;
  return {
    PATH,
    HOME,
    ...(TF_CLI_CONFIG_FILE && { TF_CLI_CONFIG_FILE }),
    ...(TERRAFORM_BINARY_NAME && { TERRAFORM_BINARY_NAME }),
  };
}

/** Runs tools/pipeline.ts as a process of its own, as the workflows do. */
export function pipeline(
  args: readonly string[],
  environment: Record<string, string>,
  started = (_: ChildProcess) => {},
) {
  return new Promise<CommandEnd>((end) => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "tools/pipeline.ts", ...args], {
      cwd: projectRoot,
      env: { ...bareEnvironment(), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    child.once("close", (code) => end({ code, stdout, stderr }));
    started(child);
  });
}

/** A folder as synthesis leaves it, with one stack `tiny`, and what Terraform may leave in it. */
export class SynthesizedFolder {
  readonly path = mkdtempSync(join(tmpdir(), "synthesized-"));

  constructor(content: object = { resource: {} }) {
    this.write("cdk.tf.json", JSON.stringify(content));
  }

  /** @param file below the stack's folder */
  write(file: string, content: string): void {
    const path = join(this.path, "stacks/tiny", file);
    mkdirSync(resolve(path, ".."), { recursive: true });
    writeFileSync(path, content);
  }

  get environment(): Record<string, string> {
    return { CDKTF_OUTDIR: this.path };
  }

  /** A path for a file that the command writes. */
  file(name: string): string {
    return join(this.path, name);
  }

  delete(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
