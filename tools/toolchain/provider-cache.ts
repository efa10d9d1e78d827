import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolchainError } from "./error";
import { PROVIDER } from "./pins";
import { run } from "./run";

/** The provider is 150 MB packed. */
const TIMEOUT_MILLISECONDS = 15 * 60_000;

/**
 * Has Terraform put the provider into its cache, where there is one: two first `terraform init` at once would both write
 * to it. A cache that is filled costs a second.
 * @throws ToolchainError with what Terraform says when it fails
 */
export async function fillProviderCache(
  terraform: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  if (!environment.TF_PLUGIN_CACHE_DIR) return;
  const folder = mkdtempSync(join(tmpdir(), "provider-"));
  try {
    const { namespace, name, proven } = PROVIDER;
    const required_providers = { [name]: { source: `${namespace}/${name}`, version: proven } };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers } }));
    const { code, stdout, stderr } = await run(terraform, ["init", "-backend=false", "-input=false", "-no-color"], {
      cwd: folder,
      env: { ...process.env, ...environment },
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    if (code !== 0) throw new ToolchainError(`The Terraform provider cannot be had:\n${stdout}\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
