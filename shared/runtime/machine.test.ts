import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DENIED, failing, hook, instanceMetadata, rule, secrets } from "../testing/machine-stubs";
import { awsCalls, ScriptSandbox, type StubRule } from "../testing/script-sandbox";
import { lintScripts } from "../testing/shell-lint";

const MACHINE = join(__dirname, "machine.sh");

const sandbox = new ScriptSandbox();
afterAll(() => sandbox.remove());
sandbox.write("/opt/example/machine.sh", readFileSync(MACHINE, "utf8"));
sandbox.write("/run/example/readme", "");

/** Runs lines of a script of a machine that is called `example`. */
function run(lines: string, rules: readonly StubRule[] = [], group = "example-group") {
  sandbox.write(
    "/etc/example/settings",
    `REGION='eu-central-1'\nGROUP_NAME='${group}'\nLIFECYCLE_HOOK='launch'\nSECRET_ARN='arn'\n`,
  );
  sandbox.write("/opt/example/script.sh", `. "\${0%/*}/machine.sh"\n${lines}\n`);
  return sandbox.run(sandbox.path("/opt/example/script.sh"), [...rules, { command: "sleep" }]);
}

test("is clean", () => {
  expect(lintScripts([MACHINE])).toEqual([]);
});

test("a machine's name is its scripts' folder: it leads to the settings and stands before each line that is logged", () => {
  expect(run('log "$REGION $RUN"').output).toBe(`example: script.sh: eu-central-1 ${sandbox.path("/run/example")}\n`);
});

test("AWS is asked in the machine's Region, with bounded retries", () => {
  const asked = rule("aws", [], { run: 'echo "$AWS_DEFAULT_REGION $AWS_RETRY_MODE $AWS_MAX_ATTEMPTS"' });

  expect(run("aws sts x", [asked]).output).toBe("eu-central-1 standard 5\n");
});

test("a command is tried as often as told, with longer and longer pauses, and its failure is the script's", () => {
  const { status, output, calls } = run("retry 5 dnf; log never", [rule("dnf", [], { exit: 1 })]);

  expect(status).toBe(1);
  expect(output).toContain("gave up: dnf");
  expect(output).not.toContain("never");
  expect(calls.filter(({ command }) => command === "sleep").map(({ args }) => args[0])).toEqual([
    "5",
    "10",
    "15",
    "15",
  ]);
});

test.each([
  ["fails", "false", 1],
  ["says why", "die reason", 1],
  ["is stopped by systemd", "kill -TERM $$", 143],
])("a script that %s gives the machine up, and ends as it would", (_what, line, expected) => {
  const { status, calls } = run(`abandon_on_failure\n${line}`, [...instanceMetadata, hook()]);

  expect(status).toBe(expected);
  expect(awsCalls(calls).map(({ options }) => options["lifecycle-action-result"])).toEqual(["ABANDON"]);
});

test("a script that succeeds gives nothing up, and a machine without a group tells nobody", () => {
  expect(run("abandon_on_failure", []).calls).toEqual([]);
  expect(run("abandon_on_failure; false", [], "").calls).toEqual([]);
});

test("a group that does not hear at first is told again", () => {
  const rules = [...instanceMetadata, rule("aws", ["autoscaling"], ...failing(2, DENIED))];
  const { status, calls } = run("retry 5 complete CONTINUE", rules);

  expect(status).toBe(0);
  expect(awsCalls(calls)).toHaveLength(3);
});

test("a secret is made once, and nobody but its owner reads what is written down of it", () => {
  const keep = `keep_secret "$RUN/secret" root ${"token-".repeat(6)}`;
  const put = rule("aws", ["put-secret-value"], {
    run: 'cp "$ROOT/run/example/made" "$ROOT/put"; ls -l "$ROOT/run/example/made"',
  });
  const { output } = run(keep, [put, ...secrets.without, rule("chown")]);

  expect(output).toMatch(/^-rw------- /m);
  expect(sandbox.has("/run/example/made")).toBe(false);
  expect(run(`${keep}; ls -l "$RUN/secret"`, [...secrets.there, rule("chown")]).output).toMatch(/^-r-------- /);
});
