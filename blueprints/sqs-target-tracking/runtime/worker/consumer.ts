import type { Logger } from "@aws-lambda-powertools/logger";
import { backOff } from "../../../../shared/runtime/back-off";
import { Acknowledgements } from "./acknowledgements";
import { secondsLeft } from "./beat";
import { Heartbeat } from "./heartbeat";
import { HopelessMessage } from "./hopeless-message";
import { pause } from "./pause";
import type { Protection } from "./protection";
import { BATCH_SIZE, type Queue, type ReceivedMessage } from "./queue";
import { failureOf } from "./reason";
import { Receiver } from "./receiver";
import { Slots } from "./slots";
import { Tally } from "./tally";
import { WorkContext } from "./work-context";

/** How long a message that failed stays away. Its group in a FIFO queue waits with it. */
const COMES_AGAIN_SECONDS = { first: 5, longest: 900 };
/** For a receive call to end that was aborted, and for work to end that was. */
const MOMENT_MS = 2_000;
/** For which other slots stay empty while one message is waited for. */
const LONGEST_WAIT_MS = 60_000;
/** In which ECS may notice that the task is not protected: AWS documents no time. */
const REST_MS = 10_000;

export interface ConsumerOptions {
  readonly queue: Queue;
  readonly isFifo: boolean;
  readonly messagesAtOnce: number;
  readonly visibilityTimeoutSeconds: number;
  /** What is done with a message's body. The message is deleted when it resolves. */
  readonly work: (body: string, context: WorkContext) => Promise<void>;
  /** Told of each success: seconds of work. */
  readonly onSuccess: (seconds: number) => void;
  readonly protection: Protection;
  readonly logger: Logger;
}

/** Works on a queue's messages until it is stopped. */
export class Consumer {
  readonly #slots: Slots;
  readonly #receiver: Receiver;
  readonly #heartbeat: Heartbeat;
  readonly #acknowledgements: Acknowledgements;
  readonly #tally: Tally;
  readonly #inHand = new Set<ReceivedMessage>();
  /** Those in hand whose work is not over. */
  readonly #undone = new Map<ReceivedMessage, AbortController>();
  readonly #stopping = new AbortController();
  readonly #ending = new AbortController();
  #isResting = false;
  readonly #whenIdle: (() => void)[] = [];

  constructor(private readonly options: ConsumerOptions) {
    const { queue, messagesAtOnce, visibilityTimeoutSeconds, isFifo, logger: log } = options;
    this.#slots = new Slots(messagesAtOnce);
    this.#receiver = new Receiver({ queue, slots: this.#slots, isFifo, deliver: (one) => void this.#take(one), log });
    this.#heartbeat = new Heartbeat({ queue, visibilityTimeoutSeconds, log });
    this.#acknowledgements = new Acknowledgements({ queue, log, giveUp: this.#ending.signal });
    this.#tally = new Tally(log);
  }

  /** Resolves after `stop`, when no message is in hand any more. */
  async run(): Promise<void> {
    const received = this.#receiver.run();
    await Promise.race([received, aborted(this.#stopping.signal)]);
    await Promise.race([received, pause(MOMENT_MS)]);
    await Promise.race([this.#idle(), aborted(this.#ending.signal)]);
    await this.#end();
    this.#heartbeat.close();
  }

  /**
   * Receives no more messages, and finishes those in hand.
   * @param withinMs Milliseconds after which those that are not done are given to other workers.
   */
  stop(withinMs: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#receiver.stop();
    pause(withinMs).then(() => this.#ending.abort());
  }

  /**
   * Has nothing in hand for some seconds, so that a deployment, or scaling in, can stop the task if it wants to. Long work is
   * not waited for where other slots would stay empty meanwhile: a task is protected as a whole.
   */
  async rest(): Promise<void> {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#slots.pause();
    const done = this.#slots.allFree().then(() => this.#idle());
    const longest = this.options.messagesAtOnce > 1 ? pause(LONGEST_WAIT_MS) : done;
    if (await Promise.race([done.then(() => true), longest.then(() => false)])) {
      await this.options.protection.end();
      await pause(REST_MS, this.#stopping.signal);
    }
    this.#slots.resume();
    this.#isResting = false;
  }

  /** Logs what happened since it was last called. */
  tell(): void {
    this.#tally.tell(this.#inHand.size);
  }

  async #take(message: ReceivedMessage): Promise<void> {
    const abort = new AbortController();
    this.#tally.count("received");
    this.#inHand.add(message);
    this.#undone.set(message, abort);
    this.#heartbeat.hold(message, (reason) => {
      // Another worker may begin with the group's message: two at once would break the order.
      if (this.options.isFifo) abort.abort(new Error(reason));
    });
    if (this.#stopping.signal.aborted) {
      this.#slots.giveBack(1);
      return this.#giveBack([message]);
    }
    await this.options.protection.busy();
    const failure = await this.#work(message, abort.signal);
    if (!failure) {
      this.#undone.delete(message);
      await this.#acknowledge(message);
    } else {
      this.#slots.giveBack(1);
      // It was most likely aborted, and is given back with all that is not done.
      if (this.#ending.signal.aborted) return;
      this.#undone.delete(message);
      await this.#putOff(message, failure.error);
    }
    this.#forget(message);
  }

  /** @returns why it failed. */
  async #work(message: ReceivedMessage, signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
    const { work, onSuccess, logger } = this.options;
    const began = performance.now();
    try {
      await work(message.body, new WorkContext(message, signal, logger));
    } catch (error) {
      return { error };
    }
    const seconds = (performance.now() - began) / 1000;
    onSuccess(seconds);
    this.#tally.count("succeeded");
    logger.debug("a message is done", { messageId: message.id, receives: message.receives, seconds });
    return undefined;
  }

  /** The heartbeat goes on until SQS has confirmed it; the next message need not wait for that. */
  async #acknowledge(message: ReceivedMessage): Promise<void> {
    const deletion = this.#acknowledgements.delete(message);
    await this.#acknowledgements.room();
    this.#slots.giveBack(1);
    if (await deletion) this.#tally.count("deleted");
    await this.#heartbeat.release(message);
  }

  /** Has the message come again, the later the more often it has failed. The queue counts, and gives it up in the end. */
  async #putOff(message: ReceivedMessage, error: unknown): Promise<void> {
    const { queue, logger } = this.options;
    const { id: messageId, receives, body } = message;
    this.#tally.count("failed");
    logger.warn("a message failed", { messageId, receives, ...failureOf(error, body) });
    const heldSeconds = await this.#heartbeat.release(message);
    if (heldSeconds === undefined) return;
    const delay = error instanceof HopelessMessage ? 0 : Math.round(backOff(receives, COMES_AGAIN_SECONDS));
    const seconds = Math.min(delay, secondsLeft(heldSeconds));
    for (const { reason } of await queue.hide([message], seconds)) {
      logger.warn("a message that failed comes again when its visibility timeout is over", { messageId, reason });
    }
  }

  /** Ends what is left when the time is up. */
  async #end(): Promise<void> {
    for (const abort of this.#undone.values()) abort.abort(new Error("the task is stopped"));
    await Promise.race([this.#slots.allFree(), pause(MOMENT_MS)]);
    const undone = [...this.#undone.keys()];
    const batches = Array.from({ length: Math.ceil(undone.length / BATCH_SIZE) }, (_, index) =>
      this.#giveBack(undone.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE)),
    );
    await Promise.race([Promise.all(batches), pause(MOMENT_MS)]);
    await Promise.race([this.#idle(), pause(MOMENT_MS)]);
  }

  /** Gives up to 10 messages that are not done to other workers, now. */
  async #giveBack(messages: readonly ReceivedMessage[]): Promise<void> {
    const { queue, logger } = this.options;
    await Promise.all(messages.map((message) => this.#heartbeat.release(message)));
    const refusals = await queue.hide(messages, 0);
    const refused = new Set(refusals.map(({ message }) => message));
    for (const { message, reason } of refusals) {
      const messageId = message.id;
      logger.warn("a message that is not done comes again when its visibility timeout is over", { messageId, reason });
    }
    for (const message of messages) {
      if (!refused.has(message)) this.#tally.count("givenBack");
      this.#undone.delete(message);
      this.#forget(message);
    }
  }

  #forget(message: ReceivedMessage): void {
    this.#inHand.delete(message);
    if (this.#inHand.size > 0) return;
    this.options.protection.idle();
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #idle(): Promise<void> {
    if (this.#inHand.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
