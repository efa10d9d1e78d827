import { spawnSync } from "node:child_process";
import { compactScript } from "./compact-script";

const runs = (script: string) => {
  const { stdout, status } = spawnSync("bash", ["-s", "an argument"], { input: script, encoding: "utf8" });
  return { stdout, status };
};

/** Each does something that a careless removal of lines would change. */
const scripts = {
  "comments and blank lines": `#!/bin/bash
# What it is for.

set -euo pipefail

  # indented, with an apostrophe: don't stop
echo one # a comment with a "quote
\t
echo "two # no comment"
`,
  "here documents": `#!/usr/bin/env bash
cat <<EOF
# stays

as it is
EOF
cat <<'END' # a comment
# it's \${here}

END
cat <<-"TABBED"
\t# and here

\tTABBED
# goes
echo done
`,
  "quotes over several lines": `#!/bin/sh
text='
# in quotes

'
more="x
# and \\" here

$(echo "nested")
"
# goes
printf '%s' "$text" "$more"
`,
  "a line continued by a comment": `#!/bin/bash
echo a \\

echo b \\
# no comment of its own
echo c
`,
  "what looks like a comment or a here document": `#!/bin/bash
value=prefix-name
echo "\${value#prefix-}" $# "\${#value}" a#b
echo $((1 << 3))
cat <<< "here string"
x=\\'
# goes
y=$'it\\'s
# stays'
# goes
echo "$x$y" \\# '"' "'"
`,
};

describe("compacting a shell script", () => {
  test.each(Object.entries(scripts))("changes nothing of what it does, with %s", (_, script) => {
    const compact = compactScript(script);
    expect(runs(compact)).toEqual(runs(script));
    expect(runs(compact).status).toBe(0);
    expect(compact).not.toMatch(/# goes/);
  });

  test("leaves the shebang, and takes out whole-line comments and blank lines", () => {
    expect(compactScript(scripts["comments and blank lines"])).toBe(
      '#!/bin/bash\nset -euo pipefail\necho one # a comment with a "quote\necho "two # no comment"\n',
    );
  });

  test.each([
    ["a quote that it cannot see the end of", "#!/bin/bash\n# comment\necho 'x\n"],
    ["a here document without an end", "#!/bin/bash\n# comment\ncat <<EOF\n# x\n"],
    ["another language", "#!/usr/bin/python3\n# comment\n\nprint()\n"],
    ["a configuration file", "# comment\n\n[Unit]\n"],
  ])("takes nothing out of %s", (_, text) => {
    expect(compactScript(text)).toBe(text);
  });

  test("is done after the first time", () => {
    for (const script of Object.values(scripts))
      expect(compactScript(compactScript(script))).toBe(compactScript(script));
  });
});
