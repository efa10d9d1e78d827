import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { linkPackages } from "../../shared/testing/linked-packages";
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
    linkPackages(root, copy);
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
