const SHELL = /^#!\s*\S*\/(env\s+)?(ba|da)?sh\b/;
const HEREDOC = /(?<!<)<<(?!<)(-?)\s*(?:'([^']+)'|"([^"]+)"|\\?([A-Za-z_]\w*))/g;

/**
 * A shell script without its blank lines and whole-line comments, of which user data has no room. The shebang, here
 * documents and quoted text over several lines stay as they are. Where they cannot be told apart for sure, and in what is
 * no shell script, nothing is taken out.
 */
export function compactScript(script: string): string {
  if (!SHELL.test(script)) return script;
  const [shebang = "", ...lines] = script.split("\n");
  const kept = [shebang];
  let quote: Quote = "";
  let ends: { word: string; indented: boolean }[] = [];
  let continued = false;
  for (const line of lines) {
    const end = ends[0];
    if (end) {
      kept.push(line);
      if ((end.indented ? line.replace(/^\t+/, "") : line) === end.word) ends = ends.slice(1);
      continue;
    }
    if (!quote && !continued && /^\s*(#|$)/.test(line)) continue;
    kept.push(line);
    const read = readLine(line, quote);
    quote = read.quote;
    continued = read.continued;
    ends = read.ends;
  }
  if (quote || ends.length > 0) return script;
  return `${kept.join("\n")}\n`;
}

/** `$'` is the one in which a backslash may come before a single quote. */
type Quote = "" | "'" | '"' | "$'";

/** Follows the quotes of a line, and finds the here documents that begin on it. */
function readLine(line: string, quoteBefore: Quote) {
  let quote = quoteBefore;
  let code = "";
  let continued = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (character === "\\" && quote !== "'") {
      continued = index === line.length - 1;
      code += quote ? "" : line.slice(index, index + 2);
      index++;
    } else if (quote) {
      if (character === quote.at(-1)) quote = "";
      code += quote ? "" : character;
    } else if (character === "'" || character === '"') {
      // The word that ends a here document may be quoted: it is kept in what is searched for it.
      const closing = line.indexOf(character, index + 1);
      if (closing > index && /<<-?\s*$/.test(code)) {
        code += line.slice(index, closing + 1);
        index = closing;
      } else {
        quote = character === "'" && code.endsWith("$") ? "$'" : character;
        code += character;
      }
    } else if (character === "#" && /(^|[\s;&|()])$/.test(code)) {
      break;
    } else {
      code += character;
    }
  }
  // Not the left shift of $((1 << bits)).
  const ends = code.includes("((")
    ? []
    : [...code.matchAll(HEREDOC)].map(([, dash, single, double, bare]) => ({
        word: single ?? double ?? bare ?? "",
        indented: dash === "-",
      }));
  return { quote, continued, ends };
}
