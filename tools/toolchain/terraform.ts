import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unzipSync } from "fflate";
import { download } from "./download";
import { type Report, ToolchainError } from "./error";
import { OLDEST, TERRAFORM, type TerraformRelease } from "./pins";
import { putInPlace, toolchainFolder } from "./place";
import { hostPlatform, howToInstall, type Platform, platformName } from "./platform";
import { findExecutable, run } from "./run";
import { compareVersions } from "./version";

/** A Terraform or an OpenTofu that is there and recent enough. */
export interface Terraform {
  /** Absolute path. */
  readonly binary: string;
  readonly version: string;
  readonly product: "terraform" | "tofu";
}

export interface TerraformOptions {
  /** The project's root folder; the download goes under `<root>/.local/toolchain`. */
  readonly root: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly report?: Report;
  /** Where releases are downloaded from. @default https://releases.hashicorp.com */
  readonly site?: string;
  /** @default the version and checksums in pins.ts */
  readonly release?: TerraformRelease;
  /** @default the platform this process runs on */
  readonly platform?: Platform;
}

/**
 * The Terraform to use, without installing anything: the one `TERRAFORM_BINARY_NAME` names (cdktf's own variable: a name
 * on PATH, or an absolute path), else `terraform` on PATH, else the one installed here before.
 * @returns undefined when none is there or recent enough, and `TERRAFORM_BINARY_NAME` is not set
 * @throws ToolchainError when `TERRAFORM_BINARY_NAME` names one that is missing or too old
 */
export async function findTerraform(options: TerraformOptions): Promise<Terraform | undefined> {
  const { root, env = process.env, platform = hostPlatform(), release = TERRAFORM } = options;
  if (env.TERRAFORM_BINARY_NAME) return namedTerraform(env.TERRAFORM_BINARY_NAME, env, platform);

  for (const candidate of [findExecutable("terraform", env), findExecutable(installedPath(root, release), env)]) {
    const found = candidate && (await identify(candidate, env));
    if (found && isRecentEnough(found)) return found;
  }
  return undefined;
}

/**
 * The Terraform to use (see {@link findTerraform}), downloaded when there is none. The archive's checksum is verified
 * before it is unpacked.
 * @throws ToolchainError when it cannot be had; nothing is left on disk then
 */
export async function prepareTerraform(options: TerraformOptions): Promise<Terraform> {
  return (await findTerraform(options)) ?? (await installTerraform(options));
}

const installedPath = (root: string, { version }: TerraformRelease): string =>
  join(toolchainFolder(root), `terraform-${version}`);

const isRecentEnough = ({ version, product }: Terraform): boolean => compareVersions(version, OLDEST[product]) >= 0;

const PRODUCT_NAMES = { terraform: "Terraform", tofu: "OpenTofu" } as const;

async function namedTerraform(name: string, env: NodeJS.ProcessEnv, platform: Platform): Promise<Terraform> {
  const setting = `TERRAFORM_BINARY_NAME=${name}`;
  const product = basename(name).includes("tofu") ? "tofu" : "terraform";
  const mend = `Install it (${howToInstall(product, platform)}), or unset the variable.`;
  const binary = findExecutable(name, env);
  if (!binary) throw new ToolchainError(`${setting}: there is no such program. ${mend}`);
  const found = await identify(binary, env);
  if (!found) throw new ToolchainError(`${setting}: ${binary} is neither Terraform nor OpenTofu. ${mend}`);
  if (!isRecentEnough(found)) {
    const needed = `${PRODUCT_NAMES[found.product]} ${OLDEST[found.product]} or later is needed`;
    throw new ToolchainError(`${setting}: ${binary} is version ${found.version}; ${needed}. ${mend}`);
  }
  return found;
}

/** Read from the text, not from `version -json`: OpenTofu's JSON calls its version `terraform_version` as well. */
async function identify(binary: string, env: NodeJS.ProcessEnv): Promise<Terraform | undefined> {
  const { code, stdout } = await run(binary, ["version"], { env: { ...env, CHECKPOINT_DISABLE: "1" } });
  const [, name, version] = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+\S*)/m.exec(stdout) ?? [];
  if (code !== 0 || !version) return undefined;
  return { binary, version, product: name === "OpenTofu" ? "tofu" : "terraform" };
}

async function installTerraform(options: TerraformOptions): Promise<Terraform> {
  const { root, env = process.env, report = () => {}, site = "https://releases.hashicorp.com" } = options;
  const { platform = hostPlatform(), release = TERRAFORM } = options;
  const what = `Terraform ${release.version}`;
  const mend = `Install Terraform ${OLDEST.terraform} or later yourself: ${howToInstall("terraform", platform)}.`;

  const sha256 = release.sha256[platformName(platform)];
  if (!sha256)
    throw new ToolchainError(
      `There is no Terraform on PATH, and none is pinned for ${platformName(platform)}. ${mend}`,
    );

  const url = `${site}/terraform/${release.version}/terraform_${release.version}_${platformName(platform)}.zip`;
  const target = installedPath(root, release);
  try {
    const archive = await download(url, what, report);
    const actual = createHash("sha256").update(archive).digest("hex");
    if (actual !== sha256) {
      const detail = `its SHA-256 is ${actual}, expected ${sha256}`;
      throw new ToolchainError(
        `${what} from ${url} is not what HashiCorp published (${detail}); it was not installed.`,
      );
    }
    await putInPlace(target, async (path) => {
      writeFileSync(path, unpack(archive, url));
      chmodSync(path, 0o755);
    });
  } catch (error) {
    throw error instanceof ToolchainError ? new ToolchainError(`${error.message} ${mend}`) : error;
  }

  const installed = await identify(target, env);
  if (!installed) throw new ToolchainError(`${what} was installed at ${target}, but does not run here. ${mend}`);
  report(`installed ${what} at ${target}`);
  return installed;
}

function unpack(archive: Uint8Array, url: string): Uint8Array {
  try {
    const binary = unzipSync(archive, { filter: ({ name }) => name === "terraform" }).terraform;
    if (binary) return binary;
  } catch (error) {
    throw new ToolchainError(`${url} cannot be unpacked: ${(error as Error).message}.`);
  }
  throw new ToolchainError(`${url} cannot be unpacked: it holds no file "terraform".`);
}
