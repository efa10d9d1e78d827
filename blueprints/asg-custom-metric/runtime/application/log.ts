import { closeSync, openSync, writeFileSync } from "node:fs";

/**
 * The application's log: one JSON object a line, with `time` and `event`, which is one of
 *
 * | event | of | further fields |
 * | --- | --- | --- |
 * | `listening` | both | `port`, `healthCheckPort` |
 * | `draining`, `stopped` | both | |
 * | `failed` | both | `reason`: why the process ends; it is started again |
 * | `order` | order server | the order, once it is in the journal: `sequence`, `client`, `id`, `side`, `symbol`, ... |
 * | `rejected` | order server | `client`, `id`, `reason` |
 * | `connection-closed` | order server | `client`, `reason`: closed by the server |
 * | `downstream-connected`, `downstream-lost` | order server | `sender`; `acknowledged` or `reason` |
 * | `adopted`, `adoption-finished` | order server | `sender`: whose orders are forwarded in its place |
 * | `adoption-failed` | order server | `reason`: it is tried again |
 * | `journal-cut` | order server | `sender`, `after`: what followed was never acknowledged to a client |
 * | `replayed` | matching engine | `orders` that its book was made of again |
 * | `sender-connected`, `sender-lost` | matching engine | `sender`; `last` or `reason` |
 * | `refused` | matching engine | `client`, `reason`: such as a wrong token |
 * | `taken` | matching engine | `sender`, `sequence`, `id` |
 * | `fill` | matching engine | `symbol`, `quantity`, `price`, `buyer`, `seller` |
 *
 * The file is opened for appending, so that logrotate's `copytruncate` works; `reopen`, on SIGHUP, is for a rotation by
 * renaming, which loses no line.
 */
export class Log {
  readonly #path: string;
  #file: number;
  #waiting = "";
  #failing = false;

  /** @throws Error when the file cannot be opened. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, "a", 0o640);
  }

  write(event: string, fields: object = {}): void {
    // One write for all that happens in one turn of the event loop.
    if (this.#waiting === "") setImmediate(() => this.flush());
    this.#waiting += `${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`;
  }

  /** Written at once, to the local disk: nothing gathers in memory. A full disk costs lines of the log, not orders. */
  flush(): void {
    const text = this.#waiting;
    this.#waiting = "";
    if (text === "") return;
    try {
      writeFileSync(this.#file, text);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) console.error(`The log ${this.#path} cannot be written: ${(error as Error).message}`);
      this.#failing = true;
    }
  }

  reopen(): void {
    this.flush();
    try {
      const file = openSync(this.#path, "a", 0o640);
      closeSync(this.#file);
      this.#file = file;
    } catch (error) {
      console.error(`The log ${this.#path} cannot be opened again: ${(error as Error).message}`);
    }
  }
}
