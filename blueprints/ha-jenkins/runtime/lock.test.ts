import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const UNIT = readFileSync(join(__dirname, "jenkins.service.conf"), "utf8");
const START = "/opt/ha-jenkins/start.sh";
const LOCK = "/var/lib/jenkins/.ha-jenkins.lock";

const folder = mkdtempSync(join(tmpdir(), "lock-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Stands for start.sh: says its process id, then becomes a Jenkins that lives until it is killed. */
const program = join(folder, "start.sh");
writeFileSync(program, "#!/bin/bash\necho pid $$\nexec sleep 30\n", { mode: 0o755 });

/** The unit's own command line, with a lock, a start script and a patience of the test's. */
function jenkins(lock: string, patienceSeconds: number) {
  const [command = "", ...args] = (UNIT.match(/^ExecStart=(\/.*)$/m)?.[1] ?? "")
    .replace(LOCK, join(folder, lock))
    .replace(START, program)
    .replace("--wait 600", `--wait ${patienceSeconds}`)
    .split(" ");
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const one = { child, output: "", ended: once(child, "exit"), started: Promise.resolve("") };
  one.started = new Promise((resolve) => {
    const collect = (text: string) => {
      one.output += text;
      const pid = /^pid (\d+)$/m.exec(one.output)?.[1];
      if (pid) resolve(pid);
    };
    child.stdout?.setEncoding("utf8").on("data", collect);
    child.stderr?.setEncoding("utf8").on("data", collect);
  });
  return one;
}

test("the unit's command waits for the home's lock and is what becomes Jenkins", () => {
  expect(UNIT).toContain(
    `ExecStart=\nExecStart=/usr/bin/flock --verbose --no-fork --exclusive --wait 600 ${LOCK} ${START}\n`,
  );
});

test("the process that systemd starts is the one that holds the lock and becomes Jenkins", async () => {
  const only = jenkins("one", 5);

  expect(await only.started).toBe(String(only.child.pid));
  only.child.kill("SIGKILL");
  await only.ended;
});

test("a second Jenkins waits until the first one is gone, even if it was killed", async () => {
  const first = jenkins("two", 5);
  await first.started;
  const second = jenkins("two", 10);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(second.output).not.toContain("pid");

  first.child.kill("SIGKILL");
  await first.ended;
  expect(await second.started).toBe(String(second.child.pid));
});

test("a second Jenkins that waits in vain fails, and says why", async () => {
  const first = jenkins("three", 5);
  await first.started;
  const second = jenkins("three", 1);

  const [status] = await second.ended;
  expect(status).toBe(1);
  expect(second.output).toContain("timeout while waiting to get lock");
  expect(second.output).not.toContain("pid");
});
