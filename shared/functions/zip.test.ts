import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { deterministicZip } from "./zip";

describe("a deterministic zip", () => {
  const files = { "b.js": "exports.b = 1;", "a.json": new Uint8Array([1, 2, 3]) };

  test("holds the files", () => {
    const unzipped = unzipSync(deterministicZip(files));
    expect(Buffer.from(unzipped["b.js"] ?? []).toString()).toBe("exports.b = 1;");
    expect([...(unzipped["a.json"] ?? [])]).toEqual([1, 2, 3]);
  });

  test("is the same at another time and with the files in another order", () => {
    const now = deterministicZip(files);
    jest.useFakeTimers({ now: new Date("2040-05-05") });
    try {
      expect(deterministicZip({ "a.json": files["a.json"], "b.js": files["b.js"] })).toEqual(now);
    } finally {
      jest.useRealTimers();
    }
  });

  test("is the same in another time zone", () => {
    const script = `console.log(require("node:crypto").createHash("sha256").update(require("./zip").deterministicZip({a: "b"})).digest("hex"))`;
    const run = (TZ: string) =>
      execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
        cwd: __dirname,
        env: { ...process.env, TZ },
        encoding: "utf8",
      });
    expect(run("Asia/Kathmandu")).toBe(run("America/St_Johns"));
  });

  test("gives everyone the right to read, which Lambda needs", () => {
    const folder = mkdtempSync(join(tmpdir(), "zip-"));
    try {
      writeFileSync(join(folder, "function.zip"), deterministicZip(files));
      const modes = execFileSync(
        "python3",
        [
          "-c",
          "import sys,zipfile; print([oct(i.external_attr >> 16) for i in zipfile.ZipFile(sys.argv[1]).infolist()])",
          join(folder, "function.zip"),
        ],
        { encoding: "utf8" },
      );
      expect(modes.trim()).toBe("['0o100644', '0o100644']");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
