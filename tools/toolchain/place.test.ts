import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { putInPlace } from "./place";
import { cleanUp, file, temporaryFolder } from "./test-support";

afterEach(cleanUp);

// The largest process id there can be on Linux is 4,194,304.
const NO_PROCESS = 4_194_305;

test("nothing is at the target before it is complete", async () => {
  const target = join(temporaryFolder(), "tools", "terraform");
  await putInPlace(target, async (path) => {
    writeFileSync(path, "complete");
    expect(existsSync(target)).toBe(false);
  });
  expect(readFileSync(target, "utf8")).toBe("complete");
});

test("a failure leaves what was at the target, and nothing beside it", async () => {
  const target = file(join(temporaryFolder(), "terraform"), "old");
  const attempt = putInPlace(target, async (path) => {
    writeFileSync(path, "half");
    throw new Error("the disk is full");
  });
  await expect(attempt).rejects.toThrow("the disk is full");
  expect(readFileSync(target, "utf8")).toBe("old");
  expect(readdirSync(dirname(target))).toEqual(["terraform"]);
});

test("what a killed run left half-made is removed, and what a running one is making is not", async () => {
  const folder = temporaryFolder();
  const left = file(join(folder, `venv.partial-${NO_PROCESS}-abc`, "bin", "python"));
  const inTheMaking = file(join(folder, `venv.partial-${process.pid}-abc`, "bin", "python"));
  await putInPlace(join(folder, "venv"), async (path) => mkdirSync(path));
  expect(existsSync(left)).toBe(false);
  expect(existsSync(inTheMaking)).toBe(true);
});

test("of two runs that make the same folder at the same time, the first to finish stays", async () => {
  const target = join(temporaryFolder(), "venv");
  await putInPlace(target, async (path) => {
    file(join(path, "made-by"), "the second");
    file(join(target, "made-by"), "the first");
  });
  expect(readFileSync(join(target, "made-by"), "utf8")).toBe("the first");
});
