/**
 * The most that GitHub takes as a comment's or an issue's body.
 * Source: what its API answers to more, "Body is too long (maximum is 65536 characters)"; it has been seen to take more.
 */
export const MOST_CHARACTERS = 65_536;

export interface Cut {
  readonly text: string;
  /** How many characters are missing; 0 where all is there. */
  readonly missing: number;
}

/** What fits of a text, whole lines where there are some: its beginning, or its end where that is what counts. */
export function cut(text: string, most: number, keep: "beginning" | "end"): Cut {
  if (text.length <= most) return { text, missing: 0 };
  if (most <= 0) return { text: "", missing: text.length };
  const kept = keep === "beginning" ? beginningOf(text, most) : endOf(text, most);
  return { text: kept, missing: text.length - kept.length };
}

function beginningOf(text: string, most: number): string {
  const line = text.lastIndexOf("\n", most);
  return whole(text.slice(0, line > 0 ? line : most));
}

function endOf(text: string, most: number): string {
  const line = text.indexOf("\n", text.length - most - 1);
  return whole(text.slice(line >= 0 && line < text.length - 1 ? line + 1 : text.length - most));
}

/** Without half of a pair of UTF-16 at either end. */
function whole(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
}

/** A block of code in Markdown, whose fence is longer than any that the text holds, so that nothing in it ends the block. */
export function codeBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
