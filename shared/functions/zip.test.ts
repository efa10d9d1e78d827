import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { compressFile, decompressFile, deterministicZip } from "./zip";

describe("a deterministic zip", () => {
  /** What another implementation of the format says of it. */
  const python = (script: string): string => {
    const folder = mkdtempSync(join(tmpdir(), "zip-"));
    try {
      writeFileSync(join(folder, "function.zip"), deterministicZip(files));
      const args = ["-c", `import sys, zipfile; ${script}`, join(folder, "function.zip")];
      return execFileSync("python3", args, { encoding: "utf8" }).trim();
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  const files = { "b.js": compressFile("exports.b = 1;"), "a.json": compressFile(new Uint8Array([1, 2, 3])) };

  test("holds the files", () => {
    const unzipped = unzipSync(deterministicZip(files));
    expect(Buffer.from(unzipped["b.js"] ?? []).toString()).toBe("exports.b = 1;");
    expect([...(unzipped["a.json"] ?? [])]).toEqual([1, 2, 3]);
  });

  test("gives every content back, to fflate and to Python's zipfile, checksums included", () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.string({ maxLength: 5000 }));
    fc.assert(
      fc.property(content, (one) => {
        const expected = [...Buffer.from(one)];
        const compressed = compressFile(one);
        expect([...decompressFile(compressed)]).toEqual(expected);
        expect([...(unzipSync(deterministicZip({ one: compressed })).one ?? [])]).toEqual(expected);
      }),
    );
    expect(python("print(zipfile.ZipFile(sys.argv[1]).testzip())")).toBe("None");
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
    const script = `console.log(require("node:crypto").createHash("sha256").update(require("./zip").deterministicZip({a: require("./zip").compressFile("b")})).digest("hex"))`;
    const run = (TZ: string) =>
      execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
        cwd: __dirname,
        env: { ...process.env, TZ },
        encoding: "utf8",
      });
    expect(run("Asia/Kathmandu")).toBe(run("America/St_Johns"));
  });

  test("gives everyone the right to read, which Lambda needs", () => {
    expect(python("print([oct(i.external_attr >> 16) for i in zipfile.ZipFile(sys.argv[1]).infolist()])")).toBe(
      "['0o100644', '0o100644']",
    );
  });
});
