import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./state-folder";

/** Another matching engine has taken orders of this sender in the meantime. */
export class Overtaken extends Error {}

/** `at~<last sequence>~<engine>`; `was~` is a mark that stays. */
const NAME = /^(at|was)~(\d+)~([^~]+)$/;
const at = (last: number, engine: string) => `at~${last}~${engine}`;
const was = (last: number, engine: string) => `was~${last}~${engine}`;

/**
 * Which of a sender's orders the matching engines have: one memory for all of them, on the file system that they share.
 *
 * A sender is a folder with one file in it, whose *name* says the last sequence and who took it. To take further orders is
 * to rename the file, which the file server does for one of several engines and refuses to the others, because for them
 * the old name is gone: compare-and-set without locks. So an order that a sender sends again, to this engine or to another
 * one, after whatever failure, is taken once.
 *
 * An engine that goes on with a sender after another one leaves an empty file that says what the other one reached, for
 * when that is started again and finds orders in its journal without knowing whether they were taken.
 */
export class SenderRegister {
  readonly #folder: string;
  readonly #engine: string;

  /**
   * @param folder Shared by all engines.
   * @param engine This engine's name, without `~` and `/`.
   */
  constructor(folder: string, engine: string) {
    this.#folder = folder;
    this.#engine = engine;
  }

  /**
   * Begins, or goes on, with a sender.
   * @param acknowledged The last sequence, where no engine knows the sender.
   * @param prepare Called with the last sequence that was taken, before this engine goes on after it.
   * @throws Overtaken when another engine was faster.
   */
  async open(sender: string, acknowledged: number, prepare: (last: number) => Promise<void>): Promise<number> {
    const current = (await this.#current(sender)) ?? (await this.#create(sender, acknowledged));
    await prepare(current.last);
    if (current.engine !== this.#engine) {
      await writeFile(join(this.#folder, sender, was(current.last, current.engine)), "");
      await this.#replace(sender, at(current.last, current.engine), current.last);
    }
    return current.last;
  }

  /**
   * Takes the orders after `last`, up to `next`. They must be on the disk.
   * @throws Overtaken when another engine has gone on with the sender.
   */
  async advance(sender: string, last: number, next: number): Promise<void> {
    await this.#replace(sender, at(last, this.#engine), next);
  }

  /** The last sequence that this engine has taken from the sender; 0 when none. */
  async reached(sender: string): Promise<number> {
    const reached = (await this.#list(sender)).filter(({ engine }) => engine === this.#engine).map(({ last }) => last);
    return Math.max(0, ...reached);
  }

  async #current(sender: string) {
    return (await this.#list(sender)).find(({ kind }) => kind === "at");
  }

  async #list(sender: string) {
    try {
      return (await readdir(join(this.#folder, sender))).flatMap((name) => {
        const [, kind, last, engine = ""] = NAME.exec(name) ?? [];
        return kind === undefined ? [] : [{ kind, last: Number(last), engine }];
      });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** With its file in it, or not at all. */
  async #create(sender: string, last: number) {
    await mkdir(this.#folder, { recursive: true, mode: 0o750 });
    const made = await mkdtemp(join(this.#folder, ".new-"));
    await writeFile(join(made, at(last, this.#engine)), "");
    try {
      await rename(made, join(this.#folder, sender));
    } catch {
      // Not empty: another engine was faster.
      await rm(made, { recursive: true, force: true });
      throw new Overtaken(`${sender}: another matching engine begins with it`);
    }
    return { last, engine: this.#engine };
  }

  async #replace(sender: string, expected: string, next: number): Promise<void> {
    const folder = join(this.#folder, sender);
    try {
      await rename(join(folder, expected), join(folder, at(next, this.#engine)));
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new Overtaken(`${sender}: another matching engine goes on with it`);
    }
  }
}
