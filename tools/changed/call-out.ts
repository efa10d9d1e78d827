/** Something that a reviewer has to see: who may do more or less, and what is reachable from where. */
export interface CallOut {
  readonly topic: "permission" | "network";
  /** `opens`: more is possible than before. */
  readonly effect: "opens" | "closes";
  /** Whom or what it is about. */
  readonly address: string;
  /** Goes on where the address ends: `may now kinesis:PutRecord on *`. */
  readonly what: string;
  /** Why it deserves a second look, such as a wildcard. */
  readonly attention: readonly string[];
}
