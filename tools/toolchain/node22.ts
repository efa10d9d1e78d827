import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Report, ToolchainError } from "./error";
import { NODE22_PACKAGES } from "./pins";
import { putInPlace, toolchainFolder } from "./place";
import { hostPlatform, howToInstall, type Platform, platformName } from "./platform";
import { findExecutable, run } from "./run";

export interface Node22Options {
  /** The project's root folder; an installation goes under `<root>/.local/toolchain`. */
  readonly root: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly report?: Report;
  /** @default the platform this process runs on */
  readonly platform?: Platform;
  /** The Node.js this process runs on. @default process.execPath and process.version */
  readonly current?: { readonly binary: string; readonly version: string };
  /** The folder with the package.json and package-lock.json to install. @default tools/toolchain/node22 */
  readonly manifest?: string;
}

const INSTALL_TIMEOUT_MILLISECONDS = 10 * 60_000;

/**
 * A Node.js 22, which is what Lambda runs, without installing anything: the running one, else `node` on PATH, else the
 * one installed here before.
 * @returns its absolute path, or undefined
 */
export async function findNode22(options: Node22Options): Promise<string | undefined> {
  const { env = process.env, current = { binary: process.execPath, version: process.version } } = options;
  if (isNode22(current.version)) return current.binary;
  for (const name of ["node", installedPath(options)]) {
    const binary = name && findExecutable(name, env);
    if (binary && (await runsAsNode22(binary, env))) return binary;
  }
  return undefined;
}

/**
 * A Node.js 22 (see {@link findNode22}), installed by npm where there is none; npm verifies it against the checksum in
 * node22/package-lock.json.
 * @returns its absolute path
 * @throws ToolchainError when npm fails; nothing is left on disk then
 */
export async function prepareNode22(options: Node22Options): Promise<string> {
  return (await findNode22(options)) ?? (await installNode22(options));
}

const isNode22 = (version: string): boolean => /^v22\./.test(version);

async function runsAsNode22(binary: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return isNode22((await run(binary, ["--version"], { env })).stdout);
}

const folderOf = (root: string): string => join(toolchainFolder(root), "node-22");

function binaryIn(folder: string, platform: Platform): string | undefined {
  const name = NODE22_PACKAGES[platformName(platform)];
  return name && join(folder, "node_modules", name, "bin", "node");
}

const installedPath = ({ root, platform = hostPlatform() }: Node22Options): string | undefined =>
  binaryIn(folderOf(root), platform);

async function installNode22(options: Node22Options): Promise<string> {
  const { root, env = process.env, report = () => {}, platform = hostPlatform() } = options;
  const { manifest = join(__dirname, "node22") } = options;
  const mend = `Install it yourself (${howToInstall("node", platform)}), so that "node --version" says v22.`;
  if (!binaryIn("", platform)) {
    throw new ToolchainError(
      `Node.js 22 is needed to run the Lambda functions, and ${platformName(platform)} has no npm package of it. ${mend}`,
    );
  }

  const npm = findExecutable("npm", env);
  if (!npm) throw new ToolchainError(`Node.js 22 cannot be installed: there is no npm on PATH. ${mend}`);

  report("npm: installing Node.js 22 for the Lambda functions (about 50 MB)");
  const folder = folderOf(root);
  await putInPlace(folder, async (path) => {
    mkdirSync(path, { recursive: true });
    for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(manifest, file), join(path, file));
    const args = ["ci", "--prefix", path, "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
    const installed = await run(npm, args, {
      cwd: path,
      env: withoutNpmContext(env),
      timeoutMilliseconds: INSTALL_TIMEOUT_MILLISECONDS,
    });
    if (installed.code !== 0) {
      throw new ToolchainError(`npm could not install Node.js 22: ${npmErrors(installed.stderr)}. ${mend}`);
    }
    const binary = binaryIn(path, platform) ?? "";
    if (!(await runsAsNode22(binary, env))) {
      throw new ToolchainError(`npm installed Node.js 22, but it does not run on this machine. ${mend}`);
    }
  });
  report(`installed Node.js 22 at ${folder}`);
  return binaryIn(folder, platform) ?? "";
}

/** Inside `npm run`, variables tell a nested npm to work on the outer project. */
const withoutNpmContext = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)),
  );

/** npm's error lines on one line, without those that only point at its log. */
const npmErrors = (stderr: string): string =>
  stderr
    .split("\n")
    .map((line) => /^npm (?:error|ERR!) (.+)$/.exec(line)?.[1])
    .filter((text) => text !== undefined && !text.startsWith("A complete log"))
    .join("; ") || "it was killed, or could not be started";
