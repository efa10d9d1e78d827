import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SEGMENT, segmentName } from "./journal";
import { isMissing } from "./state-folder";
import { MAX_WIRE_LINE, sequenceOf } from "./wire";

const CHUNK_BYTES = 16 * MAX_WIRE_LINE;

/** Reads a sender's journal, from any sequence on, while it is being written or after its writer is gone. */
export class JournalReader {
  readonly #folder: string;
  /** The sequence that `next` begins with. */
  #wanted: number;
  #file: FileHandle | undefined;
  #position = 0;
  /** The sequence of the line at the position. */
  #here = 0;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);

  /** @param after The sequence after which reading begins. */
  constructor(folder: string, after: number) {
    this.#folder = folder;
    this.#wanted = after + 1;
  }

  /**
   * Whole lines, as they stand in the journal, up to the sequence `upTo`, 64 KiB at most; none at the journal's end. What
   * is not the next order, such as the torn end of a write that was never synced, is the journal's end too.
   * @returns The lines, and the sequence of the last.
   * @throws Error when the journal begins after what is asked for.
   */
  async next(upTo: number): Promise<{ readonly text: string; readonly last: number }> {
    let text = "";
    while (this.#wanted <= upTo && text === "") {
      this.#file ??= await this.#openFirst();
      if (!this.#file) break;
      const before = this.#position;
      text = await this.#readLines(upTo);
      if (this.#position === before && !(await this.#openNext())) break;
    }
    return { text, last: this.#wanted - 1 };
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Whether something that is no order follows what was read. */
  async isCut(): Promise<boolean> {
    return this.#file !== undefined && (await this.#file.stat()).size > this.#position;
  }

  async #readLines(upTo: number): Promise<string> {
    const { bytesRead } = await (this.#file as FileHandle).read(this.#chunk, 0, CHUNK_BYTES, this.#position);
    const chunk = this.#chunk.toString("latin1", 0, bytesRead);
    let text = "";
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      if (this.#here > upTo || sequenceOf(chunk.slice(from, end)) !== this.#here) break;
      if (this.#here >= this.#wanted) {
        text += chunk.slice(from, end + 1);
        this.#wanted = this.#here + 1;
      }
      this.#here++;
      from = end + 1;
    }
    this.#position += from;
    return text;
  }

  /** The segment that holds the wanted sequence. */
  async #openFirst(): Promise<FileHandle | undefined> {
    const segments = (await readdir(this.#folder)).flatMap((name) => SEGMENT.exec(name)?.[1] ?? []).map(Number);
    if (segments.length === 0) return undefined;
    const begun = segments.filter((first) => first <= this.#wanted);
    if (begun.length === 0) {
      throw new Error(
        `The journal in ${this.#folder} has no order ${this.#wanted} any more: it was acknowledged, and the matching ` +
          "engines have forgotten it. Restore their folder `senders` on the shared file system",
      );
    }
    return this.#open(Math.max(...begun));
  }

  /** The segment after this one, if there is one. */
  async #openNext(): Promise<boolean> {
    try {
      const following = await this.#open(this.#here);
      await this.#file?.close();
      this.#file = following;
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async #open(first: number): Promise<FileHandle> {
    const file = await open(join(this.#folder, segmentName(first)));
    this.#position = 0;
    this.#here = first;
    return file;
  }
}
