import { type Dirent, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER } from "./pins";
import { type Platform, platformName } from "./platform";
import { compareVersions } from "./version";

/** A folder on this machine that Terraform can install the provider from. */
export interface Mirror {
  /** The folder that holds `<registry host>/hashicorp/aws/...`. */
  readonly path: string;
  /** The newest version there that the blueprints accept. */
  readonly version: string;
  /** Whether it is a zip, which Terraform unpacks for every stack, or a folder, which it links to. */
  readonly packed: boolean;
}

export interface MirrorSearch {
  /** Whose providers: `registry.terraform.io`, or `registry.opentofu.org`. */
  readonly host: string;
  readonly platform: Platform;
  /** Folders that may themselves be a mirror. */
  readonly folders: readonly string[];
  /** Folders in which a mirror is looked for, down to {@link DEPTH} levels. */
  readonly roots: readonly string[];
}

/** How far below a root a mirror is looked for. Deeper would read whole software trees. */
const DEPTH = 2;

/** The first folder that holds a version of the provider in range for this platform; unreadable folders are passed over. */
export function findMirror({ host, platform, folders, roots }: MirrorSearch): Mirror | undefined {
  for (const path of folders) {
    const mirror = asMirror(path, host, platform);
    if (mirror) return mirror;
  }
  for (const root of roots) {
    const mirror = searchBelow(root, DEPTH, host, platform);
    if (mirror) return mirror;
  }
  return undefined;
}

/**
 * The folders that Terraform takes for local mirrors without being told.
 * Source: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function impliedMirrors(env: NodeJS.ProcessEnv, home: string, { os }: Platform): string[] {
  const user = join(home, ".terraform.d", "plugins");
  if (os === "darwin") {
    const library = join("Library", "Application Support", "io.terraform", "plugins");
    return [user, join(home, library), join("/", library)];
  }
  const dataHome = env.XDG_DATA_HOME || join(home, ".local", "share");
  const dataFolders = (env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":").filter(Boolean);
  return [user, ...[dataHome, ...dataFolders].map((folder) => join(folder, "terraform", "plugins"))];
}

/** Where a machine's optional or shared software lives: an administrator's mirror is likely to be there. */
export const SHARED_SOFTWARE = ["/opt", "/usr/local/share", "/usr/share", "/usr/local/lib", "/srv"] as const;

function searchBelow(folder: string, depth: number, host: string, platform: Platform): Mirror | undefined {
  const mirror = asMirror(folder, host, platform);
  if (mirror || depth === 0) return mirror;
  for (const entry of entriesOf(folder)) {
    if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
    const below = searchBelow(join(folder, entry.name), depth - 1, host, platform);
    if (below) return below;
  }
  return undefined;
}

function asMirror(path: string, host: string, platform: Platform): Mirror | undefined {
  const { namespace, name, atLeast, below } = PROVIDER;
  if (!existsSync(join(path, host))) return undefined;
  const folder = join(path, host, namespace, name);
  const packed = new RegExp(`^terraform-provider-${name}_(\\d+\\.\\d+\\.\\d+)_${platformName(platform)}\\.zip$`);
  const newest = entriesOf(folder)
    .map((entry) => {
      const zipped = packed.exec(entry.name)?.[1];
      return { version: zipped ?? unpackedVersion(folder, entry.name, platform), packed: zipped !== undefined };
    })
    .filter((found): found is Omit<Mirror, "path"> => found.version !== undefined)
    .filter(({ version }) => compareVersions(version, atLeast) >= 0 && compareVersions(version, below) < 0)
    .sort((a, b) => compareVersions(a.version, b.version))
    .at(-1);
  return newest && { path, ...newest };
}

function unpackedVersion(folder: string, version: string, platform: Platform): string | undefined {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return undefined;
  const files = entriesOf(join(folder, version, platformName(platform)));
  return files.some((file) => file.name.startsWith(`terraform-provider-${PROVIDER.name}`)) ? version : undefined;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
