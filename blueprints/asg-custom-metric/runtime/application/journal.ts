import { type FileHandle, open, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, syncFolder } from "./state-folder";

const SEGMENT_BYTES = 16 * 1024 * 1024;

/** A segment is named by the first sequence in it. */
export const SEGMENT = /^orders-(\d{16})\.journal$/;
export const segmentName = (first: number) => `orders-${String(first).padStart(16, "0")}.journal`;

/** Whether a journal was ever written to, and holds something that may have to be forwarded. */
export async function holdsOrders(folder: string): Promise<boolean> {
  const segments = (await readdir(folder)).filter((name) => SEGMENT.test(name));
  const sizes = await Promise.all(segments.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.some((size) => size > 0);
}

/**
 * The orders of one sender, on disk, one a line: appended and synced in groups, read again by `JournalReader`.
 *
 * It is cut into segments, and a segment goes when all of its orders are acknowledged: how long the matching engines may be
 * away is a question of the disk, not of memory.
 */
export class Journal {
  readonly #folder: string;
  readonly #segmentBytes: number;
  /** The first sequence of each segment that is still there. */
  #segments: number[] = [];
  #file: FileHandle | undefined;
  #size = 0;
  #next = 1;

  private constructor(folder: string, segmentBytes: number) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
  }

  /**
   * Begins a journal in a folder that has none.
   * @throws Error when it cannot be written.
   */
  static async create(folder: string, segmentBytes = SEGMENT_BYTES): Promise<Journal> {
    const journal = new Journal(folder, segmentBytes);
    await journal.#beginSegment();
    return journal;
  }

  /**
   * Writes the lines that `format` gives for the next sequences, and resolves when they are on the disk. One call at a
   * time; after an error the journal's end is not known, and it must not be used any more.
   * @returns The first of the sequences.
   */
  async append(count: number, format: (sequence: number, index: number) => string): Promise<number> {
    if (this.#size >= this.#segmentBytes) await this.#beginSegment();
    const first = this.#next;
    let text = "";
    for (let index = 0; index < count; index++) text += format(first + index, index);
    await this.#file?.appendFile(text, "latin1");
    await this.#file?.datasync();
    this.#size += text.length;
    this.#next += count;
    return first;
  }

  /** Removes the segments in which nothing comes after the sequence, except the last one. */
  async acknowledge(sequence: number): Promise<void> {
    while ((this.#segments[1] ?? Number.POSITIVE_INFINITY) <= sequence + 1) {
      const first = this.#segments.shift() as number;
      await unlink(join(this.#folder, segmentName(first))).catch((error) => {
        if (!isMissing(error)) throw error;
      });
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #beginSegment(): Promise<void> {
    await this.#file?.close();
    this.#file = await open(join(this.#folder, segmentName(this.#next)), "ax", 0o640);
    await syncFolder(this.#folder);
    this.#segments.push(this.#next);
    this.#size = 0;
  }
}
