import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintScripts, runtimeScripts } from "./shell-lint";

const folder = mkdtempSync(join(tmpdir(), "shell-lint-"));
afterAll(() => rmSync(folder, { recursive: true }));

const script = (name: string, ...lines: string[]) => {
  const path = join(folder, name);
  writeFileSync(path, `${["#!/bin/bash", ...lines].join("\n")}\n`);
  return path;
};

test("the scripts of all blueprints' machines are clean", () => {
  const scripts = runtimeScripts();

  expect(scripts.length).toBeGreaterThan(0);
  expect(lintScripts(scripts)).toEqual([]);
});

test("a finding names the script, the line and ShellCheck's code", () => {
  const clean = script("clean.sh", "echo well");
  const unquoted = script("unquoted.sh", "name=$1", "rm $name");

  expect(lintScripts([clean, unquoted])).toEqual([
    expect.stringMatching(/unquoted\.sh:3: SC2086 Double quote to prevent globbing/),
  ]);
});

test("a mere matter of style is a finding, too", () => {
  expect(lintScripts([script("style.sh", "echo $(($1 + 1))", "one=1", "echo $(($one + 1))")])).toEqual([
    expect.stringContaining("SC2004"),
  ]);
});

test("a script knows what the script that it sources has set", () => {
  script("lib.sh", 'greeting="hello $USER"', "export greeting");
  const sourcing = script("sourcing.sh", "# shellcheck source=lib.sh", '. "${0%/*}/lib.sh"', 'echo "$greeting"');
  const missing = script("missing.sh", "# shellcheck source=gone.sh", '. "${0%/*}/gone.sh"');

  expect(lintScripts([sourcing])).toEqual([]);
  expect(lintScripts([missing])).toEqual([expect.stringContaining("SC1091")]);
});
