import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { syncFolder } from "./state-folder";
import { journaledOrder } from "./wire";

const sentOrder = journaledOrder.extend({ sender: z.string() });
/** An order, and whose it is: sequences are a sender's own. */
export type SentOrder = z.output<typeof sentOrder>;

const mark = z.union([
  z.object({ sender: z.string(), takenUpTo: z.int() }),
  z.object({ sender: z.string(), welcomedAfter: z.int() }),
]);
type Mark = z.output<typeof mark>;
const journalEntry = z.union([sentOrder, mark]);

/**
 * What a matching engine received, one JSON object a line, and which of it was taken: orders stand before the mark that
 * says so, because they must be on the disk before they are taken.
 *
 * Each start begins a new file: what a killed process left half written is never written behind. The files are the record
 * of what was traded on this engine, and are kept.
 */
export class EngineJournal {
  readonly #folder: string;
  #file!: FileHandle;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws Error when it cannot be written. */
  static async open(folder: string): Promise<EngineJournal> {
    await mkdir(folder, { recursive: true, mode: 0o750 });
    const journal = new EngineJournal(folder);
    const files = await journal.#files();
    // A process that ends at each start leaves no file for each.
    const last = files.at(-1);
    const isEmpty = last !== undefined && (await stat(join(folder, last))).size === 0;
    const name = isEmpty ? last : `journal-${String(files.length + 1).padStart(6, "0")}`;
    journal.#file = await open(join(folder, name), "a", 0o640);
    await syncFolder(folder);
    return journal;
  }

  /** Resolves when the orders are on the disk. */
  async append(orders: readonly SentOrder[]): Promise<void> {
    await this.#file.appendFile(orders.map((order) => `${JSON.stringify(order)}\n`).join(""));
    await this.#file.datasync();
  }

  /** The sender was told that everything up to `last` was taken; what this journal has beyond it was not. */
  async markWelcomed(sender: string, last: number): Promise<void> {
    await this.#mark([{ sender, welcomedAfter: last }]);
    await this.#file.datasync();
  }

  /** Not synced: a mark that is lost is found again, see `replay`. */
  async markTaken(taken: readonly { readonly sender: string; readonly takenUpTo: number }[]): Promise<void> {
    await this.#mark(taken);
  }

  /**
   * The orders that were taken, in the order in which they were.
   * @param reached The last sequence that this engine has taken from a sender: it decides over orders without a mark,
   * which a killed process left. Those that were taken are marked now, the others will come again.
   */
  async *replay(reached: (sender: string) => Promise<number>): AsyncGenerator<SentOrder> {
    const unmarked = new Map<string, SentOrder[]>();
    for (const name of (await this.#files()).slice(0, -1)) {
      for await (const entry of readEntries(join(this.#folder, name))) {
        const orders = unmarked.get(entry.sender) ?? [];
        if ("sequence" in entry) {
          orders.push(entry);
          unmarked.set(entry.sender, orders);
          continue;
        }
        unmarked.delete(entry.sender);
        if ("takenUpTo" in entry) yield* orders.filter(({ sequence }) => sequence <= entry.takenUpTo);
      }
    }
    for (const [sender, orders] of unmarked) {
      const takenUpTo = await reached(sender);
      const taken = orders.filter(({ sequence }) => sequence <= takenUpTo);
      yield* taken;
      if (taken.length > 0) await this.markTaken([{ sender, takenUpTo }]);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #mark(marks: readonly Mark[]): Promise<void> {
    await this.#file.appendFile(marks.map((one) => `${JSON.stringify(one)}\n`).join(""));
  }

  async #files(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => name.startsWith("journal-")).sort();
  }
}

/** Up to the file's end, or to what a killed process left half written. */
async function* readEntries(path: string): AsyncGenerator<SentOrder | Mark> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const entry = parseEntry(line);
    if (!entry) return;
    yield entry;
  }
}

function parseEntry(line: string): SentOrder | Mark | undefined {
  try {
    return journalEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
