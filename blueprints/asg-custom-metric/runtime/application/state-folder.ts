import { randomUUID } from "node:crypto";
import { constants, mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Another server owns the folder now. The process that finds this out stops using it, and ends. */
export class TakenOver extends Error {}

/**
 * The folder of one sender's journal, on a file system that all servers share, and the right to use it.
 *
 * A server that starts makes a folder, and with it a sender whose sequences begin at 1. It touches `heartbeat` from time
 * to time. When it has not done so for long, another server claims the folder by renaming it: the file server carries
 * out one of several renames, so one claimer wins. The winner writes itself into `owner`, and only then reads the journal.
 *
 * The former owner may come back, from a frozen machine, and its open files still work. So it reads `owner` between
 * writing orders to the disk and acknowledging them. NFS promises that who opens a file sees what was written before by
 * others who have closed it (close-to-open, nfs(5)): either the former owner sees the claim and acknowledges nothing, or
 * the claimer reads what it wrote. Names of files and folders give no such promise, clients keep them for up to a
 * minute, which is why the content of `owner` decides.
 */
export class StateFolder {
  readonly path: string;
  /** Who the matching engines know these orders to come from; it stays when the folder is taken over. */
  readonly sender: string;
  readonly #owner = randomUUID();
  #acknowledged: number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<unknown> | undefined;

  private constructor(path: string, sender: string, acknowledged: number) {
    this.path = path;
    this.sender = sender;
    this.#acknowledged = acknowledged;
  }

  /**
   * Makes a folder with a new sender.
   * @throws Error when there is one already.
   */
  static async create(path: string): Promise<StateFolder> {
    const name = basename(path);
    // In the order of their starts, when sorted by name.
    const sender = `${name}.${Date.now().toString(36)}.${randomUUID().slice(0, 6)}`;
    const made = join(dirname(path), `.new-${sender}`);
    await mkdir(made, { recursive: true, mode: 0o750 });
    const folder = new StateFolder(path, sender, 0);
    await writeDurably(join(made, "sender"), sender);
    await writeDurably(join(made, "owner"), folder.#owner);
    await writeDurably(join(made, "heartbeat"), "0");
    // Seen by others with everything in it, or not at all.
    await rename(made, path);
    await syncFolder(dirname(path));
    return folder;
  }

  /**
   * Claims a folder by renaming it; undefined when somebody else was faster, or it holds nothing.
   *
   * Under its new name the folder must not look left alone, not even before its new owner's first heartbeat: else a third
   * server claims it at once, while the second still writes to it. So the heartbeat is made new before the rename.
   */
  static async claim(from: string, to: string): Promise<StateFolder | undefined> {
    try {
      await touch(join(from, "heartbeat"));
      await rename(from, to);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const sender = await readIfThere(join(to, "sender"));
    if (sender === undefined) {
      await rm(to, { recursive: true, force: true });
      return undefined;
    }
    const acknowledged = Number(await readIfThere(join(to, "heartbeat"))) || 0;
    const folder = new StateFolder(to, sender, acknowledged);
    await writeDurably(join(to, "owner"), folder.#owner);
    await folder.beat();
    return folder;
  }

  /** The last sequence that is known to be acknowledged by a matching engine: written down with the next heartbeat. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  set acknowledged(sequence: number) {
    this.#acknowledged = Math.max(this.#acknowledged, sequence);
  }

  /** @throws TakenOver when another server has claimed the folder. */
  async assertOwned(): Promise<void> {
    const owner = await readIfThere(join(this.path, "owner"));
    if (owner === this.#owner) return;
    throw new TakenOver(
      `The state folder ${this.path} was taken over by another server, because this one had not touched its heartbeat ` +
        "for too long. The other one forwards its orders; this process ends, and begins anew when it is started again",
    );
  }

  /**
   * Shows the other servers that the owner is at work.
   * @returns The file server's time, in milliseconds since the epoch: the clocks of machines differ, and every heartbeat
   * bears the file server's time.
   * @throws TakenOver when another server has claimed the folder.
   */
  async beat(): Promise<number> {
    await this.assertOwned();
    await writeDurably(join(this.path, "heartbeat"), String(this.#acknowledged));
    return (await stat(join(this.path, "heartbeat"))).mtimeMs;
  }

  /**
   * Calls `beat` again and again, until the folder is released or removed.
   * @param beat Usually this folder's own.
   * @param failed Called when it threw.
   */
  keepBeating(everySeconds: number, beat: () => Promise<unknown>, failed: (error: Error) => void): void {
    this.#timer = setInterval(() => {
      this.#beating ??= beat()
        .catch(failed)
        .finally(() => {
          this.#beating = undefined;
        });
    }, everySeconds * 1000);
  }

  /** Gives the folder up: others may claim it at once. */
  async release(): Promise<void> {
    await this.#stopBeating();
    await this.beat();
    await utimes(join(this.path, "heartbeat"), 0, 0);
  }

  /** Removes the folder, when all of its orders are acknowledged. */
  async remove(): Promise<void> {
    await this.#stopBeating();
    await this.assertOwned();
    await rm(this.path, { recursive: true, force: true });
  }

  async #stopBeating(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }
}

/**
 * When the owner of a folder last showed that it is at work, in the file server's milliseconds since the epoch: 0 when it
 * gave the folder up, undefined when it is no state folder.
 */
export async function lastHeartbeat(folder: string): Promise<number | undefined> {
  try {
    // Opened, not only looked at: opening asks the file server.
    const file = await open(join(folder, "heartbeat"));
    try {
      return (await file.stat()).mtimeMs;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Makes a new file's name in the folder as durable as its content. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ESTALE";
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Gives a file the file server's time, by a blank behind the number that it holds. Nothing happens where there is none. */
async function touch(path: string): Promise<void> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      await file.write(" ");
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flush: true, mode: 0o640 });
}
