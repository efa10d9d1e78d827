import { run } from "./command";

test("a command's output and its complaints come apart", async () => {
  expect(await run("sh", ["-c", "echo one; echo two >&2"], 5_000)).toEqual({ stdout: "one\n", stderr: "two\n" });
});

test("output of thirty thousand connections is taken whole", async () => {
  const { stdout } = await run("head", ["-c", "3000000", "/dev/zero"], 5_000);
  expect(stdout.length).toBe(3_000_000);
});

test("a command that fails is an error with what it said, on one line", async () => {
  await expect(run("sh", ["-c", "echo; echo 'An error'; echo occurred >&2; exit 3"], 5_000)).rejects.toThrow(
    "occurred",
  );
  await expect(run("sh", ["-c", "printf '\\none\\n two\\n' >&2; exit 3"], 5_000)).rejects.toThrow(/^one two$/);
  await expect(run("sh", ["-c", "exit 3"], 5_000)).rejects.toThrow("Command failed: sh -c exit 3");
});

test("a command that is not there is an error that says where it was looked for", async () => {
  await expect(run("no-such-command", [], 5_000)).rejects.toThrow(
    `no-such-command is not on the PATH ${process.env.PATH}`,
  );
});

test("a command that takes too long is killed, and not waited for even if what it began goes on", async () => {
  const began = performance.now();
  await expect(run("sh", ["-c", "trap '' TERM; sleep 20 & wait"], 200)).rejects.toThrow("no answer within 0.2 s");
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("the AWS CLI is told to try once", async () => {
  expect((await run("sh", ["-c", "echo $AWS_MAX_ATTEMPTS"], 5_000)).stdout).toBe("1\n");
});
