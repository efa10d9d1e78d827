import type { Logger } from "@aws-lambda-powertools/logger";
import type { ReceivedMessage } from "./queue";

/** What the work is given beside the message. */
export class WorkContext {
  readonly signal: AbortSignal;
  /** How often the message was received, this time included. */
  readonly receives: number;
  readonly #messageId: string;
  readonly #parent: Logger;
  #logger?: Logger;

  constructor({ id, receives }: ReceivedMessage, signal: AbortSignal, parent: Logger) {
    this.#messageId = id;
    this.receives = receives;
    this.signal = signal;
    this.#parent = parent;
  }

  /** Puts the message's id on each line. Made when it is first asked for: it takes longer than all else that a message costs. */
  get logger(): Logger {
    this.#logger ??= this.#parent.createChild({ persistentKeys: { messageId: this.#messageId } });
    return this.#logger;
  }
}
