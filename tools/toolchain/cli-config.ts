import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the user's own configuration of the Terraform CLI says about installing providers. */
export interface CliConfig {
  /** The files that Terraform reads, in its order; only those that exist. */
  readonly files: readonly string[];
  /** `TF_CLI_CONFIG_FILE` names a file that does not exist: Terraform then warns at every call. */
  readonly overrideIsMissing: boolean;
  readonly hasProviderInstallation: boolean;
  readonly hasPluginCache: boolean;
}

/**
 * Reads the CLI configuration as Terraform does: the file `TF_CLI_CONFIG_FILE` names and nothing else, or the one in the
 * home folder and `*.tfrc` in `~/.terraform.d`.
 * Source: https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function readCliConfig(env: NodeJS.ProcessEnv, home: string, product: "terraform" | "tofu"): CliConfig {
  const override = env.TF_CLI_CONFIG_FILE || env.TERRAFORM_CONFIG;
  const files = (override ? [override] : defaultFiles(home, product)).filter((file) => existsSync(file));
  const text = files.map(readText).join("\n");
  return {
    files,
    overrideIsMissing: Boolean(override) && files.length === 0,
    hasProviderInstallation: /^\s*"?provider_installation"?\s*[:{]/m.test(text),
    hasPluginCache: /^\s*"?plugin_cache_dir"?\s*[:=]/m.test(text),
  };
}

function defaultFiles(home: string, product: "terraform" | "tofu"): string[] {
  // OpenTofu reads ~/.terraformrc only where there is no ~/.tofurc.
  const own = join(home, ".tofurc");
  const main = product === "tofu" && existsSync(own) ? own : join(home, ".terraformrc");
  const folder = join(home, ".terraform.d");
  return [main, ...listOf(folder).map((name) => join(folder, name))];
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".tfrc") || name.endsWith(".tfrc.json"));
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
