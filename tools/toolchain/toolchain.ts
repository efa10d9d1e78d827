import { type Report, ToolchainError } from "./error";
import { type ProviderOptions, providerInstallation } from "./provider";
import { type Python, type PythonOptions, preparePython } from "./python";
import { prepareTerraform, type Terraform, type TerraformOptions } from "./terraform";

export interface ToolchainOptions {
  /** The project's root folder. Everything that is installed goes under `<root>/.local/toolchain`. */
  readonly root: string;
  /** Receives progress of long steps, and notes for the user. @default nothing is reported */
  readonly report?: Report;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Where to look and to download from, other than the defaults. */
  readonly terraform?: Partial<TerraformOptions>;
  readonly python?: Partial<PythonOptions>;
  readonly provider?: Partial<ProviderOptions>;
}

/** What is needed to deploy to the local AWS, ready to be used. */
export interface Toolchain {
  readonly terraform: Terraform;
  readonly python: Python;
  /** To be added to the environment of Terraform and cdktf. */
  readonly environment: Record<string, string>;
  /** Whether all stacks share one copy of the provider, which is made by the first init. See fillProviderCache. */
  readonly providerCached: boolean;
}

/**
 * Finds Terraform, a Python with the local AWS and a source of the AWS provider, and sets up what is missing.
 * @throws ToolchainError that names everything that could not be set up
 */
export async function prepareToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const { root, report = () => {}, env = process.env } = options;
  const common = { root, report, env };
  const terraformReady = prepareTerraform({ ...common, ...options.terraform });
  const [terraform, python, provider] = await Promise.allSettled([
    terraformReady,
    preparePython({ ...common, ...options.python }),
    productOf(terraformReady, env).then((product) => providerInstallation({ ...common, product, ...options.provider })),
  ]);
  if (terraform.status === "rejected" || python.status === "rejected" || provider.status === "rejected") {
    throw together([terraform, python, provider]);
  }
  if (provider.value.note) report(provider.value.note);
  return {
    terraform: terraform.value,
    python: python.value,
    environment: {
      TERRAFORM_BINARY_NAME: terraform.value.binary,
      CHECKPOINT_DISABLE: "1",
      ...provider.value.environment,
    },
    providerCached: provider.value.cached,
  };
}

/** Which registry to ask; by the name of the program where it could not be found. */
async function productOf(found: Promise<Terraform | undefined>, env: NodeJS.ProcessEnv): Promise<Terraform["product"]> {
  const terraform = await found.catch(() => undefined);
  return terraform?.product ?? (env.TERRAFORM_BINARY_NAME?.includes("tofu") ? "tofu" : "terraform");
}

/** One error for all that failed; what is not meant for the user is thrown as it is. */
function together(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.filter((result) => result.status === "rejected").map((result): unknown => result.reason);
  const unexpected = reasons.find((reason) => !(reason instanceof ToolchainError));
  if (unexpected) return unexpected;
  const messages = reasons.map((reason) => (reason as ToolchainError).message);
  if (messages.length === 1) return new ToolchainError(messages[0]);
  const numbered = messages.map((message, index) => `${index + 1}. ${message}`);
  return new ToolchainError(`${messages.length} things are missing:\n${numbered.join("\n")}`);
}
