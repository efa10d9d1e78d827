import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../toolchain/error";
import { run } from "../toolchain/run";

/**
 * Gives a copy of the project its packages: those of this checkout where both lock files are the same, or else by npm.
 * @returns why that failed, or nothing
 */
export async function providePackages(
  root: string,
  copy: string,
  report: Report,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (lockFile(root) === lockFile(copy)) {
    linkPackages(join(root, "node_modules"), join(copy, "node_modules"));
    return undefined;
  }
  report("package-lock.json differs from the base's: its packages are installed apart (npm ci), which takes a while.");
  const { code, stderr } = await run("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: copy,
    timeoutMilliseconds: 900_000,
    signal,
  });
  return code === 0 ? undefined : `npm ci failed: ${stderr}`;
}

function lockFile(folder: string): string | undefined {
  const file = join(folder, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/**
 * Package by package, without the cache of bundles: it is kept by the sources of functions, and not by the code that
 * bundles them, which may be what differs.
 */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from).filter((one) => one !== ".cache")) {
    symlinkSync(realpathSync(join(from, name)), join(to, name));
  }
}
