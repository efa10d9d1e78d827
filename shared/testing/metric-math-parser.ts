/** A metric math expression, taken apart. */
export type MathNode =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly id: string }
  /** What stands alone in capitals: REPEAT and LINEAR. */
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "negation"; readonly of: MathNode }
  | { readonly kind: "operation"; readonly operator: Operator; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly MathNode[] };

export type Operator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "AND" | "OR";

/** From the weakest to the strongest, as in mathematics: AWS does not document it. */
const BINARY: readonly (readonly Operator[])[] = [
  ["OR"],
  ["AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];
const TOKEN = /\s*(?:(\d+(?:\.\d*)?|\.\d+)|([A-Za-z]\w*)|(==|!=|<=|>=|&&|\|\||[-+*/^<>(),]))/y;
const SYNONYMS: Readonly<Record<string, string>> = { "&&": "AND", "||": "OR" };
const ID = /^[a-z]/;

/** @throws Error that names the place, when it is not an expression. */
export function parseMath(expression: string): MathNode {
  return new Parser(expression).parse();
}

class Parser {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(private readonly expression: string) {
    this.#tokens = this.#tokenize();
  }

  parse(): MathNode {
    const node = this.#binary(0);
    if (this.#peek() !== undefined) throw this.#unexpected();
    return node;
  }

  #tokenize(): string[] {
    const tokens: string[] = [];
    const text = this.expression.trimEnd();
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw this.#error(`${JSON.stringify(text.slice(at).trim().slice(0, 10))} is not understood`);
      const token = match[0].trim();
      tokens.push(SYNONYMS[token] ?? token);
    }
    return tokens;
  }

  #binary(level: number): MathNode {
    const operators = BINARY[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((one) => one === this.#peek());
      if (!operator) return left;
      this.#take();
      left = { kind: "operation", operator, left, right: this.#binary(level + 1) };
    }
  }

  /** Weaker than a power, as in mathematics: -2^2 is -4. */
  #unary(): MathNode {
    if (this.#peek() !== "-") return this.#power();
    this.#take();
    return { kind: "negation", of: this.#unary() };
  }

  #power(): MathNode {
    const left = this.#primary();
    if (this.#peek() !== "^") return left;
    this.#take();
    return { kind: "operation", operator: "^", left, right: this.#unary() };
  }

  #primary(): MathNode {
    const token = this.#take();
    if (token === "(") {
      const node = this.#binary(0);
      this.#expect(")");
      return node;
    }
    if (/^[\d.]/.test(token)) return { kind: "number", value: Number(token) };
    if (!/^[A-Za-z]/.test(token) || token === "AND" || token === "OR") throw this.#unexpected(-1);
    if (ID.test(token)) return { kind: "id", id: token };
    return this.#peek() === "("
      ? { kind: "call", name: token, args: this.#arguments() }
      : { kind: "word", word: token };
  }

  #arguments(): MathNode[] {
    this.#expect("(");
    const args: MathNode[] = [this.#binary(0)];
    while (this.#peek() === ",") {
      this.#take();
      args.push(this.#binary(0));
    }
    this.#expect(")");
    return args;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  #take(): string {
    const token = this.#peek();
    if (token === undefined) throw this.#unexpected();
    this.#next++;
    return token;
  }

  #expect(token: string): void {
    if (this.#peek() !== token) throw this.#unexpected();
    this.#next++;
  }

  #unexpected(offset = 0): Error {
    const token = this.#tokens[this.#next + offset];
    return this.#error(token === undefined ? "it ends too early" : `${token} stands where it cannot`);
  }

  #error(what: string): Error {
    return new Error(`The metric math expression ${this.expression}: ${what}`);
  }
}
