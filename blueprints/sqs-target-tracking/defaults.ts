// What is taken of parameters that are left out, because they mean nothing in the other mode or queue.

/** Hours of durations that the target is worked out from. */
export const LOOK_BACK_HOURS = 24;
/** Messages a task: it has no use for a backlog of less than one. */
export const MIN_TARGET = 1;
export const MAX_TARGET = 10_000;
/** Difference from which on the target is changed. */
export const CHANGE_PERCENT = 10;
/** That test messages are spread over. */
export const MESSAGE_GROUPS = 16;
