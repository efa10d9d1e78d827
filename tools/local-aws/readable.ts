// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal control sequences are what is removed.
const CONTROL = /\u001b\[[0-9;]*[A-Za-z]/g;
const DONE =
  /(?:^|\s)(?<address>[a-z]\w*\.[\w.[\]"-]+): (?<what>Creation|Destruction|Modifications) complete after (?<time>\w+)/;
const WAITING = /(?:^|\s)(?<address>[a-z]\w*\.[\w.[\]"-]+): Still \w+\.\.\. \[.*?(?<time>\w+) elapsed\]/;
const SUMMARY = /((Apply|Destroy) complete! Resources: .*\.|Plan: \d+ to add.*\.)/;
const SIGNS: Record<string, string> = { Creation: "+", Destruction: "-", Modifications: "~" };

/**
 * Turns the terminal animation of the cdktf CLI into lines that can be read and logged: one for each finished resource,
 * one now and then while something takes long, and the summaries.
 */
export function readableLines(print: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).replace(CONTROL, "").split(/\r?\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const readable = readableLine(line);
      if (readable !== undefined) print(readable);
    }
  };
}

function readableLine(line: string): string | undefined {
  const done = DONE.exec(line)?.groups;
  if (done) return `  ${SIGNS[done.what ?? ""]} ${done.address} (${done.time})`;
  const waiting = WAITING.exec(line)?.groups;
  if (waiting) return `    ${waiting.address} takes ${waiting.time} so far`;
  const summary = SUMMARY.exec(line)?.[1];
  return summary && `  ${summary}`;
}

const ANIMATION = /^\s*(\d+ Stacks? \w+ing\b|[\u2800-\u28ff]\s+\w+ing\b)/;

/** The text without the terminal's control sequences, blank lines and what cdktf repeats while it works. */
export function plainText(text: string): string {
  const lines = text.replace(CONTROL, "").split(/\r?\n|\r/);
  return lines.filter((line) => line.trim() !== "" && !ANIMATION.test(line)).join("\n");
}
