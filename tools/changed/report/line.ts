/** A line of a report, before it is laid out. */
export interface Line {
  /** `!` deserves a look, `~` is changed. */
  readonly sign: "+" | "-" | "~" | "!" | " ";
  /** Steps of indentation. */
  readonly depth: number;
  readonly text: string;
}

export function line(sign: Line["sign"], text: string, depth = 0): Line {
  return { sign, depth, text };
}

/** As in a terminal: the sign goes with the text. */
export function indented({ sign, depth, text }: Line): string {
  return `${"  ".repeat(depth)}${sign} ${text}`;
}

/** As in a diff, which is coloured by the signs at the beginning. */
export function asDiff({ sign, depth, text }: Line): string {
  return `${sign} ${"  ".repeat(depth)}${text}`;
}
