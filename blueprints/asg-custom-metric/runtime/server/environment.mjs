// [[path, value], ...] to systemd's EnvironmentFile, which takes all but " and \ in double quotes as it is.
import { readFileSync } from "node:fs";

const lines = new Map();
const mistakes = [];
for (const [path, value] of JSON.parse(readFileSync(0, "utf8"))) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!/^[A-Za-z_]\w*$/.test(name)) mistakes.push(`${path}: "${name}" is no name of a variable`);
  if (lines.has(name)) mistakes.push(`${path}: a second ${name}`);
  lines.set(name, `${name}="${value.replace(/["\\]/g, "\\$&")}"\n`);
}
if (lines.size === 0) mistakes.push("no parameters");
if (mistakes.length > 0) {
  console.error(mistakes.join("\n"));
  process.exit(1);
}
process.stdout.write([...lines.values()].join(""));
