import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { scratchFolder } from "../testing/scratch-folder";
import { bundle } from "./bundle";
import { decompressFile } from "./zip";

describe("bundling a handler", () => {
  let folder: string;
  beforeEach(() => {
    folder = scratchFolder("bundle");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, text: string) => {
    mkdirSync(resolve(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  const code = (entry: string) => Buffer.from(decompressFile(bundle(entry).code)).toString();

  test("what is imported is inside, types are gone, and the handler is exported", () => {
    write("greeting.ts", "export const greeting: string = 'hello from below';");
    const entry = write(
      "handler.ts",
      "import { greeting } from './greeting'; export const handler = async () => greeting;",
    );
    const file = write("out.js", code(entry));
    expect(
      execFileSync(process.execPath, ["-e", `require(${JSON.stringify(file)}).handler().then(console.log)`], {
        encoding: "utf8",
      }),
    ).toBe("hello from below\n");
  });

  test("a change in an imported file changes the bundle", () => {
    const entry = write("handler.ts", "import { greeting } from './greeting'; export const handler = () => greeting;");
    write("greeting.ts", "export const greeting = 'first';");
    const first = code(entry);
    write("greeting.ts", "export const greeting = 'second';");
    expect(first).toContain("first");
    expect(code(entry)).toContain("second");
  });

  test("the same sources in another folder give the same bytes, map included", () => {
    const sources = (name: string) => {
      write(`${name}/runtime/other.ts`, "export const other = () => { throw new Error('thrown here'); };");
      return write(
        `${name}/runtime/handler.ts`,
        "import { z } from 'zod/mini'; import { other } from './other'; export const handler = () => [other, z.string()];",
      );
    };
    expect(bundle(sources("one"))).toEqual(bundle(sources("two")));
  });

  test("the source map names our own files and no package's", () => {
    write("other.ts", "export const other = () => { throw new Error('thrown here'); };");
    const entry = write(
      "handler.ts",
      "import * as z from 'zod/mini'; import { other } from './other'; export const handler = () => [other(), z.string()];",
    );
    expect(JSON.parse(Buffer.from(decompressFile(bundle(entry).sourceMap)).toString()).sources.sort()).toEqual([
      "handler.ts",
      "other.ts",
    ]);
  });

  test("an error thrown in Lambda names the line of the source", () => {
    const entry = write(
      "handler.ts",
      "import * as z from 'zod/mini';\n\nexport const handler = () => {\n  throw new Error(`at ${z.string()}`);\n};\n",
    );
    const { code: minified, sourceMap } = bundle(entry);
    write("index.js.map", Buffer.from(decompressFile(sourceMap)).toString());
    const file = write("index.js", Buffer.from(decompressFile(minified)).toString());
    const script = `try { require(${JSON.stringify(file)}).handler() } catch (error) { console.log(error.stack) }`;
    expect(execFileSync(process.execPath, ["--enable-source-maps", "-e", script], { encoding: "utf8" })).toContain(
      "handler.ts:4:",
    );
  });

  test("a handler that does not build is an error that names file and line", () => {
    const entry = write("handler.ts", "export const handler = () => {\n  return 1 +;\n};");
    expect(() => bundle(entry)).toThrow(/handler\.ts:2:\d+.*Unexpected ";"/);
  });
});
