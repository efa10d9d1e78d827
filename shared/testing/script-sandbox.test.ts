import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { awsCalls, ScriptSandbox, type StubRule } from "./script-sandbox";

const sandbox = new ScriptSandbox();
afterAll(() => sandbox.remove());

function run(lines: string, rules: readonly StubRule[] = []) {
  sandbox.write("/script.sh", `${lines}\n`);
  return sandbox.run(sandbox.path("/script.sh"), rules);
}

test("a call is recorded with its arguments, whatever characters they have", () => {
  const { calls } = run(`dnf -y install "two words" 'quote " and \\ slash' $'line\\nbreak' ''`, [{ command: "dnf" }]);

  expect(calls).toEqual([
    { command: "dnf", args: ["-y", "install", "two words", 'quote " and \\ slash', "line\nbreak", ""] },
  ]);
});

test("a stub answers its first call, its second, and from the last answer on always the same", () => {
  const curl: StubRule = { command: "curl", answers: [{ exit: 7 }, { stdout: "it's here" }] };
  const { output, status } = run("curl; echo $?; curl; curl; exit 3", [curl]);

  expect(output).toBe("7\nit's hereit's here");
  expect(status).toBe(3);
});

test("a rule is for calls that have its words next to one another, each in full", () => {
  const put: StubRule = { command: "aws", with: ["s3", "put"], answers: [{ stdout: "put" }] };

  expect(run("aws --debug s3 put x", [put])).toMatchObject({ output: "put", unanswered: [] });
  expect(run("aws s3 x put", [put]).unanswered).toEqual(["aws s3 x put"]);
  expect(run("aws s3 puts", [put]).unanswered).toEqual(["aws s3 puts"]);
});

test("a call that nobody foresaw fails and is told of, even if the script hides it", () => {
  const ec2: StubRule = { command: "aws", with: ["ec2"] };

  expect(run("aws iam >/dev/null 2>&1 || exit $?", [ec2])).toMatchObject({ status: 97, unanswered: ["aws iam"] });
});

test("a command that is neither a tool nor a stub is not there", () => {
  expect(run("mkfs.ext4 /dev/sda").unanswered).toEqual(["mkfs.ext4: command not found"]);
  expect(run("systemctl start x", [{ command: "systemctl" }]).unanswered).toEqual([]);
  expect(run("systemctl start x").unanswered).toEqual(["systemctl: command not found"]);
});

test("a stub takes the place of a tool for one run", () => {
  const full: StubRule = { command: "cp", answers: [{ exit: 1 }] };

  expect(run('cp "$ROOT/script.sh" "$ROOT/copy"', [full]).status).toBe(1);
  expect(run('cp "$ROOT/script.sh" "$ROOT/copy"').status).toBe(0);
  expect(sandbox.has("/copy")).toBe(true);
});

test("a call of the AWS CLI reads as the permission that it needs", () => {
  const { calls } = run("aws secretsmanager get-secret-value --secret-id one --flag --query Name; other", [
    { command: "aws" },
    { command: "other" },
  ]);

  expect(awsCalls(calls)).toEqual([
    { action: "secretsmanager:GetSecretValue", options: { "secret-id": "one", flag: "", query: "Name" } },
  ]);
});

test("a script has the variables that it is given, and nothing of this process's environment", () => {
  sandbox.write("/script.sh", 'echo "$NAME ${USER-} $1"\n');

  expect(sandbox.run(sandbox.path("/script.sh"), [], ["one"], { NAME: "a name" }).output).toBe("a name  one\n");
});

test("a program that is installed runs for real, but for the run that has a stub in its place", () => {
  sandbox.install("node", process.execPath);

  expect(run("node -p 6*7").output).toBe("42\n");
  expect(run("node -p 6*7", [{ command: "node", answers: [{ stdout: "stub" }] }]).output).toBe("stub");
  expect(run("node -p 6*7").output).toBe("42\n");
});

test("a script that runs beside this process is answered by a server in it", async () => {
  const server = createServer((_request, response) => response.end("the server")).listen(0, "127.0.0.1");
  const ask = `fetch("http://127.0.0.1:" + process.argv[1]).then(async (it) => console.log(await it.text()))`;
  sandbox.install("node", process.execPath);
  await once(server, "listening");
  sandbox.write("/script.sh", `node -e '${ask}' "$1"; curl; exit 3\n`);

  const { port } = server.address() as AddressInfo;
  const asked = await sandbox.runBeside(sandbox.path("/script.sh"), [{ command: "curl" }], [String(port)]);
  server.close();
  expect(asked).toEqual({
    status: 3,
    output: "the server\n",
    calls: [{ command: "curl", args: [] }],
    unanswered: [],
  });
});
