/** A piece of a report that can be cut between its lines. */
export interface Part {
  /** What is left out when it does not fit. */
  readonly name: string;
  readonly begin: readonly string[];
  readonly lines: readonly string[];
  readonly end: readonly string[];
}

/** Kept free for saying what is left out. */
const RESERVE = 1_000;
/** A part of which fewer lines would be left is left out whole. */
const FEWEST_LINES = 5;
/** Characters of the names of what is left out. */
const NAMES = 600;

/**
 * Puts as many parts as fit, in their order, one below the other. The first that does not fit is cut; those after it are
 * left out. The end says what is missing and how to see it.
 *
 * @param limit characters in all
 * @param command shows everything
 */
export function fitted(parts: readonly Part[], limit: number, command: string): string {
  const all = parts.map(whole).join("\n\n");
  if (all.length <= limit) return all;
  const kept: string[] = [];
  const missing: string[] = [];
  let room = limit - RESERVE;
  for (const part of parts) {
    const text = missing.length > 0 ? undefined : whole(part).length <= room ? whole(part) : cut(part, room);
    if (text === undefined || text !== whole(part)) missing.push(part.name);
    if (text === undefined) continue;
    kept.push(text);
    room -= text.length + 2;
  }
  const names = missing.join("; ");
  const named = names.length <= NAMES ? names : `${names.slice(0, NAMES)}... (${missing.length} parts)`;
  return [...kept, `**Too long for a comment: left out, in part or whole: ${named}.** All of it: \`${command}\``].join(
    "\n\n",
  );
}

function whole({ begin, lines, end }: Part): string {
  return [...begin, ...lines, ...end].join("\n");
}

function cut(part: Part, room: number): string | undefined {
  const { begin, lines, end } = part;
  const withFirst = (count: number) =>
    whole({
      ...part,
      begin,
      lines: [...lines.slice(0, count), `  ${lines.length - count} lines more are left out`],
      end,
    });
  let count = 0;
  while (count < lines.length && withFirst(count + 1).length <= room) count++;
  return count < FEWEST_LINES ? undefined : withFirst(count);
}
