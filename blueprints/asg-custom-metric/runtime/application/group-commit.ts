/** About 1 MiB together at most. */
const ITEMS_PER_COMMIT = 4096;

/**
 * Gathers items while a commit is under way, and commits all of them together next: a thousand connections share one
 * write and one sync, instead of waiting for a thousand.
 */
export class GroupCommit<T> {
  readonly #commit: (items: readonly T[]) => Promise<void>;
  readonly #failed: (error: Error) => void;
  #waiting: T[] = [];
  #running = false;
  #added = 0;
  #committed = 0;
  #waiters: { readonly until: number; readonly resolve: () => void }[] = [];

  /**
   * @param commit Called for one group at a time.
   * @param failed Called when a commit threw. Nothing is committed after that: what is on the disk is not known.
   */
  constructor(commit: (items: readonly T[]) => Promise<void>, failed: (error: Error) => void) {
    this.#commit = commit;
    this.#failed = failed;
  }

  add(item: T): void {
    this.#waiting.push(item);
    this.#added++;
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  /** Resolves when everything that was added until now is committed. */
  async settled(): Promise<void> {
    if (this.#committed < this.#added) {
      await new Promise<void>((resolve) => this.#waiters.push({ until: this.#added, resolve }));
    }
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#waiting.length > 0) {
        const items = this.#waiting.splice(0, ITEMS_PER_COMMIT);
        await this.#commit(items);
        this.#committed += items.length;
        while ((this.#waiters[0]?.until ?? Number.POSITIVE_INFINITY) <= this.#committed)
          this.#waiters.shift()?.resolve();
      }
      this.#running = false;
    } catch (error) {
      this.#failed(error as Error);
    }
  }
}
