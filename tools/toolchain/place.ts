import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ToolchainError } from "./error";

/** Where everything that the toolchain creates lives. Git ignores it; deleting it undoes every installation. */
export const toolchainFolder = (root: string): string => join(root, ".local", "toolchain");

/**
 * Makes a folder, with those above it, unless it is there.
 * @throws ToolchainError when it cannot be made
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Makes a file or folder so that it is either complete at `target` or not there at all: `make` fills a path beside it,
 * which takes the place of `target` by a rename once `make` has succeeded, and is removed when it fails.
 * What a killed run left half-made is removed by the next one. Where two runs make the same folder at the same time,
 * the first to finish stays.
 * @throws ToolchainError when `target` cannot be written (no permission, disk full); whatever else `make` throws
 */
export async function putInPlace(target: string, make: (path: string) => Promise<void>): Promise<void> {
  makeFolder(dirname(target));
  removeLeftovers(target);
  const partial = `${target}.partial-${process.pid}-${randomBytes(3).toString("hex")}`;
  try {
    await make(partial);
    rename(partial, target);
  } catch (error) {
    throw cannotWrite(target, error);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** A file system's refusal in the user's words; any other error as it is. */
function cannotWrite(path: string, error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return new ToolchainError(`${path} cannot be written: ${message}. Free it or make it writable.`);
}

function rename(partial: string, target: string): void {
  try {
    renameSync(partial, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const madeByAnotherRun = (code === "ENOTEMPTY" || code === "EEXIST") && existsSync(target);
    if (!madeByAnotherRun) throw error;
  }
}

function removeLeftovers(target: string): void {
  const prefix = `${basename(target)}.partial-`;
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    const maker = Number(name.slice(prefix.length).split("-")[0]);
    if (!isRunning(maker)) rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
