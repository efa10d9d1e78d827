import { LONGEST_WORK_SECONDS } from "../longest-work";

/** SQS' clock began before the message was here. */
const MARGIN_SECONDS = 60;
/** An extension that gains less is not worth a call. */
const LEAST_GAIN_SECONDS = 1;

/** A message in hand; times are of a monotonic clock, in seconds. */
export interface Hold {
  readonly since: number;
  /** When others see the message again. */
  readonly visibleAt: number;
}

/** `lost`: others may have the message. `limit`: it cannot be kept hidden for longer than it is. */
export type Beat = "wait" | "lost" | "limit" | { readonly hideForSeconds: number };

/** What to do now to keep a message hidden, with a visibility timeout of so many seconds. Half of it is left for trying. */
export function nextBeat({ since, visibleAt }: Hold, timeoutSeconds: number, now: number): Beat {
  if (now >= visibleAt) return "lost";
  if (now < visibleAt - timeoutSeconds / 2) return "wait";
  const hideForSeconds = Math.min(timeoutSeconds, secondsLeft(now - since));
  return now + hideForSeconds - visibleAt < LEAST_GAIN_SECONDS / 2 ? "limit" : { hideForSeconds };
}

/** For how many whole seconds from now a message can be hidden that has been in hand for so long. */
export function secondsLeft(heldSeconds: number): number {
  return Math.max(0, Math.floor(LONGEST_WORK_SECONDS - MARGIN_SECONDS - heldSeconds));
}

/** Seconds between two looks: some fall into each half of the timeout, and messages that are due together share a call. */
export function lookEverySeconds(timeoutSeconds: number): number {
  return Math.min(10, timeoutSeconds / 10);
}
