import type { EcsAgent } from "./ecs-agent";
import type { Log } from "./log";
import { pause } from "./pause";
import { reasonOf } from "./reason";
import { Trouble } from "./trouble";

/** Work does not wait for the agent longer than this. */
const MOMENT_MS = 1_000;
/**
 * Longer than SQS lets anybody work on a message. ECS refuses to protect a task, and to prolong its protection, while more are
 * protected than the service wants (DEPLOYMENT_BLOCKED): what had to be renewed would end just when it is needed.
 * docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 */
const EXPIRES_MINUTES = 13 * 60;
const RETRY_MS = 30_000;
/** How long a worker without messages stays protected, so that not every message changes it. */
const LINGER_MS = 5_000;
/**
 * A deployment, or scaling in, waits for tasks that are protected, and cannot tell them so. Of half an hour, the seconds in
 * which nothing new begins are little; and a deployment waits no longer than that, and for the work in hand.
 */
const PROTECTION_MINUTES = 30;

/** Whether the task may be stopped. */
export interface Protection {
  /** A message is in hand. Resolves when the task is protected, or a moment has passed. Never throws. */
  busy(): Promise<void>;
  /** No message is in hand any more. */
  idle(): void;
  /** Ends the protection at once. Resolves when the agent has answered. Never throws. */
  end(): Promise<void>;
}

export const noProtection: Protection = { busy: async () => {}, idle: () => {}, end: async () => {} };

export interface TaskProtectionOptions {
  readonly agent: Pick<EcsAgent, "protect">;
  readonly log: Log;
  /** Called, again and again, when the task has been protected for so long that a deployment may be waiting for it. */
  readonly onLong: () => void;
}

/** Keeps the task from being stopped while messages are in hand. */
export class TaskProtection implements Protection {
  readonly #trouble: Trouble;
  #isWanted = false;
  /** The agent's answers come one after the other. */
  #calls: Promise<void> = Promise.resolve();
  #protected: Promise<unknown> = Promise.resolve();
  #linger?: NodeJS.Timeout;
  #again?: NodeJS.Timeout;
  #long?: NodeJS.Timeout;

  constructor(private readonly options: TaskProtectionOptions) {
    this.#trouble = new Trouble("task scale-in protection", options.log);
  }

  async busy(): Promise<void> {
    clearTimeout(this.#linger);
    if (!this.#isWanted) {
      this.#isWanted = true;
      // Not all tasks at once: those of a deployment begin together.
      const minutes = PROTECTION_MINUTES * (0.9 + Math.random() * 0.2);
      this.#long = setInterval(this.options.onLong, minutes * 60_000).unref();
      this.#protected = Promise.race([this.#call(), pause(MOMENT_MS)]);
    }
    await this.#protected;
  }

  idle(): void {
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.end(), LINGER_MS).unref();
  }

  async end(): Promise<void> {
    clearTimeout(this.#linger);
    clearInterval(this.#long);
    if (!this.#isWanted) return;
    this.#isWanted = false;
    await this.#call();
  }

  /** Has the agent do what is wanted by then. */
  #call(): Promise<void> {
    clearTimeout(this.#again);
    this.#calls = this.#calls.then(async () => {
      const isWanted = this.#isWanted;
      try {
        await this.options.agent.protect(isWanted, EXPIRES_MINUTES);
        this.#trouble.over();
      } catch (error) {
        this.#trouble.failed(reasonOf(error));
        this.#callAgain(RETRY_MS);
      }
    });
    return this.#calls;
  }

  #callAgain(afterMs: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#call(), afterMs).unref();
  }
}
