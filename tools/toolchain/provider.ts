import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { PROVIDER_VARIABLE } from "../../shared/blueprint/blueprint-stack";
import { type CliConfig, readCliConfig } from "./cli-config";
import { ToolchainError } from "./error";
import { findMirror, impliedMirrors, type Mirror, SHARED_SOFTWARE } from "./mirrors";
import { PROVIDER } from "./pins";
import { makeFolder, putInPlace, toolchainFolder } from "./place";
import { hostPlatform, type Platform, platformName } from "./platform";
import { probeRegistry, type RegistryAnswer } from "./registry";

export interface ProviderOptions {
  /** The project's root folder; what is written goes under `<root>/.local/toolchain`. */
  readonly root: string;
  /** Each has a registry of its own. @default "terraform" */
  readonly product?: "terraform" | "tofu";
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default the user's home folder */
  readonly home?: string;
  /** @default the platform this process runs on */
  readonly platform?: Platform;
  /** The registry's discovery document. @default the one of the product's registry */
  readonly discoveryUrl?: string;
  /** How long to wait for the registry where there is no mirror to fall back on. @default 2500 */
  readonly timeoutMilliseconds?: number;
  /** Folders that Terraform takes for mirrors. @default impliedMirrors() */
  readonly mirrorFolders?: readonly string[];
  /** Folders below which a mirror is looked for. @default SHARED_SOFTWARE */
  readonly mirrorRoots?: readonly string[];
}

/** Where Terraform will get the provider from. */
export interface ProviderInstallation {
  readonly source: "user configuration" | "registry" | "mirror";
  /** To be added to the environment of Terraform and cdktf. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether all stacks share one copy of the provider, which is made by the first init. See fillProviderCache. */
  readonly cached: boolean;
  /** Something the user should know, to be printed. */
  readonly note?: string;
}

/** With a mirror at hand a slow registry is not waited for. */
const TIMEOUT_WITH_MIRROR_MILLISECONDS = 1000;

interface MirrorDecision {
  readonly source: "mirror";
  readonly mirror: Mirror;
  readonly reason: string;
}

type Decision = { readonly source: "user configuration" | "registry" } | MirrorDecision;

interface Question {
  readonly host: string;
  readonly platform: Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly config: CliConfig;
  readonly discoveryUrl: string;
  readonly timeoutMilliseconds: number;
  readonly folders: readonly string[];
  readonly roots: readonly string[];
}

/**
 * Decides where Terraform gets hashicorp/aws from, and writes the configuration that makes it so: the user's own
 * provider_installation block where there is one, else the registry, else a mirror found on this machine.
 *
 * With a mirror, `TF_CLI_CONFIG_FILE` replaces the user's CLI configuration for these runs, including the credentials of
 * `terraform login`: without the registry there is hardly an HCP Terraform to use them on.
 * @throws ToolchainError when the registry cannot be reached and there is no mirror
 */
export async function providerInstallation(options: ProviderOptions): Promise<ProviderInstallation> {
  const question = ask(options);
  const decision = await decide(question);
  const folder = toolchainFolder(options.root);
  if (decision.source === "mirror") return throughMirror(decision, question, folder);

  const cache = pluginCache(folder, question.env, question.config.hasPluginCache);
  if (decision.source === "user configuration") return { source: decision.source, environment: cache, cached: true };

  const environment: Record<string, string> = { ...cache, [PROVIDER_VARIABLE]: PROVIDER.proven };
  if (question.config.overrideIsMissing) {
    environment.TF_CLI_CONFIG_FILE = await written(join(folder, "empty.rc"), "# Terraform's defaults.\n");
  }
  return { source: "registry", environment, cached: true };
}

const provider = `${PROVIDER.namespace}/${PROVIDER.name}`;

function ask(options: ProviderOptions): Question {
  const { env = process.env, platform = hostPlatform(), product = "terraform" } = options;
  const home = options.home ?? env.HOME ?? homedir();
  const host = product === "tofu" ? "registry.opentofu.org" : "registry.terraform.io";
  return {
    host,
    platform,
    env,
    config: readCliConfig(env, home, product),
    discoveryUrl: options.discoveryUrl ?? `https://${host}/.well-known/terraform.json`,
    timeoutMilliseconds: options.timeoutMilliseconds ?? 2500,
    folders: options.mirrorFolders ?? impliedMirrors(env, home, platform),
    roots: options.mirrorRoots ?? SHARED_SOFTWARE,
  };
}

async function decide(question: Question): Promise<Decision> {
  if (question.config.hasProviderInstallation) return { source: "user configuration" };
  const mirror = findMirror(question);
  const patience = mirror
    ? Math.min(TIMEOUT_WITH_MIRROR_MILLISECONDS, question.timeoutMilliseconds)
    : question.timeoutMilliseconds;
  const answer = await probeRegistry(question.discoveryUrl, patience, question.env);
  if (answer.state === "reachable") return { source: "registry" };
  if (mirror) return { source: "mirror", mirror, reason: answer.reason ?? "no answer" };
  if (answer.state === "unknown") return { source: "registry" };
  throw notFound(question, answer);
}

async function throughMirror(
  { mirror, reason }: MirrorDecision,
  { host, config, env }: Question,
  folder: string,
): Promise<ProviderInstallation> {
  const cached = mirror.packed || Boolean(env.TF_PLUGIN_CACHE_DIR);
  const file = await written(join(folder, "terraform.rc"), mirrorConfig(mirror.path, host));
  const replaced = config.files.length > 0 ? ` in place of ${config.files.join(", ")}` : "";
  return {
    source: "mirror",
    environment: { ...(cached ? pluginCache(folder, env, false) : NO_PLUGIN_CACHE), TF_CLI_CONFIG_FILE: file },
    cached,
    note:
      `${host} could not be reached (${reason}): ${provider} ${mirror.version} comes from the mirror ${mirror.path} ` +
      `(TF_CLI_CONFIG_FILE=${file}${replaced}).`,
  };
}

function notFound({ host, platform, folders, roots }: Question, answer: RegistryAnswer): ToolchainError {
  const name = platformName(platform);
  const { atLeast, below } = PROVIDER;
  return new ToolchainError(
    `The Terraform provider ${provider} (>= ${atLeast}, < ${below}) cannot be had: ${host} could not be reached ` +
      `(${answer.reason}), and no folder here holds it for ${name} (looked in ${folders.join(", ")}, and below ` +
      `${roots.join(", ")}). Connect to the internet; or, on a machine that is connected, run "terraform providers ` +
      `mirror -platform=${name} plugins" in a folder whose main.tf requires ${provider}, and copy that folder "plugins" ` +
      `to ${folders[0] ?? "~/.terraform.d/plugins"} here.`,
  );
}

/** Without it cdktf has Terraform use a cache in the user's home folder, whatever Terraform's configuration says. */
const NO_PLUGIN_CACHE = { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" } as const;

/**
 * One copy of the provider (700 MB unpacked) for all stacks: in the cache that the user has, or in one of the project's.
 * Without the variable about the lock file Terraform downloads it again for every stack that has no .terraform.lock.hcl
 * yet, which is every newly synthesized one.
 * Source: https://developer.hashicorp.com/terraform/cli/config/config-file#allowing-the-provider-plugin-cache-to-break-the-dependency-lock-file
 */
function pluginCache(folder: string, env: NodeJS.ProcessEnv, configured: boolean): Record<string, string> {
  const used = { TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" };
  if (env.TF_PLUGIN_CACHE_DIR) return used;
  if (configured) return { ...used, ...NO_PLUGIN_CACHE };
  const cache = join(folder, "plugin-cache");
  makeFolder(cache);
  return { ...used, TF_PLUGIN_CACHE_DIR: cache };
}

const mirrorConfig = (path: string, host: string): string => `# Written because ${host} could not be reached.
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(path)}
    include = ["${host}/*/*"]
  }
  direct {
    exclude = ["${host}/*/*"]
  }
}
`;

async function written(file: string, text: string): Promise<string> {
  if (readOrNothing(file) !== text) await putInPlace(file, async (path) => writeFileSync(path, text));
  return file;
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
