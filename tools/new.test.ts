import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..");
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "tools/new.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

test.each([
  [["orders"], /^Makes a blueprint of your own from one that is there\.\n\nnpm run new -- <name> --from <blueprint> /],
  [["orders", "--form", "kinesis-scaler"], /^Unknown option '--form'[^\n]*\n\nMakes a blueprint/],
])("a command line that is not understood, %j, is answered with how it is used", (args, message) => {
  expect(run(...args)).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(message) });
});

test("a mistake is told in one line, without a stack trace", () => {
  expect(run("orders", "--from", "kinesis-scalar")).toMatchObject({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^There is no blueprint kinesis-scalar; did you mean kinesis-scaler\? There are: .*\n$/,
    ),
  });
});
