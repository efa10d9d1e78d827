import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROVIDER_VARIABLE } from "../../shared/blueprint/blueprint-stack";
import { ToolchainError } from "./error";
import { PROVIDER } from "./pins";
import { run } from "./run";
import type { Terraform } from "./terraform";
import type { Toolchain } from "./toolchain";

/** The provider is 150 MB packed. */
const TIMEOUT_MILLISECONDS = 15 * 60_000;

/**
 * Has Terraform put the provider into the cache that stacks share, where they share one: two first `terraform init` at
 * once would both write to it, and one of them fail. A cache that is filled costs a second.
 * @throws ToolchainError with what Terraform says when it fails
 */
export async function fillProviderCache(
  toolchain: Pick<Toolchain, "environment" | "providerCached"> & { readonly terraform: Pick<Terraform, "binary"> },
): Promise<void> {
  const { terraform, environment, providerCached } = toolchain;
  if (!providerCached) return;
  const folder = mkdtempSync(join(tmpdir(), "provider-"));
  try {
    const { namespace, name, atLeast, below } = PROVIDER;
    const version = environment[PROVIDER_VARIABLE] ?? `>= ${atLeast}, < ${below}`;
    const required_providers = { [name]: { source: `${namespace}/${name}`, version } };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers } }));
    const { code, stdout, stderr } = await run(
      terraform.binary,
      ["init", "-backend=false", "-input=false", "-no-color"],
      { cwd: folder, env: { ...process.env, ...environment }, timeoutMilliseconds: TIMEOUT_MILLISECONDS },
    );
    if (code !== 0) throw new ToolchainError(`The Terraform provider cannot be had:\n${stdout}\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
