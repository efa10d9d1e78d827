/** Stands for a line, or for a further piece of one, that is longer than allowed. */
export const TOO_LONG = Symbol("too long");

/** Cuts what arrives into lines, holding no more than the longest line that is allowed. */
export class LineSplitter {
  readonly #maxLength: number;
  #rest = "";
  #skipping = false;

  /** @param maxLength Characters of a line without its end. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /**
   * The lines that end in this chunk, without `\n` or `\r\n`. A line that is too long gives TOO_LONG in its place, and
   * again for each `maxLength` characters more: who sends one without end can be counted out.
   */
  *take(chunk: string): Generator<string | typeof TOO_LONG> {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      yield* this.#shorten(chunk.slice(from, end));
      const line = this.#rest.endsWith("\r") ? this.#rest.slice(0, -1) : this.#rest;
      if (!this.#skipping) yield line.length > this.#maxLength ? TOO_LONG : line;
      this.#rest = "";
      this.#skipping = false;
      from = end + 1;
    }
    yield* this.#shorten(chunk.slice(from));
  }

  *#shorten(piece: string): Generator<typeof TOO_LONG> {
    // One more than allowed: the \r of the line's end.
    const longest = this.#maxLength + 1;
    this.#rest += piece;
    while (this.#rest.length > longest) {
      this.#rest = this.#rest.slice(longest);
      this.#skipping = true;
      yield TOO_LONG;
    }
  }
}
