import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "../toolchain/error";
import { hear } from "../toolchain/hear";
import { PLANNER_KEY } from "./environment";
import { plainText } from "./readable";

/** Characters of a failed command's output that are shown. */
const TAIL = 6000;

export interface CdktfOptions {
  readonly root: string;
  /** Of the local AWS, with the toolchain's variables. */
  readonly environment: Record<string, string>;
  /** Folder of the synthesized stacks. */
  readonly output: string;
  /** Terraform or OpenTofu. */
  readonly terraform: string;
  /** Gets what the commands print, as it comes. @default - it goes to the terminal */
  readonly onOutput?: (text: string) => void;
}

/** A resource that Terraform has made. */
export interface DeployedResource {
  /** Such as `aws_vpc`. */
  readonly type: string;
  /** What the state holds of it. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Of a state's file, a resource. */
interface StateResource {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly instances: readonly { readonly attributes: DeployedResource["values"] }[];
}

/** The real cdktf CLI and the real Terraform, pointed at the local AWS. */
export class Cdktf {
  constructor(private readonly options: CdktfOptions) {}

  /**
   * @param options flags of `cdktf deploy` beside the usual
   * @throws ToolchainError when the deployment fails; what cdktf said has been printed.
   */
  async deploy(stacks: readonly string[], options: readonly string[] = []): Promise<void> {
    // Without --skip-provider-lock cdktf asks the public registry even where a mirror has the provider.
    await this.#cdktf("deploy", [...stacks, "--auto-approve", "--skip-provider-lock", ...options]);
  }

  async destroy(stacks: readonly string[]): Promise<void> {
    await this.#cdktf("destroy", [...stacks, "--auto-approve", "--skip-provider-lock"]);
  }

  /** What a plan would change now, as Terraform prints it; undefined when nothing. */
  async pendingChanges(stack: string): Promise<string | undefined> {
    const { code, text } = await this.#run(
      this.options.terraform,
      ["plan", "-detailed-exitcode", "-input=false", "-no-color"],
      this.#folder(stack),
      { environment: { ...this.options.environment, AWS_ACCESS_KEY_ID: PLANNER_KEY } },
    );
    if (code === 0) return undefined;
    if (code === 2) return text;
    throw new ToolchainError(`${stack}: the second plan failed:\n${text}`);
  }

  /** The addresses that the stack's state holds. */
  async resources(stack: string): Promise<string[]> {
    const { code, text, stdout } = await this.#run(this.options.terraform, ["state", "list"], this.#folder(stack));
    if (code !== 0 && !/No state file was found/.test(text))
      throw new ToolchainError(`${stack}: its state cannot be read:\n${text}`);
    return code === 0 ? stdout.split("\n").filter((line) => line !== "" && !line.startsWith("data.")) : [];
  }

  /** What each resource of the stack's state is in AWS, as `type identity`: its ARN where it has one, or else its id. */
  async identities(stack: string): Promise<string[]> {
    return (await this.deployed(stack)).map(({ type, values }) => `${type} ${values.arn || values.id}`);
  }

  /** What the stack's state holds of the resources that Terraform has made. */
  async deployed(stack: string): Promise<DeployedResource[]> {
    // Unlike `terraform show -json`, this does not start the provider, which takes seconds.
    const { code, text, stdout } = await this.#run(this.options.terraform, ["state", "pull"], this.#folder(stack));
    if (code !== 0) throw new ToolchainError(`${stack}: its state cannot be read:\n${text}`);
    const { resources } = JSON.parse(stdout) as { resources: readonly StateResource[] };
    return resources
      .filter(({ mode }) => mode === "managed")
      .flatMap(({ type, instances }) => instances.map(({ attributes: values }) => ({ type, values })));
  }

  async outputs(stack: string): Promise<Record<string, unknown>> {
    const { code, text, stdout } = await this.#run(this.options.terraform, ["output", "-json"], this.#folder(stack));
    if (code !== 0) throw new ToolchainError(`${stack}: its outputs cannot be read:\n${text}`);
    const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Whether the synthesized JSON is what the provider's schema says. Needs no AWS. */
  async validate(stack: string): Promise<string[]> {
    const init = await this.#run(
      this.options.terraform,
      ["init", "-backend=false", "-input=false", "-no-color"],
      this.#folder(stack),
    );
    if (init.code !== 0) throw new ToolchainError(`${stack}: terraform init failed:\n${init.text}`);
    const { stdout } = await this.#run(this.options.terraform, ["validate", "-json"], this.#folder(stack));
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { severity: string; summary: string; detail: string }[];
    };
    return diagnostics.map((one) => `${one.severity}: ${one.summary}: ${one.detail}`);
  }

  #folder(stack: string): string {
    return join(this.options.output, "stacks", stack);
  }

  async #cdktf(command: string, args: readonly string[]): Promise<void> {
    const { root, output, onOutput = (text) => process.stdout.write(text) } = this.options;
    const cli = join(root, "node_modules", "cdktf-cli", cdktfBin(root));
    const { code, text } = await this.#run(process.execPath, [cli, command, ...args, "--output", output], root, {
      onOutput,
    });
    if (code !== 0) {
      const said = plainText(text).slice(-TAIL);
      const reasons = command === "destroy" ? await this.#whyNotDestroyed(args) : "";
      throw new ToolchainError(`cdktf ${command} ${args.join(" ")} failed. What it said:
${said}${reasons}`);
    }
  }

  /** cdktf keeps to itself why a destroy cannot be planned, such as a resource that is protected. */
  async #whyNotDestroyed(args: readonly string[]): Promise<string> {
    const stacks = args.filter((arg) => !arg.startsWith("--"));
    const plan = ["plan", "-destroy", "-input=false", "-no-color"];
    const plans = await Promise.all(
      stacks.map((stack) => this.#run(this.options.terraform, plan, this.#folder(stack))),
    );
    const failures = plans.filter(({ code }) => code !== 0).map(({ text }) => text.slice(-TAIL));
    return failures.length > 0 ? `\nWhat Terraform says:\n${failures.join("\n")}` : "";
  }

  #run(
    command: string,
    args: readonly string[],
    cwd: string,
    {
      onOutput = () => {},
      environment = this.options.environment,
    }: { readonly onOutput?: (text: string) => void; readonly environment?: Record<string, string> } = {},
  ): Promise<{ code: number | null; text: string; stdout: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
      const heard = hear(child, onOutput);
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, text: heard.said, stdout: heard.stdout }));
    });
  }
}

function cdktfBin(root: string): string {
  const { bin } = JSON.parse(readFileSync(join(root, "node_modules", "cdktf-cli", "package.json"), "utf8"));
  return typeof bin === "string" ? bin : bin.cdktf;
}
