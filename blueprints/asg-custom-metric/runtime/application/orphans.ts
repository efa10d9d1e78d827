import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissing, lastHeartbeat, StateFolder } from "./state-folder";

/** A folder that was claimed is named by its new owner: `<state folder of the new owner>~<random>`. */
const claimedName = (path: string) => `${path}~${randomUUID().slice(0, 8)}`;

/**
 * Claims what former processes of this machine left, oldest first: at the start, when none of them lives any more.
 * @param path The state folder of this machine, which is free after that.
 */
export async function claimPredecessors(path: string): Promise<StateFolder[]> {
  const claimed: StateFolder[] = [];
  for (const name of await foldersBeside(path)) {
    if (name !== basename(path) && !name.startsWith(`${basename(path)}~`)) continue;
    const folder = await StateFolder.claim(join(dirname(path), name), claimedName(path));
    if (folder) claimed.push(folder);
  }
  return claimed.sort((one, other) => (one.sender < other.sender ? -1 : 1));
}

/**
 * Claims the folder of another machine whose owner has given it up or has not touched its heartbeat for `orphanSeconds`.
 * Of several servers that try, one gets it.
 */
export async function claimOrphan(mine: StateFolder, orphanSeconds: number): Promise<StateFolder | undefined> {
  const now = await mine.beat();
  for (const name of await foldersBeside(mine.path)) {
    if (name.startsWith(".") || name === basename(mine.path) || name.startsWith(`${basename(mine.path)}~`)) continue;
    const other = join(dirname(mine.path), name);
    const beaten = await lastHeartbeat(other);
    if (beaten === undefined || now - beaten < orphanSeconds * 1000) continue;
    const claimed = await StateFolder.claim(other, claimedName(mine.path));
    if (claimed) return claimed;
  }
  return undefined;
}

async function foldersBeside(path: string): Promise<string[]> {
  try {
    return await readdir(dirname(path));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
